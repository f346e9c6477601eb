import { readFile } from "node:fs/promises";
import { UserError } from "../../util/errors.ts";
import { parseExact } from "../files/exactJson.ts";
import { RawJson, stringifyRaw } from "../files/rawJson.ts";
import { asText } from "./rowCondition.ts";

/** Rows by their numbers, from 1, and by their ids. */
export interface RowList {
  /** What to call it in messages. */
  name: string;
  numbers: ReadonlySet<number>;
  ids: ReadonlySet<string>;
}

/**
 * Reads a list of rows: one row number or id a line; or JSON, namely a list of these, objects with a field `row` or
 * `id` (lines of them, too), an object with the list in `rows`, or what an audit prints (the rows of all its findings).
 * A whole number is a row number, counted from 1; everything else is what the row's field `id` holds.
 *
 * @throws UserError where it holds something else, no row at all, or findings that name only some of their rows
 */
export async function readRowList(file: string): Promise<RowList> {
  const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  const numbers = new Set<number>();
  const ids = new Set<string>();
  for (const { entry, where } of entriesOf(text, file)) {
    const { row, id } = isObject(entry) ? entry : wordOf(entry);
    if (Number.isSafeInteger(row) && (row as number) >= 1) numbers.add(row as number);
    else if (row === undefined && isId(id)) ids.add(asText(id) as string);
    else throw new UserError(`${where}: expected a row number from 1 on or an id, found ${stringifyRaw(entry)}`);
  }
  if (numbers.size + ids.size === 0) throw new UserError(`${file}: expected row numbers or ids, found none`);
  return { name: file, numbers, ids };
}

/** Whether a row is in the list. @param index from 0 */
export function isListed({ numbers, ids }: RowList, index: number, id: unknown): boolean {
  return numbers.has(index + 1) || (ids.size > 0 && ids.has(asText(id) ?? ""));
}

function isId(id: unknown): boolean {
  return typeof id === "string" || typeof id === "number" || id instanceof RawJson;
}

interface Entry {
  entry: unknown;
  where: string;
}

function entriesOf(text: string, file: string): Entry[] {
  const json = parsed(text);
  if (Array.isArray(json)) return json.map((entry, i) => ({ entry, where: `${file}: ${i + 1}` }));
  if (isObject(json) && Array.isArray(json.findings)) return json.findings.flatMap((one, i) => ofFinding(one, i, file));
  if (isObject(json) && Array.isArray(json.rows)) return json.rows.map((entry) => ({ entry, where: `${file}: rows` }));
  return text.split(/\r?\n/).flatMap((line, i) => {
    const word = line.trim();
    if (word === "") return [];
    const object = word.startsWith("{") ? parsed(word) : undefined;
    return [{ entry: object ?? word, where: `${file}:${i + 1}` }];
  });
}

function ofFinding(finding: unknown, index: number, file: string): Entry[] {
  const where = `${file}: findings.${index}`;
  if (!isObject(finding) || !Array.isArray(finding.rows)) throw new UserError(`${where}: expected a finding with rows`);
  const { rows, total } = finding;
  if (rows.length > 0 && typeof total === "number" && total > rows.length) {
    throw new UserError(`${where}: names ${rows.length} of ${total} rows; ask the audit for all of them`);
  }
  return rows.map((row) => ({ entry: { row }, where }));
}

function wordOf(entry: unknown): { row?: unknown; id?: unknown } {
  return /^\d+$/.test(String(entry)) ? { row: Number(entry) } : { id: entry };
}

function parsed(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
