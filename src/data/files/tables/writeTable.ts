import type { ByteSink, ByteSource } from "../container.ts";
import { describeValue } from "../describeValue.ts";
import { OutputBuffer } from "../json/outputBuffer.ts";
import type { Lose } from "../layout.ts";
import { RawJson, stringifyRaw } from "../rawJson.ts";
import { refuseLoss } from "../refuseLoss.ts";
import { scratchFile } from "../scratchFile.ts";
import { quotedText } from "./quotedText.ts";
import { records } from "./records.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * A table with a column for every field that any row has. What is no text cannot be told from text again, and a cell
 * that a row lacks not from an empty one: both are lost.
 */
export async function writeTable(
  rows: AsyncIterable<Row>,
  sink: ByteSink,
  delimiter: string,
  lose: Lose = refuseLoss,
  whereOf: (index: number) => string = (index) => `row ${index + 1}`,
): Promise<void> {
  const columns = new Columns(lose, whereOf);
  // The line of names comes first, and is known last.
  const body = await scratchFile();
  try {
    const lines = new OutputBuffer(body);
    for await (const row of rows) {
      columns.add(row);
      const cells = columns.names.map((name) => cellOf(row, name));
      await lines.put(lineOf(cells.length > 0 ? cells : [""], delimiter));
    }
    await lines.flush();
    columns.loseAbsent();
    const output = new OutputBuffer(sink);
    if (columns.names.length > 0) await output.put(lineOf(columns.names, delimiter));
    for await (const line of completed(body.read(), columns.firstRows, delimiter)) await output.put(line);
    await output.flush();
  } finally {
    await body.remove();
  }
}

/** The rows with an empty cell for each column that came up after them. */
async function* completed(body: ByteSource, firstRows: readonly number[], delimiter: string) {
  if (firstRows.every((first) => first === 0)) return yield* body.chunks;
  let index = 0;
  for await (const { bytes } of records(body, delimiter.charCodeAt(0))) {
    const there = firstRows.filter((first) => first <= index).length;
    yield bytes.subarray(0, -1);
    yield Buffer.from(`${delimiter.repeat(firstRows.length - Math.max(1, there))}\n`);
    index += 1;
  }
}

/** An empty cell alone in its line would look like a blank one. */
function lineOf(cells: readonly string[], delimiter: string): Buffer {
  const quoted = cells.map((cell) => quotedText(cell, delimiter, cell === "" && cells.length === 1));
  return Buffer.from(`${quoted.join(delimiter)}\n`);
}

/** The fields that rows have, with what of them is lost. */
class Columns {
  readonly #lose: Lose;
  readonly #whereOf: (index: number) => string;
  /** How many rows have the field, and the first that lacks it. */
  readonly #seen = new Map<string, { count: number; firstAbsent?: number }>();
  readonly names: string[] = [];
  /** The row in which each of them came up. */
  readonly firstRows: number[] = [];
  #rows = 0;

  constructor(lose: Lose, whereOf: (index: number) => string) {
    this.#lose = lose;
    this.#whereOf = whereOf;
  }

  add(row: Row): void {
    const index = this.#rows++;
    for (const [name, value] of Object.entries(row)) {
      if (value === undefined) continue;
      let column = this.#seen.get(name);
      if (!column) {
        column = { count: 0, ...(index > 0 && { firstAbsent: 0 }) };
        this.#seen.set(name, column);
        this.names.push(name);
        this.firstRows.push(index);
      }
      column.count += 1;
      const why = whyNoCell(value);
      if (why) this.#lose({ where: this.#whereOf(index), field: name, why });
    }
    for (const [name, column] of this.#seen) {
      if (column.firstAbsent === undefined && row[name] === undefined) column.firstAbsent = index;
    }
  }

  loseAbsent(): void {
    for (const [field, { count, firstAbsent }] of this.#seen) {
      if (firstAbsent === undefined) continue;
      const why = "other rows have this field and this one doesn't, and a cell can only be empty";
      this.#lose({ where: this.#whereOf(firstAbsent), field, why, rows: this.#rows - count });
    }
  }
}

function whyNoCell(value: unknown): string | undefined {
  if (typeof value !== "string") {
    return `a cell holds text, and this is ${value instanceof RawJson ? `number ${value.text}` : describeValue(value)}`;
  }
  return /\p{Surrogate}/u.test(value) ? "the text holds half a character, which UTF-8 cannot hold" : undefined;
}

function cellOf(row: Row, name: string): string {
  const value = row[name] ?? "";
  return typeof value === "string" ? value : stringifyRaw(value);
}
