import { UserError } from "../../../util/errors.ts";
import type { ByteSource } from "../container.ts";

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
const newline = 0x0a;
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
  #held: Buffer = Buffer.alloc(0);
  /** Where the record that is being read starts. */
  #at = 0;
  #line = 1;
  #started = false;

  constructor(name: string, delimiter: number) {
    this.#name = name;
    this.#delimiter = delimiter;
  }

  append(chunk: Uint8Array): void {
    this.#held = Buffer.concat([this.#held.subarray(this.#at), chunk]);
    this.#at = 0;
  }

  /** The next record, if all of it is there. @param last whether no more bytes come */
  next(last: boolean): TableRecord | undefined {
    const bytes = this.#held.subarray(this.#at);
    if (bytes.length === 0 || (!this.#started && bytes.length < 3 && !last)) return undefined;
    const cells: Cell[] = [];
    // A byte-order mark belongs to no cell.
    let at = !this.#started && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    for (;;) {
      const cell = bytes[at] === quote ? this.#quotedCell(bytes, at, last) : this.#plainCell(bytes, at, last);
      if (!cell) return this.#tooShort(bytes);
      cells.push(cell);
      at = cell.end;
      if (bytes[at] !== this.#delimiter) break;
      at += 1;
    }
    const end = Math.min(bytes.length, at + (bytes[at] === carriageReturn ? 2 : 1));
    const record = { line: this.#line, bytes: Buffer.from(bytes.subarray(0, end)), cells };
    for (let i = bytes.indexOf(newline); i >= 0 && i < end; i = bytes.indexOf(newline, i + 1)) this.#line += 1;
    this.#at += end;
    this.#started = true;
    return record;
  }

  #tooShort(bytes: Buffer): undefined {
    if (bytes.length > longest) {
      throw this.#problem(`expected rows of up to ${longest / 2 ** 20} MiB, found a longer one; is a quote missing?`);
    }
    return undefined;
  }

  #plainCell(bytes: Buffer, start: number, last: boolean): Cell | undefined {
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === this.#delimiter || byte === newline) return { start, end: at, quoted: false };
      if (byte === carriageReturn) {
        if (at + 1 === bytes.length && !last) return undefined;
        if (bytes[at + 1] === newline) return { start, end: at, quoted: false };
        throw this.#problem("found a carriage return without a line feed outside of quotes; save it with LF line ends");
      }
    }
    return last ? { start, end: bytes.length, quoted: false } : undefined;
  }

  #quotedCell(bytes: Buffer, start: number, last: boolean): Cell | undefined {
    let at = bytes.indexOf(quote, start + 1);
    while (at >= 0 && bytes[at + 1] === quote) at = bytes.indexOf(quote, at + 2);
    if (at < 0) {
      if (last) throw this.#problem('a cell starts with a quote (") that is never closed');
      return undefined;
    }
    const end = at + 1;
    // What follows decides whether the quote closes the cell.
    if (end + 1 >= bytes.length && !last) return undefined;
    const next = bytes[end];
    const closes = end === bytes.length || next === this.#delimiter || next === newline;
    if (closes || (next === carriageReturn && bytes[end + 1] === newline)) return { start, end, quoted: true };
    throw this.#problem('text follows a closing quote ("); quotes within a cell are doubled ("")');
  }

  #problem(what: string): UserError {
    return new UserError(`${this.#name}:${this.#line}: ${what}`);
  }
}
