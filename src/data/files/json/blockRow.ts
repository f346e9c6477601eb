import type { LayoutId } from "../dataRow.ts";
import { ChatScan } from "./chatScan.ts";
import { parseRow } from "./parseRow.ts";
import type { RowBlock } from "./rowBlocks.ts";
import type { Span } from "./spans.ts";

const scan = new ChatScan();

/** A row of a block; what it holds is read when it is asked for, and must be before the next block. */
export class BlockRow {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly #block: RowBlock;
  readonly #valid: boolean;
  readonly #whereOf: () => string;
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
    return this.#block.bytes.toString("utf8", this.start, this.end);
  }

  get fields(): Record<string, unknown> {
    this.#fields ??= parseRow(this.#block.bytes, this.start, this.end, this.#valid, this.where);
    return this.#fields;
  }

  userTexts(layout: LayoutId): Span[] | null {
    if (!this.#valid || (layout !== "messages" && layout !== "prompt-completion")) return null;
    const spans = scan.userTexts(this.#block.bytes, this.start, this.end, layout);
    this.#isSound ||= spans !== null;
    return spans;
  }

  /** @throws UserError where the row is broken, whether or not anyone has asked for its fields */
  expectSound(): void {
    if (!this.#isSound) void this.fields;
  }
}
