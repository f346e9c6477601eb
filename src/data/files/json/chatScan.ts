import type { LayoutId } from "../dataRow.ts";
import type { Span } from "./spans.ts";

/** Layouts of which usual rows can be understood without reading their values. */
export type ScannedLayout = Extract<LayoutId, "messages" | "prompt-completion">;

const [quote, backslash, comma, colon, openList, closeList, openObject, closeObject, minus, point, zero, nine] = [
  ...Buffer.from('"\\,:[]{}-.09'),
] as [number, number, number, number, number, number, number, number, number, number, number, number];
const escapes = new Set(Buffer.from('"\\/bfnrt'));
const names = {
  messages: Buffer.from("messages"),
  role: Buffer.from("role"),
  content: Buffer.from("content"),
  weight: Buffer.from("weight"),
  prompt: Buffer.from("prompt"),
  completion: Buffer.from("completion"),
  user: Buffer.from("user"),
};
const otherRoles = ["assistant", "system", "tool", "developer"].map((role) => Buffer.from(role));
/** Fields by which a row with a prompt is of another layout. */
const otherLayouts = ["messages", "conversations", "instruction"].map((name) => Buffer.from(name));
const literals = ["true", "false", "null"].map((word) => Buffer.from(word));
const deepest = 64;

/**
 * Finds the user's texts in a row's bytes, and checks the row as it goes: all of its JSON, and the roles and contents of
 * its messages. It says yes to usual rows only. Whatever it doesn't say yes to may still be a sound row, and is to be
 * read the long way, which also says what is wrong.
 */
export class ChatScan {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** The text that was last passed holds an escape. */
  #escaped = false;
  #turns: Span[] = [];

  /**
   * @param bytes known to be valid UTF-8
   * @returns for each user turn where its text stands from `start` on, quotes included; `null` for an unusual row
   */
  userTexts(bytes: Uint8Array, start: number, end: number, layout: ScannedLayout): Span[] | null {
    this.#bytes = bytes;
    this.#at = start;
    this.#turns = [];
    const isUsual = layout === "messages" ? this.#messagesRow() : this.#textsRow();
    if (!isUsual || this.#at !== end || this.#turns.length === 0) return null;
    return this.#turns.map((turn) => ({ start: turn.start - start, end: turn.end - start }));
  }

  #messagesRow(): boolean {
    let seen = false;
    return this.#fields((name, end) => {
      if (!this.#is(name, end, names.messages)) return this.#value(1);
      if (seen) return false;
      seen = true;
      return this.#list(() => this.#message());
    });
  }

  #message(): boolean {
    let role: "user" | "other" | undefined;
    let content: Span | undefined;
    const isObject = this.#fields((name, end) => {
      const start = this.#at;
      if (this.#is(name, end, names.role)) {
        if (role || !this.#text()) return false;
        role = this.#roleIn(start + 1, this.#at - 1);
        return role !== undefined;
      }
      if (this.#is(name, end, names.content)) {
        if (content || !this.#text()) return false;
        content = { start, end: this.#at };
        return true;
      }
      return !this.#is(name, end, names.weight) && this.#value(3);
    });
    if (!isObject || !role || !content) return false;
    if (role === "user") this.#turns.push(content);
    return true;
  }

  #roleIn(start: number, end: number): "user" | "other" | undefined {
    if (this.#is(start, end, names.user)) return "user";
    return otherRoles.some((role) => this.#is(start, end, role)) ? "other" : undefined;
  }

  #textsRow(): boolean {
    let completed = false;
    return this.#fields((name, end) => {
      const start = this.#at;
      if (this.#is(name, end, names.prompt)) {
        if (this.#turns.length > 0 || !this.#text()) return false;
        this.#turns.push({ start, end: this.#at });
        return true;
      }
      if (this.#is(name, end, names.completion)) {
        if (completed || !this.#text()) return false;
        completed = true;
        return true;
      }
      return !otherLayouts.some((other) => this.#is(name, end, other)) && this.#value(1);
    });
  }

  /** An object. @param field told of each name, when its value is next */
  #fields(field: (nameStart: number, nameEnd: number) => boolean): boolean {
    if (this.#bytes[this.#at] !== openObject) return false;
    this.#at += 1;
    if (this.#next() === closeObject) return this.#pass();
    for (;;) {
      const start = this.#at;
      // A name with escapes may stand for any name.
      if (!this.#text() || this.#escaped) return false;
      const end = this.#at - 1;
      if (this.#next() !== colon) return false;
      this.#at += 1;
      this.#next();
      if (!field(start + 1, end)) return false;
      const after = this.#next();
      if (after === closeObject) return this.#pass();
      if (after !== comma) return false;
      this.#at += 1;
      this.#next();
    }
  }

  #list(element: () => boolean): boolean {
    if (this.#bytes[this.#at] !== openList) return false;
    this.#at += 1;
    if (this.#next() === closeList) return this.#pass();
    for (;;) {
      if (!element()) return false;
      const after = this.#next();
      if (after === closeList) return this.#pass();
      if (after !== comma) return false;
      this.#at += 1;
      this.#next();
    }
  }

  #value(depth: number): boolean {
    const byte = this.#bytes[this.#at] as number;
    if (byte === quote) return this.#text();
    if (byte === openObject) return depth < deepest && this.#fields(() => this.#value(depth + 1));
    if (byte === openList) return depth < deepest && this.#list(() => this.#value(depth + 1));
    if (byte === minus || isDigit(byte)) return this.#number();
    for (const word of literals) {
      if (!this.#is(this.#at, this.#at + word.length, word)) continue;
      this.#at += word.length;
      return true;
    }
    return false;
  }

  #text(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== quote) return false;
    let at = this.#at + 1;
    this.#escaped = false;
    for (;;) {
      const byte = bytes[at] as number;
      if (byte === quote) {
        this.#at = at + 1;
        return true;
      }
      if (byte === backslash) {
        const length = escapeLength(bytes, at);
        if (length === 0) return false;
        this.#escaped = true;
        at += length;
      } else if (byte >= 0x20) at += 1;
      // A control character, or the end of the bytes.
      else return false;
    }
  }

  #number(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] === minus) this.#at += 1;
    if (bytes[this.#at] === zero) this.#at += 1;
    else if (!this.#digits()) return false;
    if (bytes[this.#at] === point) {
      this.#at += 1;
      if (!this.#digits()) return false;
    }
    const byte = bytes[this.#at];
    if (byte !== 0x65 && byte !== 0x45) return true;
    this.#at += 1;
    const sign = bytes[this.#at];
    if (sign === 0x2b || sign === minus) this.#at += 1;
    return this.#digits();
  }

  #digits(): boolean {
    const start = this.#at;
    while (isDigit(this.#bytes[this.#at] as number)) this.#at += 1;
    return this.#at > start;
  }

  /** Passes white space; the byte behind it. */
  #next(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at] as number;
    while (byte === 0x20 || byte === 0x0d || byte === 0x0a || byte === 0x09) {
      this.#at += 1;
      byte = bytes[this.#at] as number;
    }
    return byte;
  }

  #pass(): true {
    this.#at += 1;
    return true;
  }

  #is(start: number, end: number, name: Uint8Array): boolean {
    if (end - start !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.#bytes[start + i] !== name[i]) return false;
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
