import { chatLines } from "../chatLines.ts";
import type { ContentPart, DataRow, FileMessage } from "./dataRow.ts";

export interface ReadOptions {
  /** For tables: which column holds what, e.g. `{ user: "question", assistant: "answer" }`. */
  columns?: Readonly<Record<string, string>> | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The rows of a data file, one after the other: the file may be larger than memory.
 *
 * @throws UserError naming file and line where a row is in no known format, or in another one than the rows before it
 */
export async function* readDataFile(file: string, _options: ReadOptions = {}): AsyncGenerator<DataRow> {
  let index = 0;
  for await (const { row, where } of chatLines(file)) {
    const as = (part: unknown, role: FileMessage["role"]): FileMessage[] => {
      if (part === undefined) return [];
      return typeof part === "string" ? [{ role, content: part }] : (part as FileMessage[]);
    };
    const messages = row.messages
      ? (row.messages as FileMessage[])
      : [...as(row.prompt, "user"), ...as(row.completion, "assistant")];
    yield { index: index++, where, fields: row as Record<string, unknown>, messages };
  }
}

export type { ContentPart };
