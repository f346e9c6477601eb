import { fromAround } from "../excerpt.ts";
import { perRow } from "../perRow.ts";

/** UTF-8 read as Windows-1252 or Latin-1, at its most frequent. */
const mojibake =
  /Ã[\u0080-\u00bf\u0192\u201a-\u201e\u2020\u2021\u2026\u2030\u0160\u2039\u0152\u017d]|â(?:€|\u0080)[\u0080-\u00bf\u2122\u0153\u017e\u0161\u201c\u201d\u00a6\u2013\u2014\u02dc\u2018\u2019\u203a]|Â[\u00a0-\u00bf]|ðŸ|ï»¿|Ð[\u0080-\u00bf]Ð/;

/** Text that was decoded by the wrong table. */
export const brokenLetters = perRow({
  check: "mojibake",
  severity: "warning",
  remedy: "decode the source as UTF-8 and write the file again",
  find: ({ texts }) => around(texts, mojibake),
  message: (rows) => `${rows} with text decoded by the wrong table (as Ã© for é)`,
});

/** Characters that decoders put where they could not read. */
export const replacementCharacters = perRow({
  check: "replacement-character",
  severity: "warning",
  remedy: "go back to the source: what stood there is lost in this file",
  find: ({ texts }) => around(texts, /\ufffd|\p{Surrogate}/u),
  message: (rows) => `${rows} with replacement characters or halves of characters`,
});

/** Characters that nobody sees: control characters, marks of direction, byte order marks, spaces of no width. */
export const controlCharacters = perRow({
  check: "control-character",
  severity: "warning",
  remedy: "remove them: models learn to write what nobody sees",
  find: ({ texts }) =>
    around(texts, /(?![\t\n\r])[\p{Cc}\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/u),
  message: (rows) => `${rows} with control or invisible characters`,
});

/** A few words around the pattern's first place. */
function around(texts: readonly { text: string }[], pattern: RegExp): string | undefined {
  const found = texts.find(({ text }) => pattern.test(text));
  return found && fromAround(found.text, pattern);
}
