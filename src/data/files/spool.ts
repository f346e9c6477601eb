import { jsonl } from "./json/jsonContainer.ts";
import { scratchFile } from "./scratchFile.ts";

type Row = Record<string, unknown>;

/** Rows that are read more than once, kept in a temporary file in between, so that they need not fit into memory. */
export interface Spool {
  /** Each row, and how many characters it has as JSON. */
  rows(): AsyncGenerator<{ row: Row; bytes: number }>;
  remove(): Promise<void>;
}

/** @param look sees every row on its way into the file */
export async function spool(rows: AsyncIterable<Row>, look: (row: Row) => void): Promise<Spool> {
  const file = await scratchFile();
  async function* looked(): AsyncGenerator<Row> {
    for await (const row of rows) {
      look(row);
      yield row;
    }
  }
  try {
    await jsonl.write(looked(), file);
  } catch (error) {
    await file.remove();
    throw error;
  }
  return {
    remove: file.remove,
    async *rows() {
      for await (const row of jsonl.rows(file.read())) {
        yield { row: row.exact?.() ?? row.fields, bytes: row.text?.length ?? 0 };
      }
    },
  };
}
