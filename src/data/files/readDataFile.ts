import { containers } from "./containers.ts";
import type { DataRow } from "./dataRow.ts";
import { detectContainer } from "./detectContainer.ts";
import { layoutFinder } from "./layoutFinder.ts";
import type { Columns } from "./layouts/columnLayout.ts";
import { openSource } from "./openSource.ts";

export interface ReadOptions {
  /** For tables: which column holds what, e.g. `{ user: "question", assistant: "answer" }`. */
  columns?: Columns | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The rows of a data file of any format, or of standard input (`-`), one after the other: the file may be larger than
 * memory.
 *
 * @throws UserError naming file and line where a row is in no known format, or in another one than the rows before it
 */
export async function* readDataFile(file: string, { columns, signal }: ReadOptions = {}): AsyncGenerator<DataRow> {
  const source = await openSource(file, signal);
  try {
    const container = containers[detectContainer(source)];
    const layoutOf = layoutFinder(container.id, columns);
    for await (const row of container.rows(source)) {
      signal?.throwIfAborted();
      const { index, where, fields } = row;
      yield { index, where, fields, messages: layoutOf(row).read(fields, where) };
    }
  } finally {
    await source.close();
  }
}

/** All rows of a data file that fits into memory. @throws UserError as `readDataFile` */
export async function readAllRows(file: string, options: ReadOptions = {}): Promise<DataRow[]> {
  const rows: DataRow[] = [];
  for await (const row of readDataFile(file, options)) rows.push(row);
  return rows;
}
