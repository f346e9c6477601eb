import { UserError } from "../../../util/errors.ts";
import type { ByteSource } from "../container.ts";
import { markBytes, newline } from "../json/rowBlocks.ts";
import { RowBuffer } from "../json/rowBuffer.ts";

/** One line of a table, or several where a cell goes over line ends. */
export interface TableRecord {
  /** The line of the file on which it starts, from 1. */
  line: number;
  /** All of its bytes, the line end included. */
  bytes: Buffer;
  /** Where each cell stands in `bytes`, its quotes included. */
  cells: Cell[];
}

export interface Cell {
  start: number;
  end: number;
  quoted: boolean;
}

const quote = 0x22;
const carriageReturn = 0x0d;
/** The longest record that is read, in bytes: beyond it a quote is missing. */
const longest = 1 << 28;

/**
 * The records of a CSV or TSV file as RFC 4180 has them, one after the other, with LF or CRLF.
 *
 * @param delimiter the byte between cells
 * @throws UserError naming file and line where a quote is not closed, or something follows it
 */
export async function* records(source: ByteSource, delimiter: number): AsyncGenerator<TableRecord> {
  const scanner = new Scanner(source.name, delimiter);
  for await (const chunk of source.chunks) {
    scanner.append(chunk);
    for (let record = scanner.next(false); record; record = scanner.next(false)) yield record;
  }
  for (let record = scanner.next(true); record; record = scanner.next(true)) yield record;
}

class Scanner {
  readonly #name: string;
  readonly #delimiter: number;
  readonly #held = new RowBuffer();
  /** Where the record that is being read starts. */
  #at = 0;
  /** Of that record, from its start: the cells that are complete, where the next one starts, what was looked at. */
  #cells: Cell[] = [];
  #cellAt = 0;
  #seen = 0;
  #line = 1;
  #started = false;

  constructor(name: string, delimiter: number) {
    this.#name = name;
    this.#delimiter = delimiter;
  }

  append(chunk: Uint8Array): void {
    if (this.#at > 0) this.#held.drop(this.#at);
    this.#held.append(chunk);
    this.#at = 0;
  }

  /** The next record, if all of it is there. @param last whether no more bytes come */
  next(last: boolean): TableRecord | undefined {
    const bytes = this.#held.bytes.subarray(this.#at, this.#held.length);
    if (bytes.length === 0 || (!this.#started && bytes.length < 3 && !last)) return undefined;
    // A byte-order mark belongs to no cell.
    if (!this.#started) this.#cellAt = markBytes(bytes);
    this.#started = true;
    for (;;) {
      const start = this.#cellAt;
      const isQuoted = bytes[start] === quote;
      const cell = isQuoted ? this.#quotedCell(bytes, start, last) : this.#plainCell(bytes, start, last);
      if (!cell) return this.#tooShort(bytes);
      this.#cells.push(cell);
      if (bytes[cell.end] !== this.#delimiter) return this.#recordTo(bytes, cell.end);
      this.#cellAt = cell.end + 1;
    }
  }

  /** The record whose last cell ends there. */
  #recordTo(bytes: Buffer, at: number): TableRecord {
    const end = Math.min(bytes.length, at + (bytes[at] === carriageReturn ? 2 : 1));
    const record = { line: this.#line, bytes: Buffer.from(bytes.subarray(0, end)), cells: this.#cells };
    for (let i = bytes.indexOf(newline); i >= 0 && i < end; i = bytes.indexOf(newline, i + 1)) this.#line += 1;
    this.#at += end;
    [this.#cells, this.#cellAt, this.#seen] = [[], 0, 0];
    return record;
  }

  #tooShort(bytes: Buffer): undefined {
    if (bytes.length > longest) {
      throw this.#problem(`expected rows of up to ${longest / 2 ** 20} MiB, found a longer one; is a quote missing?`);
    }
    return undefined;
  }

  #plainCell(bytes: Buffer, start: number, last: boolean): Cell | undefined {
    for (let at = Math.max(start, this.#seen); at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === this.#delimiter || byte === newline) return { start, end: at, quoted: false };
      if (byte === carriageReturn) {
        if (at + 1 === bytes.length && !last) return this.#goOnFrom(at);
        if (bytes[at + 1] === newline) return { start, end: at, quoted: false };
        throw this.#problem("found a carriage return without a line feed outside of quotes; save it with LF line ends");
      }
    }
    return last ? { start, end: bytes.length, quoted: false } : this.#goOnFrom(bytes.length);
  }

  #quotedCell(bytes: Buffer, start: number, last: boolean): Cell | undefined {
    let at = bytes.indexOf(quote, Math.max(start + 1, this.#seen));
    while (at >= 0 && bytes[at + 1] === quote) at = bytes.indexOf(quote, at + 2);
    if (at < 0) {
      if (last) throw this.#problem('a cell starts with a quote (") that is never closed');
      return this.#goOnFrom(bytes.length);
    }
    const end = at + 1;
    // What follows decides whether the quote closes the cell.
    if (end + 1 >= bytes.length && !last) return this.#goOnFrom(at);
    const next = bytes[end];
    const closes = end === bytes.length || next === this.#delimiter || next === newline;
    if (closes || (next === carriageReturn && bytes[end + 1] === newline)) return { start, end, quoted: true };
    throw this.#problem('text follows a closing quote ("); quotes within a cell are doubled ("")');
  }

  /** The cell is not complete; what stands before that place need not be looked at again. */
  #goOnFrom(place: number): undefined {
    this.#seen = place;
    return undefined;
  }

  #problem(what: string): UserError {
    return new UserError(`${this.#name}:${this.#line}: ${what}`);
  }
}
