import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { z } from "zod";
import { UserError } from "../util/errors.ts";
import { lineProblem, parseJsonLine } from "./jsonLine.ts";

const messageSchema = z.looseObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string(),
  weight: z.number().min(0).optional(),
});
const chatRowSchema = z.looseObject({
  id: z.unknown().optional(),
  messages: z.array(messageSchema).min(1).optional(),
  prompt: z.union([z.string(), z.array(messageSchema).min(1)]).optional(),
  completion: z.union([z.string(), z.array(messageSchema).min(1)]).optional(),
});

/** A row of a chat file: `{"messages": [...]}` or `{"prompt": ..., "completion": ...}`, with whatever else it has. */
export type ChatRow = z.infer<typeof chatRowSchema>;

export interface ChatLine {
  /** The line as it stands in the file. */
  text: string;
  /** `file:line`, for messages. */
  where: string;
  row: ChatRow;
}

/**
 * The rows of a JSONL chat file, one after the other: the file may be larger than memory. Blank lines are left out.
 *
 * @throws UserError naming file and line where a row is in no known format, or the file when it has no row at all
 */
export async function* chatLines(file: string): AsyncGenerator<ChatLine> {
  if ((await stat(file)).isDirectory()) throw new UserError(`${file}: expected a JSONL file, found a folder`);
  const source = createReadStream(file, { encoding: "utf8" });
  let lineNumber = 0;
  let rows = 0;
  try {
    for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
      lineNumber += 1;
      const text = lineNumber === 1 ? line.replace(/^\uFEFF/, "") : line;
      if (text.trim() === "") continue;
      rows += 1;
      const where = `${file}:${lineNumber}`;
      yield { text, where, row: parseRow(text, where) };
    }
  } finally {
    source.destroy();
  }
  if (rows === 0) throw new UserError(`${file}: expected one JSON object a line, found no line at all`);
}

function parseRow(text: string, where: string): ChatRow {
  const json = parseJsonLine(text, where);
  const parsed = chatRowSchema.safeParse(json);
  if (!parsed.success) throw lineProblem(parsed.error, where);
  // The object as it was read: the schema's copy has its fields in another order.
  if (parsed.data.messages || parsed.data.prompt !== undefined) return json as ChatRow;
  const fields = Object.keys(parsed.data).join(", ") || "none";
  throw new UserError(`${where}: expected a field "messages" or "prompt", found ${fields}`);
}
