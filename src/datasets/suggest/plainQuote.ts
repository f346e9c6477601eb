const LONGEST = 80;

/** A piece of someone's data as part of a sentence: one line, no quotation marks or controls, not long. */
export function plainQuote(text: string): string {
  const line = text
    .replace(/[\p{C}\p{Z}\s]+/gu, " ")
    .replace(/["\u201c\u201d\u201e]/g, "'")
    .trim();
  return line.length <= LONGEST ? line : `${[...line].slice(0, LONGEST).join("").trimEnd()}…`;
}
