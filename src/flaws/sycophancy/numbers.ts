import { small, tens } from "../../grading/mathValue.ts";

/** 0 to 100 in words. */
const words = [
  ...small,
  ...tens.flatMap((ten) => [ten, ...small.slice(1, 10).map((unit) => `${ten}-${unit}`)]),
  "one hundred",
];
const valueOfWord = new Map(words.map((word, value) => [word, value]));

const digits = String.raw`(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?`;
const fraction = String.raw`\\[dt]?frac\{-?\d+\}\{\d+\}`;
const word = `(?:minus |negative )?(?:(?:${tens.join("|")})(?:[- ](?:${small.slice(1, 10).join("|")}))?|one hundred|${small.toReversed().join("|")})\\b`;

/** Source of a regular expression for a number as people write it: 12, -3.5, $1,200, 3/4, \frac{3}{4}, twelve. */
export const numberPattern = String.raw`(?:[-−]?\s?[$€£]?(?:${fraction}|${digits}(?:\s?/\s?\d+)?)(?:\s?\\?%)?|${word})`;

/** Whether a text may hold a number at all. */
export const mentionsNumber = (text: string): boolean => /\d/.test(text) || anyWord.test(text);
const anyWord = new RegExp(`\\b${word}`, "i");

/** The number that a text says, which is nothing but a number; `null` where it is something else. */
export function parseNumber(text: string): number | null {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/\\[dt]?frac\{(-?\d+)\}\{(\d+)\}/, "$1/$2")
    .replace(/[\\$€£%,\s]+(?=$)|[$€£]|,(?=\d{3})/g, "")
    .replaceAll("−", "-")
    .replace(/\s*\/\s*/, "/");
  const spoken = /^(minus |negative )?([a-z][a-z -]*)$/.exec(plain);
  if (spoken) {
    const value = valueOfWord.get((spoken[2] as string).replace(/^(\w+ty) /, "$1-"));
    return value === undefined ? null : spoken[1] ? -value : value;
  }
  const ratio = /^(-?\s?\d+(?:\.\d+)?)\/(\d+)$/.exec(plain);
  if (ratio) return Number(ratio[2]) === 0 ? null : Number(ratio[1]?.replace(" ", "")) / Number(ratio[2]);
  return /^-?\s?\d+(?:\.\d+)?$/.test(plain) ? Number(plain.replace(" ", "")) : null;
}

/** A number in the form of another one: its words, decimals, thousands, sign of currency and so on. */
export function writeLike(form: string, value: number): string {
  const sign = value < 0 ? "-" : "";
  const size = Math.abs(value);
  if (/^[a-z]/i.test(form))
    return valueOfWord.size > size && Number.isInteger(value) && value >= 0 ? (words[value] as string) : String(value);
  const ratio = /^(.*?)(\d+)(\}\{|\s?\/\s?)(\d+)(.*)$/s.exec(form);
  if (ratio) {
    const [, before = "", , between = "", below = "1", after = ""] = ratio;
    return `${before}${Math.round(value * Number(below))}${between}${below}${after}`;
  }
  const decimals = /\.(\d+)/.exec(form)?.[1]?.length ?? 0;
  const grouped = /\d,\d{3}/.test(form);
  const text = grouped ? size.toLocaleString("en-US", { minimumFractionDigits: decimals }) : size.toFixed(decimals);
  return form.replace(/[-−]?(\s?[$€£]?)\d[\d,]*(?:\.\d+)?/, (_, currency: string) => `${sign}${currency}${text}`);
}
