import { isUtf8 } from "node:buffer";
import { BrokenRowError } from "../brokenRow.ts";
import type { StoredRow } from "../container.ts";
import type { FormScan, RowForm } from "../json/formScan.ts";
import { backslash, closeObject, quote } from "../json/marks.ts";
import type { Cell, TableRecord } from "./records.ts";

/** What `JSON.stringify` writes for control characters. */
const escapes = Array.from({ length: 0x20 }, (_, code) =>
  Buffer.from(JSON.stringify(String.fromCharCode(code)).slice(1, -1)),
);

/** Longer rows are not written as JSON, which may take six times as many bytes. */
const longestUsual = 1 << 20;

/** The columns of a table. */
export class TableColumns {
  readonly names: readonly string[];
  /** Each name as it stands before a value in JSON. */
  readonly json: readonly Buffer[];

  constructor(names: readonly string[]) {
    this.names = names;
    this.json = names.map((name, i) => Buffer.from(`${i === 0 ? "{" : ","}${JSON.stringify(name)}:`));
  }
}

/** A row of a table; its cells are read when they are asked for. */
export class TableRow implements StoredRow {
  readonly index: number;
  readonly where: string;
  readonly #record: TableRecord;
  readonly #columns: TableColumns;
  #fields: Record<string, unknown> | undefined;
  #isSound = false;

  constructor(record: TableRecord, columns: TableColumns, index: number, where: string) {
    this.index = index;
    this.where = where;
    this.#record = record;
    this.#columns = columns;
  }

  get fields(): Record<string, unknown> {
    this.expectSound();
    const { bytes, cells } = this.#record;
    this.#fields ??= Object.fromEntries(
      this.#columns.names.map((name, i) => [name, cellText(bytes, cells[i] as Cell)]),
    );
    return this.#fields;
  }

  form(scan: FormScan): RowForm | null {
    this.expectSound();
    if (this.#record.bytes.length > longestUsual) return null;
    const length = this.#writeJson();
    return scan.formOf(json, 0, length);
  }

  /** @throws BrokenRowError for a record that is no valid UTF-8, or has not a cell for each column */
  expectSound(): void {
    if (this.#isSound) return;
    const { bytes, cells } = this.#record;
    expectUtf8(bytes, this.where);
    const columns = this.#columns.names.length;
    if (cells.length !== columns) {
      throw new BrokenRowError(
        this.where,
        "cells",
        `expected ${columns} cells, as in the first line, found ${cells.length}; ` +
          "a cell with the separator or a line end in it needs quotes",
      );
    }
    this.#isSound = true;
  }

  /** Writes the row as JSON; the length of it. */
  #writeJson(): number {
    const { bytes, cells } = this.#record;
    const names = this.#columns.json;
    // A byte becomes six at most.
    const most = 6 * bytes.length + names.reduce((sum, name) => sum + name.length + 2, 1);
    if (most > json.length) json = Buffer.allocUnsafeSlow(2 * most);
    let at = 0;
    for (const [i, cell] of cells.entries()) {
      at += (names[i] as Buffer).copy(json, at);
      json[at++] = quote;
      at = putCell(bytes, cell, at);
      json[at++] = quote;
    }
    json[at++] = closeObject;
    return at;
  }
}

/** One row as JSON. */
let json = Buffer.alloc(0);

function putCell(bytes: Buffer, { start, end, quoted }: Cell, to: number): number {
  const last = quoted ? end - 1 : end;
  let place = to;
  for (let at = quoted ? start + 1 : start; at < last; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x20) {
      place += (escapes[byte] as Buffer).copy(json, place);
      continue;
    }
    if (byte === quote || byte === backslash) json[place++] = backslash;
    json[place++] = byte;
    // Within quotes a quote is doubled.
    if (byte === quote && quoted) at += 1;
  }
  return place;
}

/** @throws BrokenRowError naming the place of text in other bytes */
export function expectUtf8(bytes: Buffer, where: string): void {
  if (isUtf8(bytes)) return;
  throw new BrokenRowError(
    where,
    "encoding",
    "expected text in UTF-8, found other bytes; convert the file, e.g. with iconv",
  );
}

/** @param bytes of valid UTF-8 */
export function cellText(bytes: Buffer, { start, end, quoted }: Cell): string {
  if (!quoted) return bytes.toString("utf8", start, end);
  return bytes.toString("utf8", start + 1, end - 1).replaceAll('""', '"');
}
