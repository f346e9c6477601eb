import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { removeAtExit } from "../../util/removeAtExit.ts";
import { parseExact } from "./exactJson.ts";
import { jsonl } from "./json/jsonContainer.ts";
import { stringifyRaw } from "./rawJson.ts";

/** Rows that are read more than once, kept in a temporary file in between, so that they need not fit into memory. */
export interface Spool {
  /** Each row, and how many characters it has as JSON. */
  rows(): AsyncGenerator<{ row: Record<string, unknown>; bytes: number }>;
  remove(): Promise<void>;
}

/** @param look sees every row on its way into the file */
export async function spool(
  rows: AsyncIterable<Record<string, unknown>>,
  look: (row: Record<string, unknown>) => void,
): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), "inoculate-rows-"));
  const file = join(folder, "rows.jsonl");
  const letGo = removeAtExit(folder);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    letGo();
  };
  try {
    await pipeline(async function* () {
      for await (const row of rows) {
        look(row);
        yield `${stringifyRaw(row)}\n`;
      }
    }, createWriteStream(file));
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    remove,
    async *rows() {
      const chunks = createReadStream(file);
      try {
        for await (const { text = "" } of jsonl.rows({ name: file, chunks })) {
          yield { row: parseExact(text) as Record<string, unknown>, bytes: text.length };
        }
      } finally {
        chunks.destroy();
      }
    },
  };
}
