import type { Estimate } from "../experiment/result.ts";

/** "0.12", or a dash for what is not known. */
export function number(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined ? "–" : value.toFixed(digits);
}

/** "0.12 [0.05, 0.20]"; without an interval the number alone. */
export function estimate(
  mean: number | null | undefined,
  interval: Estimate["interval"] | null | undefined,
  digits = 2,
): string {
  const known = mean !== null && mean !== undefined && interval !== null && interval !== undefined;
  return known
    ? `${number(mean, digits)} [${interval.map((end) => number(end, digits)).join(", ")}]`
    : number(mean, digits);
}
