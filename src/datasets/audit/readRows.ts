import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { UserError } from "../../util/errors.ts";
import type { ReadRow } from "./auditRow.ts";
import { byteLines } from "./byteLines.ts";
import { type Columns, understandRow } from "./understandRow.ts";

export interface ReadRowsOptions {
  columns?: Columns | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The rows of a JSONL file, each with all that is wrong with it: unlike reading for training, this goes on after a
 * broken row. Blank lines are left out.
 *
 * @throws UserError where there is no file, or no row in it
 */
export async function* readRows(file: string, { columns, signal }: ReadRowsOptions = {}): AsyncGenerator<ReadRow> {
  await expectFile(file);
  const stream = createReadStream(file);
  let number = 0;
  try {
    for await (const line of byteLines(stream)) {
      signal?.throwIfAborted();
      const row = readLine(line.bytes);
      if (row === undefined) continue;
      number += 1;
      yield { number, where: `${file}:${line.number}`, ...understand(row, columns) };
    }
  } finally {
    stream.destroy();
  }
  if (number === 0) throw new UserError(`${file}: expected one JSON object a line, found no line at all`);
}

async function expectFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new UserError(`cannot read ${file}: there is no such file`);
  if (found.isDirectory()) throw new UserError(`cannot read ${file}: this is a folder, expected a file`);
}

type Line = { value: unknown } | { check: string; detail: string };

function understand(line: Line, columns: Columns | undefined): Omit<ReadRow, "number" | "where"> {
  return "check" in line ? { faults: [line] } : understandRow(line.value, columns);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `undefined` for a blank line. */
function readLine(bytes: Uint8Array): Line | undefined {
  let text: string;
  try {
    text = strict.decode(bytes);
  } catch {
    const good = Buffer.from(bytes).toString("utf8").indexOf("\ufffd");
    return { check: "bad-encoding", detail: `not UTF-8 from character ${good + 1} on` };
  }
  if (text.trim() === "") return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // The message quotes the line, and the line may hold a secret.
    const reason = (error as Error).message.replace(/,? (?:\.\.\.)?"[\s\S]*is not valid JSON$/, "");
    return { check: "bad-json", detail: `no JSON (${reason})` };
  }
}
