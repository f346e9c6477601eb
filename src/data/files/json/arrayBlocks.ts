import { UserError } from "../../../util/errors.ts";
import type { ByteSource } from "../container.ts";
import { backslash, closeList, closeObject, comma, openList, openObject, quote } from "./marks.ts";
import { isSpace, markBytes, newline, type RowBlock } from "./rowBlocks.ts";
import { expectRowFits, RowBuffer } from "./rowBuffer.ts";

type Expected = "[" | "first element" | "element" | ", or ]" | "end";

/** The elements of one list of objects. */
export async function* arrayBlocks({ name, chunks }: ByteSource): AsyncGenerator<RowBlock> {
  const held = new RowBuffer();
  const scan = new ArrayScan(name);
  for await (const chunk of chunks) {
    held.append(chunk);
    const block = scan.next(held.bytes.subarray(0, held.length));
    if (block === null) continue;
    yield block;
    held.drop(block.bytes.length);
  }
  scan.end();
  if (held.length > 0) yield { bytes: held.bytes.subarray(0, held.length), starts: [], ends: [], lines: [] };
}

/** Finds the ends of a list's elements, over bytes that come piece by piece. What is in an element is not looked at. */
class ArrayScan {
  readonly #name: string;
  #expected: Expected = "[";
  #line = 1;
  #elementLine = 1;
  /** Where to go on in the bytes, and where the element starts that is not complete. */
  #at = 0;
  #start = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #began = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** The elements that are complete with these bytes, which begin after the last block. */
  next(bytes: Buffer): RowBlock | null {
    if (!this.#began) {
      if (bytes[0] === 0xef && bytes.length < 3) return null;
      this.#began = true;
      this.#at = markBytes(bytes);
    }
    const block = { starts: [] as number[], ends: [] as number[], lines: [] as number[] };
    while (this.#at < bytes.length) {
      if (this.#depth === 0) {
        this.#between(bytes[this.#at] as number);
      } else if (this.#inElement(bytes)) {
        block.starts.push(this.#start);
        block.ends.push(this.#at);
        block.lines.push(this.#elementLine);
      }
    }
    const end = this.#depth === 0 ? this.#at : this.#start;
    if (this.#depth > 0) expectRowFits(this.#at - this.#start, `${this.#name}:${this.#elementLine}`);
    this.#at -= end;
    this.#start -= end;
    return end === 0 ? null : { bytes: bytes.subarray(0, end), ...block };
  }

  /** @throws UserError unless the list was complete */
  end(): void {
    if (this.#expected === "end") return;
    if (this.#depth > 0) {
      throw new UserError(
        `${this.#name}:${this.#elementLine}: the file ends within the object that starts here; it is cut off`,
      );
    }
    throw new UserError(`${this.#name}:${this.#line}: expected ${this.#expected}, but the file ends; it is cut off`);
  }

  #between(byte: number): void {
    if (byte === newline) this.#line += 1;
    if (isSpace(byte)) {
      this.#at += 1;
      return;
    }
    const expected = this.#expected;
    if (expected === "[" && byte === openList) this.#expected = "first element";
    else if (expected === ", or ]" && byte === comma) this.#expected = "element";
    else if ((expected === ", or ]" || expected === "first element") && byte === closeList) this.#expected = "end";
    else if ((expected === "element" || expected === "first element") && byte === openObject) {
      this.#elementLine = this.#line;
      this.#start = this.#at;
      this.#depth = 1;
    } else throw this.#unexpected(byte);
    this.#at += 1;
  }

  #unexpected(byte: number): UserError {
    const found = byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `the byte 0x${byte.toString(16)}`;
    const expected = {
      "[": '"[" and a list of objects',
      "first element": 'an object or "]"',
      element: "an object",
      ", or ]": '"," or "]" after an object',
      end: "nothing after the list",
    }[this.#expected];
    return new UserError(`${this.#name}:${this.#line}: expected ${expected}, found ${found}`);
  }

  /** Goes on in an element; whether it ended. */
  #inElement(bytes: Buffer): boolean {
    const end = bytes.length;
    let at = this.#at;
    let depth = this.#depth;
    let inText = this.#inText;
    if (this.#escaped) at += 1;
    this.#escaped = false;
    while (at < end && depth > 0) {
      const byte = bytes[at++] as number;
      if (inText) {
        if (byte === quote) inText = false;
        else if (byte === backslash) at += 1;
      } else if (byte === quote) inText = true;
      else if (byte === openObject || byte === openList) depth += 1;
      else if (byte === closeObject || byte === closeList) depth -= 1;
      else if (byte === newline) this.#line += 1;
    }
    // Where a backslash was the last byte, what it escapes comes with the next bytes.
    this.#escaped = at > end;
    this.#at = Math.min(at, end);
    this.#depth = depth;
    this.#inText = inText;
    if (depth === 0) this.#expected = ", or ]";
    return depth === 0;
  }
}
