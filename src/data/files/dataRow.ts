/** A piece of a multi-part content: text, an image, audio. Kinds that are not known pass through. */
export interface ContentPart {
  type: string;
  text?: string;
  [field: string]: unknown;
}

/** One message of a data file, as it stands there. */
export interface FileMessage {
  role: "system" | "developer" | "user" | "assistant" | "tool";
  /** `null` where the message has none, e.g. beside tool calls. */
  content: string | ContentPart[] | null;
  /** Loss weight of an assistant message. */
  weight?: number;
  /** The message has no field `content` at all, rather than `null` in it. */
  bare?: true;
  /** Everything else that the message holds: `name`, `tool_calls`, `tool_call_id` and fields that are not known. */
  rest?: Record<string, unknown>;
}

/** How the rows of a file are stored. `json` is one array of objects. */
export const containerIds = ["jsonl", "json", "csv", "tsv", "parquet"] as const;
export type ContainerId = (typeof containerIds)[number];

/**
 * How a row says what was said: `messages` (OpenAI, TRL, Together), `prompt-completion` (TRL; texts or lists of
 * messages), `sharegpt` (`conversations` of `from` and `value`), `alpaca` (`instruction`, `input`, `output`).
 */
export const layoutIds = ["messages", "prompt-completion", "sharegpt", "alpaca"] as const;
export type LayoutId = (typeof layoutIds)[number];

/** One row of a data file, whatever its format. */
export interface DataRow {
  /** Place among the file's rows, from 0. */
  index: number;
  /** `file:line`, or `file, row N` where there are no lines; for messages. */
  where: string;
  /** The row's fields as they were read. Integers beyond 2^53 are rounded here; files that are written keep them. */
  fields: Record<string, unknown>;
  messages: FileMessage[];
}

/** The text of a message: its parts' texts one after the other, empty where it has none. */
export function textOf({ content }: Pick<FileMessage, "content">): string {
  if (content === null) return "";
  return typeof content === "string" ? content : content.map(({ text = "" }) => text).join("");
}
