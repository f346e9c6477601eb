import type { StoredRow } from "../container.ts";
import type { LayoutId } from "../dataRow.ts";
import { parseExact } from "../exactJson.ts";
import { ChatScan } from "./chatScan.ts";
import type { FormScan, RowForm } from "./formScan.ts";
import { parseRow, utf8Text } from "./parseRow.ts";
import type { RowBlock } from "./rowBlocks.ts";
import type { Span } from "./spans.ts";

const scan = new ChatScan();

/** A row of a block; what it holds is read from the block's bytes when it is asked for. */
export class BlockRow implements StoredRow {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly #block: RowBlock;
  readonly #valid: boolean;
  readonly #whereOf: () => string;
  #text: string | undefined;
  #fields: Record<string, unknown> | undefined;
  #isSound = false;

  /** @param at the row's place in the block @param valid whether the block is known to be valid UTF-8 */
  constructor(block: RowBlock, at: number, index: number, valid: boolean, whereOf: () => string) {
    this.index = index;
    this.start = block.starts[at] as number;
    this.end = block.ends[at] as number;
    this.#block = block;
    this.#valid = valid;
    this.#whereOf = whereOf;
  }

  get where(): string {
    return this.#whereOf();
  }

  get text(): string {
    const { bytes } = this.#block;
    this.#text ??= this.#valid
      ? bytes.toString("utf8", this.start, this.end)
      : utf8Text(bytes.subarray(this.start, this.end), this.where);
    return this.#text;
  }

  get fields(): Record<string, unknown> {
    this.#fields ??= parseRow(this.text, this.where);
    return this.#fields;
  }

  exact(): Record<string, unknown> {
    return parseExact(this.text, this.fields) as Record<string, unknown>;
  }

  userTexts(layout: LayoutId): Span[] | null {
    if (!this.#valid || (layout !== "messages" && layout !== "prompt-completion")) return null;
    const spans = scan.userTexts(this.#block.bytes, this.start, this.end, layout);
    this.#isSound ||= spans !== null;
    return spans;
  }

  form(scan: FormScan): RowForm | null {
    if (!this.#valid) return null;
    const form = scan.formOf(this.#block.bytes, this.start, this.end);
    this.#isSound ||= form !== null;
    return form;
  }

  /** @throws UserError where the row is broken, whether or not anyone has asked for its fields */
  expectSound(): void {
    if (!this.#isSound) void this.fields;
  }
}
