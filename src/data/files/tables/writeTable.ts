import type { ByteSink } from "../container.ts";
import { describeValue } from "../describeValue.ts";
import { OutputBuffer } from "../json/outputBuffer.ts";
import type { Lose } from "../layout.ts";
import { RawJson, stringifyRaw } from "../rawJson.ts";
import { refuseLoss } from "../refuseLoss.ts";
import { spool } from "../spool.ts";
import { quotedText } from "./quotedText.ts";

type Row = Readonly<Record<string, unknown>>;

/**
 * A table with a column for every field that any row has. What is no text cannot be told from text again, and a cell
 * that a row lacks not from an empty one: both are lost.
 */
export async function writeTable(
  rows: AsyncIterable<Record<string, unknown>>,
  sink: ByteSink,
  delimiter: string,
  lose: Lose = refuseLoss,
  whereOf: (index: number) => string = (index) => `row ${index + 1}`,
): Promise<void> {
  const columns = new Columns(lose, whereOf);
  const kept = await spool(rows, (row) => columns.add(row));
  try {
    columns.loseAbsent();
    const { names } = columns;
    const output = new OutputBuffer(sink);
    const put = (cells: readonly string[]): Promise<void> => {
      // An empty cell alone in its line would look like a blank one.
      const quoted = cells.map((cell) => quotedText(cell, delimiter, cell === "" && cells.length === 1));
      return output.put(Buffer.from(`${quoted.join(delimiter)}\n`));
    };
    if (names.length > 0) await put(names);
    for await (const { row } of kept.rows()) await put(names.map((name) => cellOf(row, name)));
    await output.flush();
  } finally {
    await kept.remove();
  }
}

/** The fields that rows have, with what of them is lost. */
class Columns {
  readonly #lose: Lose;
  readonly #whereOf: (index: number) => string;
  /** How many rows have the field, and the first that lacks it. */
  readonly #seen = new Map<string, { count: number; firstAbsent?: number }>();
  #rows = 0;

  constructor(lose: Lose, whereOf: (index: number) => string) {
    this.#lose = lose;
    this.#whereOf = whereOf;
  }

  get names(): string[] {
    return [...this.#seen.keys()];
  }

  add(row: Row): void {
    const index = this.#rows++;
    for (const [name, value] of Object.entries(row)) {
      if (value === undefined) continue;
      const column = this.#seen.get(name) ?? { count: 0, ...(index > 0 && { firstAbsent: 0 }) };
      column.count += 1;
      this.#seen.set(name, column);
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
