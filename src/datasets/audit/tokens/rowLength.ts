/** How long a chat is, in tokens. */
export interface RowLength {
  /** Tokens before the last reply. */
  prompt: number;
  total: number;
  /** Place of the first token that counts in the loss, from 0; `undefined` where none does. */
  firstLearnt: number | undefined;
}

/** Why a model's template or tokenizer cannot take a chat, or a chat the prompt. */
export interface TemplateFault {
  check: "system-dropped" | "template-refuses" | "generation-prompt" | "no-token" | "no-place";
  detail: string;
}

/** A row's lengths, without the prompt that is to be inserted and with it. */
export interface Measured {
  plain: RowLength | TemplateFault;
  /** Absent where nothing is inserted. */
  inserted?: RowLength | TemplateFault;
}

export function isLength(found: RowLength | TemplateFault | undefined): found is RowLength {
  return found !== undefined && "total" in found;
}
