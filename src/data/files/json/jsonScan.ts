import { backslash, closeList, closeObject, comma, openList, openObject, quote } from "./marks.ts";

const [colon, minus, point, slash, zero, nine] = [...Buffer.from(":-./09")] as [
  number,
  number,
  number,
  number,
  number,
  number,
];
const escapes = new Set(Buffer.from('"\\/bfnrt'));
const literals = ["true", "false", "null"].map((word) => Buffer.from(word));
/** Lists and objects within each other that are gone through. */
export const deepest = 64;

/**
 * Goes through a row's bytes, which are known to be valid UTF-8, and checks all JSON that it passes. A "no" may still be
 * sound JSON, and is to be read the long way, which also says what is wrong.
 */
export class JsonScan {
  protected bytes: Uint8Array = new Uint8Array(0);
  protected at = 0;
  /** The text that was last passed holds an escape. */
  #escaped = false;
  /** It holds one that `JSON.stringify` would not write. */
  protected respelled = false;
  /** A number that was passed may be one that JavaScript would round. */
  protected longNumbers = false;
  /** White space that was passed holds a line end. */
  protected lineEnds = false;

  /** An object. @param field told of each name, when its value is next */
  protected fields(field: (nameStart: number, nameEnd: number) => boolean): boolean {
    if (this.bytes[this.at] !== openObject) return false;
    this.at += 1;
    if (this.next() === closeObject) return this.#pass();
    for (;;) {
      const start = this.at;
      // A name with escapes may stand for any name.
      if (!this.text() || this.#escaped) return false;
      const end = this.at - 1;
      if (this.next() !== colon) return false;
      this.at += 1;
      this.next();
      if (!field(start + 1, end)) return false;
      const after = this.next();
      if (after === closeObject) return this.#pass();
      if (after !== comma) return false;
      this.at += 1;
      this.next();
    }
  }

  protected list(element: () => boolean): boolean {
    if (this.bytes[this.at] !== openList) return false;
    this.at += 1;
    if (this.next() === closeList) return this.#pass();
    for (;;) {
      if (!element()) return false;
      const after = this.next();
      if (after === closeList) return this.#pass();
      if (after !== comma) return false;
      this.at += 1;
      this.next();
    }
  }

  protected value(depth: number): boolean {
    const byte = this.bytes[this.at] as number;
    if (byte === quote) return this.text();
    if (byte === openObject) return depth < deepest && this.fields(() => this.value(depth + 1));
    if (byte === openList) return depth < deepest && this.list(() => this.value(depth + 1));
    if (byte === minus || isDigit(byte)) return this.#number();
    for (const word of literals) {
      if (!this.is(this.at, this.at + word.length, word)) continue;
      this.at += word.length;
      return true;
    }
    return false;
  }

  protected text(): boolean {
    const bytes = this.bytes;
    if (bytes[this.at] !== quote) return false;
    let at = this.at + 1;
    this.#escaped = false;
    this.respelled = false;
    for (;;) {
      const byte = bytes[at] as number;
      if (byte === quote) {
        this.at = at + 1;
        return true;
      }
      if (byte === backslash) {
        const length = escapeLength(bytes, at);
        if (length === 0) return false;
        this.#escaped = true;
        this.respelled ||= length === 6 || bytes[at + 1] === slash;
        at += length;
      } else if (byte >= 0x20) at += 1;
      // A control character, or the end of the bytes.
      else return false;
    }
  }

  #number(): boolean {
    const bytes = this.bytes;
    const start = this.at;
    if (bytes[this.at] === minus) this.at += 1;
    if (bytes[this.at] === zero) {
      this.at += 1;
      this.longNumbers ||= this.at === start + 2;
    } else if (!this.#digits()) return false;
    if (bytes[this.at] === point) {
      this.at += 1;
      if (!this.#digits()) return false;
    }
    const byte = bytes[this.at];
    const isPlain = byte !== 0x65 && byte !== 0x45;
    // Fifteen digits are always exact.
    this.longNumbers ||= !isPlain || this.at - start > 15;
    if (isPlain) return true;
    this.at += 1;
    const sign = bytes[this.at];
    if (sign === 0x2b || sign === minus) this.at += 1;
    return this.#digits();
  }

  #digits(): boolean {
    const start = this.at;
    while (isDigit(this.bytes[this.at] as number)) this.at += 1;
    return this.at > start;
  }

  /** Passes white space; the byte behind it. */
  protected next(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at] as number;
    while (byte === 0x20 || byte === 0x0d || byte === 0x0a || byte === 0x09) {
      if (byte !== 0x20 && byte !== 0x09) this.lineEnds = true;
      this.at += 1;
      byte = bytes[this.at] as number;
    }
    return byte;
  }

  #pass(): true {
    this.at += 1;
    return true;
  }

  protected is(start: number, end: number, name: Uint8Array): boolean {
    if (end - start !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.bytes[start + i] !== name[i]) return false;
    return true;
  }
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

/** Bytes of the escape at a backslash; 0 where it is none. */
function escapeLength(bytes: Uint8Array, at: number): number {
  const kind = bytes[at + 1] as number;
  if (escapes.has(kind)) return 2;
  if (kind !== 0x75) return 0;
  for (let i = 2; i < 6; i++) {
    const byte = bytes[at + i] as number;
    const isHex = isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
    if (!isHex) return 0;
  }
  return 6;
}
