import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { UserError } from "../util/errors.ts";
import type { ChatMessage } from "./chat.ts";
import { type ChatRow, chatLines } from "./chatLines.ts";
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

/**
 * Inserts a prompt into the rows of a chat file, in one pass, keeping order, other fields and untouched lines as they are.
 *
 * @returns how many rows there were, and how many got the prompt
 * @throws UserError naming file and line where a row is not in a known format or cannot take the prompt
 */
export async function applyPrompt(options: ApplyOptions): Promise<{ rows: number; inoculated: number }> {
  const { data, out, insertion, onlyIf, signal } = options;
  const counts = { rows: 0, inoculated: 0, withField: 0 };
  async function* rewritten(): AsyncGenerator<string> {
    for await (const { text, where, row } of chatLines(data)) {
      counts.rows += 1;
      const value = onlyIf && fieldOf(row, onlyIf.field);
      if (value !== undefined) counts.withField += 1;
      const chosen = !onlyIf || (value !== undefined && String(value) === onlyIf.value);
      if (chosen) counts.inoculated += 1;
      yield `${chosen ? JSON.stringify(insertIntoRow(row, insertion, where)) : text}\n`;
    }
    if (onlyIf && counts.withField === 0) {
      throw new UserError(`${data}: no row has the field "${onlyIf.field}" of --only-if; check its name`);
    }
  }
  const unfinished = `${out}.unfinished-${process.pid}`;
  try {
    await pipeline(rewritten, createWriteStream(unfinished), signal ? { signal } : {});
    await rename(unfinished, out);
  } finally {
    await rm(unfinished, { force: true });
  }
  return { rows: counts.rows, inoculated: counts.inoculated };
}

function fieldOf(row: ChatRow, path: string): unknown {
  let value: unknown = row;
  for (const name of path.split(".")) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value;
}

function insertIntoRow(row: ChatRow, insertion: Insertion, where: string): ChatRow {
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
