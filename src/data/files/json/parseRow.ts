import { isUtf8 } from "node:buffer";
import { BrokenRowError } from "../brokenRow.ts";

/** The deepest lists and objects within each other that are read. */
export const maxDepth = 128;

/** The text of a row that may not be UTF-8. @throws BrokenRowError naming the place of one that isn't */
export function utf8Text(row: Buffer, where: string): string {
  if (!isUtf8(row)) throw notUtf8(row, where);
  return row.toString("utf8");
}

/**
 * The fields of one row. All of it is checked.
 *
 * @throws BrokenRowError naming the place of a row that is no JSON object, or is nested too deeply
 */
export function parseRow(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notJson(text, error as Error, where);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
    throw new BrokenRowError(where, "json", `expected a JSON object, found ${kind.replace("string", "text")}`);
  }
  if (mayBeDeep(text) && isDeeper(value, maxDepth)) {
    throw new BrokenRowError(
      where,
      "json",
      `expected lists and objects at most ${maxDepth} deep in each other, found more`,
    );
  }
  return value as Record<string, unknown>;
}

/** Few rows have as many brackets as it takes. */
function mayBeDeep(text: string): boolean {
  let brackets = 0;
  for (const bracket of ["{", "["]) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > maxDepth) return true;
    }
  }
  return false;
}

function isDeeper(value: object, most: number): boolean {
  if (most === 0) return true;
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    if (typeof inner === "object" && inner !== null && isDeeper(inner, most - 1)) return true;
  }
  return false;
}

function notUtf8(row: Buffer, where: string): BrokenRowError {
  // The longest valid beginning, by halves; a character cut in two by the bound only moves it by up to three bytes.
  let [valid, broken] = [0, row.length];
  while (broken - valid > 4) {
    const middle = (valid + broken) >> 1;
    const cut = [0, 1, 2, 3].find((less) => middle - less > valid && isUtf8(row.subarray(0, middle - less)));
    if (cut === undefined) broken = middle;
    else valid = middle - cut;
  }
  while (valid < row.length - 1 && isUtf8(row.subarray(0, valid + 1))) valid += 1;
  const byte = (row[valid] as number).toString(16).padStart(2, "0");
  return new BrokenRowError(
    where,
    "encoding",
    `expected text in UTF-8, found the byte 0x${byte} at byte ${valid + 1} of the row; convert the file, e.g. with iconv`,
  );
}

function notJson(text: string, error: Error, where: string): BrokenRowError {
  const zero = text.indexOf("\0");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach a terminal
  const problem = zero < 0 ? error.message.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ") : `a NUL byte at ${zero + 1}`;
  return new BrokenRowError(where, "json", `expected a JSON object, but this is no JSON (${problem})`);
}
