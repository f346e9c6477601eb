import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { UserError } from "../util/errors.ts";
import type { ChatMessage } from "./chat.ts";
import { type Insertion, insertPrompt } from "./insertion.ts";

export interface ApplyOptions {
  /** A JSONL file: one row a line, either `{"messages": [...]}` or `{"prompt": ..., "completion": ...}`. */
  data: string;
  /** Where the new file goes; may be `data` itself. Written under another name first, so a failure leaves it as it was. */
  out: string;
  insertion: Insertion;
  /** Only rows in which this field (dots lead into objects) has this value, written as text, get the prompt. */
  onlyIf?: { field: string; value: string };
  signal?: AbortSignal;
}

const messageSchema = z.looseObject({ role: z.enum(["system", "user", "assistant", "tool"]), content: z.string() });
const rowSchema = z.looseObject({
  messages: z.array(messageSchema).min(1).optional(),
  prompt: z.union([z.string(), z.array(messageSchema).min(1)]).optional(),
});
type Row = z.infer<typeof rowSchema>;

/**
 * Inserts a prompt into the rows of a chat file, in one pass, keeping order, other fields and untouched lines as they are.
 *
 * @returns how many rows there were, and how many got the prompt
 * @throws UserError naming file and line where a row is not in a known format or cannot take the prompt
 */
export async function applyPrompt(options: ApplyOptions): Promise<{ rows: number; inoculated: number }> {
  const { data, out, insertion, onlyIf, signal } = options;
  if ((await stat(data)).isDirectory()) throw new UserError(`${data}: expected a JSONL file, found a folder`);
  const counts = { rows: 0, inoculated: 0, withField: 0 };
  const source = createReadStream(data, { encoding: "utf8" });
  const unfinished = `${out}.unfinished-${process.pid}`;
  async function* rewritten(): AsyncGenerator<string> {
    let lineNumber = 0;
    for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
      lineNumber += 1;
      const text = lineNumber === 1 ? line.replace(/^\uFEFF/, "") : line;
      if (text.trim() === "") continue;
      const where = `${data}:${lineNumber}`;
      const row = parseRow(text, where);
      counts.rows += 1;
      const value = onlyIf && fieldOf(row, onlyIf.field);
      if (value !== undefined) counts.withField += 1;
      const chosen = !onlyIf || (value !== undefined && String(value) === onlyIf.value);
      if (chosen) counts.inoculated += 1;
      yield `${chosen ? JSON.stringify(insertIntoRow(row, insertion, where)) : text}\n`;
    }
  }
  try {
    await pipeline(rewritten, createWriteStream(unfinished), signal ? { signal } : {});
    if (counts.rows === 0) throw new UserError(`${data}: expected one JSON object a line, found no line at all`);
    if (onlyIf && counts.withField === 0) {
      throw new UserError(`${data}: no row has the field "${onlyIf.field}" of --only-if; check its name`);
    }
    await rename(unfinished, out);
  } finally {
    source.destroy();
    await rm(unfinished, { force: true });
  }
  return { rows: counts.rows, inoculated: counts.inoculated };
}

function parseRow(text: string, where: string): Row {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${where}: expected a JSON object, but this is no JSON (${(error as Error).message})`);
  }
  const parsed = rowSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`${where}: ${issue?.path.join(".") || "the line"}: ${issue?.message}`);
  }
  if (parsed.data.messages || parsed.data.prompt !== undefined) return parsed.data;
  const fields = Object.keys(parsed.data).join(", ") || "none";
  throw new UserError(`${where}: expected a field "messages" or "prompt", found ${fields}`);
}

function fieldOf(row: Row, path: string): unknown {
  let value: unknown = row;
  for (const name of path.split(".")) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value;
}

function insertIntoRow(row: Row, insertion: Insertion, where: string): Row {
  const chat = row.messages ? "messages" : "prompt";
  const target = row[chat] as string | ChatMessage[];
  if (typeof target !== "string") {
    if (insertion.placement !== "system" && !target.some(({ role }) => role === "user")) {
      throw new UserError(
        `${where}: expected a user message to put the prompt into, found none; try --placement system`,
      );
    }
    return { ...row, [chat]: insertPrompt(target, insertion) };
  }
  if (insertion.placement === "system") {
    throw new UserError(`${where}: "prompt" is plain text and has no system message; use --placement prefix or suffix`);
  }
  const [message] = insertPrompt([{ role: "user", content: target }], insertion);
  return { ...row, prompt: message?.content ?? target };
}
