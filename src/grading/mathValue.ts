/** Zero to nineteen in words. */
export const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
/** Twenty to ninety in words. */
export const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

const unit = `(?:${small.slice(1, 10).join("|")})`;
const below100 = `(?:(?:${tens.join("|")})(?:[ -]${unit})?|${[...small].reverse().join("|")})`;
/** A whole number below 1000 in words. */
export const wordNumber = `(?:(?:${unit}|a) hundred(?: (?:and )?${below100})?|${below100})`;

const decimal = "(?:\\d{1,3}(?:[,\\u00a0\\u202f ]\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?|\\.\\d+";
/**
 * A number as it stands in text: sign, thousands separators, fraction or mixed number, power of ten, percent, time of
 * day. After `plainMath`.
 */
export const writtenNumber = `(?:\\d{1,2}:\\d{2}\\b|(?<![\\w.)])-?\\s?\\d+ \\d+/\\d+|(?:(?<!(?:\\d|\\)|\\b[a-z]) ?)-\\s?)?(?:${decimal})(?:e[+-]?\\d+)?(?: ?/ ?\\d+(?:\\.\\d+)?(?![\\d/]))?(?: (?:thousand|million|billion)\\b)?(?: ?%)?)`;

const scale: Record<string, number> = { thousand: 1e3, million: 1e6, billion: 1e9 };

/** A number in words, e.g. "twenty-one"; `null` for anything else. */
function wordValue(text: string): number | null {
  const [, hundreds, rest] = /^(?:(\w+) hundred)?(?: ?(?:and )?(.+))?$/.exec(text) ?? [];
  let value = hundreds === undefined ? 0 : 100 * (hundreds === "a" ? 1 : small.indexOf(hundreds));
  if (value < 0) return null;
  if (rest === undefined) return hundreds === undefined ? null : value;
  for (const word of rest.split(/[ -]/)) {
    const one = small.indexOf(word);
    const ten = tens.indexOf(word);
    if (one < 0 && ten < 0) return null;
    value += one >= 0 ? one : 10 * (ten + 2);
  }
  return value;
}

/** The value of a number written in digits or words, and whether it is a percentage; `null` where the text is no number. */
export function mathValue(written: string): { value: number; isPercent: boolean } | null {
  const text = plainMath(written)
    .toLowerCase()
    .replace(/^(?:[a-z]\w? ?= ?)/, "")
    .replace(/^(-?) ?(?:negative|minus) /, "-")
    .trim();
  const isPercent = /%$|percent$/.test(text);
  const [, sign = "", body = "", scaleWord] =
    /^([+-]?) ?(.+?)(?: (thousand|million|billion))?(?: ?%| percent)?$/.exec(text) ?? [];
  const magnitude = unsignedValue(body.replace(/(\d)[,\u00a0\u202f ](?=\d{3}(?!\d))/g, "$1"));
  if (magnitude === null) return null;
  const value = (sign === "-" ? -1 : 1) * magnitude * (scale[scaleWord ?? ""] ?? 1);
  return Number.isFinite(value) ? { value, isPercent } : null;
}

function unsignedValue(body: string): number | null {
  const mixed = /^(\d+) (\d+)\/(\d+)$/.exec(body);
  if (mixed) return Number(mixed[1]) + Number(mixed[2]) / Number(mixed[3]);
  const fraction = /^([\d.]+) ?\/ ?([\d.]+)$/.exec(body);
  if (fraction) return Number(fraction[1]) / Number(fraction[2]);
  return /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(body) ? Number(body) : wordValue(body);
}

/** Whether two answers are the same but for their form: 1/2 and 0.5, 1,000 and 1000, 25% and 0.25, Paris and paris. */
export function sameAnswer(one: string, other: string): boolean {
  const [a, b] = [mathValue(one), mathValue(other)];
  if (a === null || b === null) return a === b && plainWords(one) === plainWords(other);
  if (sameNumber(a.value, b.value)) return true;
  if (a.isPercent === b.isPercent) return false;
  return a.isPercent ? sameNumber(a.value / 100, b.value) : sameNumber(a.value, b.value / 100);
}

/** Whether two numbers are the same but for rounding. */
export function sameNumber(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

/** Lowercase words without articles and punctuation. */
export function plainWords(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.+-]+/gu, " ")
    .replace(/\b(?:the|a|an) /g, "")
    .replace(/(?<!\d)\.|\.(?!\d)/g, "")
    .trim();
}

/** LaTeX, markdown and typographic signs as plain text: `\frac{1}{2}` is 1/2, `−3` is -3. Keeps `\boxed{...}`. */
export function plainMath(text: string): string {
  return text
    .replace(/[\u2212\u2012\u2013](?=\s?\d)/g, "-")
    .replace(/\\(?:[dt]?frac)\s*\{([^{}]*)\}\s*\{([^{}]*)\}/g, "$1/$2")
    .replace(/\\(?:[dt]?frac)\s*(\d)\s*(\d)/g, "$1/$2")
    .replace(/\\(?:text|mathrm|mathbf|textbf|operatorname)\s*\{([^{}]*)\}/g, "$1")
    .replace(/\\(?:times|cdot)/g, "×")
    .replace(/(\d) ?[×*] ?10\^\{?(-?\d+)\}?/g, "$1e$2")
    .replace(/\\pm/g, "±")
    .replace(/\\equiv/g, "≡")
    .replace(/\\approx/g, "≈")
    .replace(/\\p?mod/g, " mod")
    .replace(/\\%/g, "%")
    .replace(/\{,\}|\\,(?=\d{3})/g, ",")
    .replace(/\\[()[\],;! ]|\\(?:left|right|quad|displaystyle)\b/g, " ")
    .replace(/ ?[\u00bc-\u00be\u2150-\u215e]/g, (one) => ` ${one.trim().normalize("NFKC").replace("\u2044", "/")}`)
    .replace(/\u00b2/g, "^2")
    .replace(/\u00b3/g, "^3")
    .replace(/[*_]{2,}|[$€£`]/g, "");
}
