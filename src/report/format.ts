import type { Interval } from "../experiment/result.ts";

/** Whether a metric is a share between 0 and 1, by the project's naming. */
export function isShare(metric: string): boolean {
  return !/(Count|Score|persuasiveness)$/.test(metric);
}

/** A metric's value as a reader wants it: shares in percent, everything else with two digits. "–" for unknown. */
export function formatValue(value: number | null, metric: string): string {
  if (value === null) return "–";
  return isShare(metric) ? percent(value) : signed(value.toFixed(2));
}

/** 0.934 -> "93%". Below one percent, but not zero: "<1%". */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return "<1%";
  return `${signed((share * 100).toFixed(0))}%`;
}

/** "[88%, 97%]" */
export function percentInterval([low, high]: Interval): string {
  return `[${percent(low)},\u00a0${percent(high)}]`;
}

/** A difference of shares in percentage points: "+2 points", "−1 point". */
export function points(difference: number): string {
  const rounded = Math.round(difference * 100);
  return `${withSign(rounded.toFixed(0))} ${Math.abs(rounded) === 1 ? "point" : "points"}`;
}

/** "[−2, +1]" in percentage points. */
export function pointsInterval([low, high]: Interval): string {
  return `[${withSign((low * 100).toFixed(0))},\u00a0${withSign((high * 100).toFixed(0))}]`;
}

/** A correlation: "−0.95". */
export function correlation(value: number | null): string {
  return value === null ? "–" : signed(value.toFixed(2));
}

/** "[−0.99, −0.80]", or nothing. */
export function correlationInterval(interval: Interval | null): string {
  return interval === null ? "" : `[${correlation(interval[0])},\u00a0${correlation(interval[1])}]`;
}

/** "1,000" */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "1 seed", "3 seeds" */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** "40 s", "3 min", "1 h 20 min" */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Cuts at `length` characters with an ellipsis. */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length
    ? text
    : `${characters
        .slice(0, Math.max(0, length - 1))
        .join("")
        .trimEnd()}…`;
}

/** "2026-01-02 03:04 UTC" from ISO 8601. */
export function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** First letter in upper case. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function withSign(digits: string): string {
  const text = signed(digits);
  return text === "0" || text.startsWith("−") ? text : `+${text}`;
}

/** A true minus sign, and no minus zero. */
function signed(digits: string): string {
  return /^-[0.]*$/.test(digits) ? digits.slice(1) : digits.replace("-", "−");
}
