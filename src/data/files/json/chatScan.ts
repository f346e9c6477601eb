import type { LayoutId } from "../dataRow.ts";
import { JsonScan } from "./jsonScan.ts";
import type { Span } from "./spans.ts";

/** Layouts of which usual rows can be understood without reading their values. */
export type ScannedLayout = Extract<LayoutId, "messages" | "prompt-completion">;

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

/**
 * Finds the user's texts in a row's bytes, and checks the row as it goes: all of its JSON, and the roles and contents of
 * its messages. It says yes to usual rows only. Whatever it doesn't say yes to may still be a sound row, and is to be
 * read the long way, which also says what is wrong.
 */
export class ChatScan extends JsonScan {
  #turns: Span[] = [];

  /**
   * @param bytes known to be valid UTF-8
   * @returns for each user turn where its text stands from `start` on, quotes included; `null` for an unusual row
   */
  userTexts(bytes: Uint8Array, start: number, end: number, layout: ScannedLayout): Span[] | null {
    this.bytes = bytes;
    this.at = start;
    this.#turns = [];
    const isUsual = layout === "messages" ? this.#messagesRow() : this.#textsRow();
    if (!isUsual || this.at !== end || this.#turns.length === 0) return null;
    return this.#turns.map((turn) => ({ start: turn.start - start, end: turn.end - start }));
  }

  #messagesRow(): boolean {
    let seen = false;
    return this.fields((name, end) => {
      if (!this.is(name, end, names.messages)) return this.value(1);
      if (seen) return false;
      seen = true;
      return this.list(() => this.#message());
    });
  }

  #message(): boolean {
    let role: "user" | "other" | undefined;
    let content: Span | undefined;
    const isObject = this.fields((name, end) => {
      const start = this.at;
      if (this.is(name, end, names.role)) {
        if (role || !this.text()) return false;
        role = this.#roleIn(start + 1, this.at - 1);
        return role !== undefined;
      }
      if (this.is(name, end, names.content)) {
        if (content || !this.text()) return false;
        content = { start, end: this.at };
        return true;
      }
      return !this.is(name, end, names.weight) && this.value(3);
    });
    if (!isObject || !role || !content) return false;
    if (role === "user") this.#turns.push(content);
    return true;
  }

  #roleIn(start: number, end: number): "user" | "other" | undefined {
    if (this.is(start, end, names.user)) return "user";
    return otherRoles.some((role) => this.is(start, end, role)) ? "other" : undefined;
  }

  #textsRow(): boolean {
    let completed = false;
    return this.fields((name, end) => {
      const start = this.at;
      if (this.is(name, end, names.prompt)) {
        if (this.#turns.length > 0 || !this.text()) return false;
        this.#turns.push({ start, end: this.at });
        return true;
      }
      if (this.is(name, end, names.completion)) {
        if (completed || !this.text()) return false;
        completed = true;
        return true;
      }
      return !otherLayouts.some((other) => this.is(name, end, other)) && this.value(1);
    });
  }
}
