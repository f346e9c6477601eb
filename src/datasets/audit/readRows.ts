import { BrokenRowError, type RowBreak } from "../../data/files/brokenRow.ts";
import type { Container, StoredRow } from "../../data/files/container.ts";
import { containers } from "../../data/files/containers.ts";
import { detectContainer } from "../../data/files/detectContainer.ts";
import { type Columns, columnLayout } from "../../data/files/layouts/columnLayout.ts";
import { detectLayout, detectTableLayout } from "../../data/files/layouts/detectLayout.ts";
import { type OpenSource, openSource } from "../../data/files/openSource.ts";
import { UserError } from "../../util/errors.ts";
import type { ReadRow } from "./auditRow.ts";
import { byteLines } from "./byteLines.ts";
import { understandRow } from "./understandRow.ts";

export interface ReadRowsOptions {
  columns?: Columns | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The rows of a data file, each with all that is wrong with it: unlike reading for training, this goes on after a broken
 * row. Blank lines are left out.
 *
 * @throws UserError where there is no file, no row in it, or where a list or table is broken so that its next row can't be told
 */
export async function* readRows(file: string, { columns, signal }: ReadRowsOptions = {}): AsyncGenerator<ReadRow> {
  const source = await openSource(file, signal);
  try {
    const id = detectContainer(source);
    const detect = id === "jsonl" || id === "json" ? detectLayout : detectTableLayout;
    const named = columns && columnLayout(columns);
    const layoutOf = named ? (fields: Fields) => (named.fits(fields) ? named : undefined) : detect;
    const lines = id === "jsonl" ? jsonLines(source) : storedRows(source, containers[id]);
    let number = 0;
    for await (const { where, line } of lines) {
      number += 1;
      yield { number, where, ...("check" in line ? { faults: [line] } : understandRow(line.value, layoutOf)) };
    }
    if (number === 0) throw new UserError(`${source.name}: expected one JSON object a line, found no line at all`);
  } finally {
    await source.close();
  }
}

type Fields = Readonly<Record<string, unknown>>;

interface Line {
  where: string;
  line: { value: unknown } | { check: string; detail: string };
}

async function* jsonLines({ name, chunks }: OpenSource): AsyncGenerator<Line> {
  for await (const { number, bytes } of byteLines(chunks)) {
    const line = readLine(bytes);
    if (line !== undefined) yield { where: `${name}:${number}`, line };
  }
}

async function* storedRows(source: OpenSource, container: Container): AsyncGenerator<Line> {
  for await (const row of container.rows(source, "on-use")) yield { where: row.where, line: storedLine(row) };
}

const checkOf: Readonly<Record<RowBreak, string>> = {
  encoding: "bad-encoding",
  json: "bad-json",
  cells: "cell-count",
};

function storedLine(row: StoredRow): Line["line"] {
  try {
    return { value: row.fields };
  } catch (error) {
    if (!(error instanceof BrokenRowError)) throw error;
    const detail = error.message.slice(row.where.length + 2);
    return { check: checkOf[error.kind], detail: error.kind === "json" ? withoutQuote(detail) : detail };
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `undefined` for a blank line. */
function readLine(bytes: Uint8Array): Line["line"] | undefined {
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    const good = Buffer.from(bytes).toString("utf8").indexOf("\ufffd");
    return { check: "bad-encoding", detail: `not UTF-8 from character ${good + 1} on` };
  }
  if (text.trim() === "") return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { check: "bad-json", detail: `no JSON (${withoutQuote((error as Error).message)})` };
  }
}

/** What is said of text that is no JSON quotes it, and it may hold a secret. */
function withoutQuote(reason: string): string {
  return reason.replace(/,? (?:\.\.\.)?"[\s\S]*is not valid JSON/, "");
}
