import type { ChatMessage } from "../../../data/chat.ts";
import type { RowLength, TemplateFault } from "./rowLength.ts";

/** Counts tokens, by a model's tokenizer and template or by an approximation. */
export interface TokenCounter {
  /** How tokens are counted, in words. */
  method: string;
  /** Most tokens of a row. */
  limit?: number | undefined;
  /** What only a model's own files can tell. */
  model?: ModelTexts;
  measure(messages: readonly ChatMessage[]): RowLength | TemplateFault;
}

/** What a model's tokenizer and template write beside the texts. */
export interface ModelTexts {
  bos?: string;
  /** Special tokens as they would stand in a text. */
  special: readonly string[];
  /** The template writes the BOS, and the tokenizer puts one before every text too. */
  bosTwice: boolean;
}
