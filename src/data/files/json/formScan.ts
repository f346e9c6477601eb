import { deepest, JsonScan } from "./jsonScan.ts";
import { closeList, openList, openObject, quote } from "./marks.ts";
import type { Span } from "./spans.ts";

/** What rows that differ in their texts alone have in common, and where one of them has its own. */
export interface RowForm {
  /**
   * The row's bytes, one character each, with `leftOut` for each text and for each field that the layout does not read.
   * Texts, fields and lists that are empty, and null, stay as they are.
   */
  key: string;
  /** The bytes that the spans are of. */
  bytes: Buffer;
  /** The value of each of the row's fields, in order. */
  fields: readonly FormField[];
  /** The texts that were left out, in order. */
  texts: readonly FormText[];
  /** A line end stands in the row, between values. */
  lineEnds: boolean;
  /** A number in the row may be one that JavaScript would round. */
  longNumbers: boolean;
}

export interface FormField extends Span {
  /** Its name, without quotes. */
  name: Span;
}

export interface FormText extends Span {
  /** `JSON.stringify` would write it otherwise. */
  respelled: boolean;
}

/** Bytes that stand in a key for what was left out; no JSON holds either. */
export const leftOut = { text: 1, field: 2 } as const;

/** Names in a message or turn whose texts are left out. Who speaks is not. */
const textNames = ["content", "value", "text"].map((name) => Buffer.from(name));
/** Rows of which less can be left out are no form of many. */
const longestKey = 1 << 12;

/** Finds the form of a row, and checks all of its JSON as it goes. It says nothing to rows that are not usual. */
export class FormScan extends JsonScan {
  readonly #own: readonly Buffer[];
  readonly #key = Buffer.alloc(longestKey);
  #keyLength = 0;
  /** Up to where the bytes are in the key, or left out. */
  #seen = 0;
  #fields: FormField[] = [];
  #texts: FormText[] = [];

  /** @param own the names of the fields that the rows' layout reads */
  constructor(own: readonly string[]) {
    super();
    this.#own = own.map((name) => Buffer.from(name));
  }

  /** @param bytes known to be valid UTF-8 */
  formOf(bytes: Buffer, start: number, end: number): RowForm | null {
    this.bytes = bytes;
    this.at = start;
    this.lineEnds = false;
    this.longNumbers = false;
    this.#keyLength = 0;
    this.#seen = start;
    const fields: FormField[] = [];
    const texts: FormText[] = [];
    this.#fields = fields;
    this.#texts = texts;
    const isUsual = this.fields((nameStart, nameEnd) => this.#field(nameStart, nameEnd));
    if (!isUsual || this.at !== end || !this.#copyTo(end)) return null;
    const { lineEnds, longNumbers } = this;
    return { key: this.#key.toString("latin1", 0, this.#keyLength), bytes, fields, texts, lineEnds, longNumbers };
  }

  #field(nameStart: number, nameEnd: number): boolean {
    const start = this.at;
    if (this.#isAny(this.#own, nameStart, nameEnd)) {
      if (!this.#ownValue(1, true)) return false;
    } else {
      if (!this.value(1)) return false;
      if (!this.#isSilent(start) && !this.#leaveOut(start, leftOut.field)) return false;
    }
    this.#fields.push({ start, end: this.at, name: { start: nameStart, end: nameEnd } });
    return true;
  }

  /** @param isText whether a text here is one of those that are left out */
  #ownValue(depth: number, isText: boolean): boolean {
    const start = this.at;
    const byte = this.bytes[start];
    if (byte === openObject) {
      return depth < deepest && this.fields((from, to) => this.#ownValue(depth + 1, this.#isAny(textNames, from, to)));
    }
    if (byte === openList) return depth < deepest && this.list(() => this.#ownValue(depth + 1, true));
    if (!this.value(depth)) return false;
    if (!isText || byte !== quote || this.at === start + 2) return true;
    this.#texts.push({ start, end: this.at, respelled: this.respelled });
    return this.#leaveOut(start, leftOut.text);
  }

  /** Whether the value that was just passed is null, an empty text or an empty list. */
  #isSilent(start: number): boolean {
    const byte = this.bytes[start];
    if (byte === 0x6e) return true;
    if (byte === quote) return this.at === start + 2;
    if (byte !== openList) return false;
    let at = start + 1;
    while ((this.bytes[at] as number) <= 0x20) at += 1;
    return this.bytes[at] === closeList;
  }

  /** Leaves out the value that was just passed. */
  #leaveOut(start: number, mark: number): boolean {
    if (!this.#copyTo(start)) return false;
    this.#key[this.#keyLength++] = mark;
    this.#seen = this.at;
    return true;
  }

  #copyTo(end: number): boolean {
    let length = this.#keyLength;
    // One byte more for a mark.
    if (length + end - this.#seen >= longestKey) return false;
    for (let at = this.#seen; at < end; at++) this.#key[length++] = this.bytes[at] as number;
    this.#keyLength = length;
    return true;
  }

  #isAny(names: readonly Buffer[], start: number, end: number): boolean {
    for (const name of names) if (this.is(start, end, name)) return true;
    return false;
  }
}
