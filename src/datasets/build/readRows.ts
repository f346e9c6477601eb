import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { z } from "zod";
import { lineProblem, parseJsonLine } from "../../data/jsonLine.ts";
import { UserError } from "../../util/errors.ts";

/** A row of a data set's file, and `file:line` (or `file, row N` where there are no lines) for messages. */
export interface SourceRow<Row> {
  row: Row;
  where: string;
}

/**
 * All rows of a data set's file: Parquet by its ending, one JSON array by its first character, else JSONL.
 *
 * @throws UserError naming file, line and field where a row is of another shape, or the file when it has no row at all
 */
export async function readRows<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<SourceRow<z.infer<Schema>>[]> {
  const rows = (await rawRows(file)).map(({ row, where }) => {
    const parsed = schema.safeParse(row);
    if (!parsed.success) throw lineProblem(parsed.error, where);
    return { row: parsed.data, where };
  });
  if (rows.length === 0) throw new UserError(`${file}: expected rows, found none`);
  return rows;
}

async function rawRows(file: string): Promise<SourceRow<unknown>[]> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new UserError(`${file}: expected a file, found nothing there`);
  if (found.isDirectory()) throw new UserError(`${file}: expected a file, found a folder`);
  if (extname(file) === ".parquet") return parquetRows(file);
  const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  if (text.trimStart().startsWith("[")) return arrayRows(file, text);
  return text.split("\n").flatMap((line, i) => {
    const where = `${file}:${i + 1}`;
    return line.trim() === "" ? [] : [{ row: parseJsonLine(line, where), where }];
  });
}

function arrayRows(file: string, text: string): SourceRow<unknown>[] {
  const rows = parseJsonLine(text, file);
  return (rows as unknown[]).map((row, i) => ({ row, where: `${file}, row ${i}` }));
}

async function parquetRows(file: string): Promise<SourceRow<unknown>[]> {
  const [{ asyncBufferFromFile, parquetReadObjects }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  try {
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file), compressors });
    return rows.map((row, i) => ({ row: plain(row), where: `${file}, row ${i}` }));
  } catch (error) {
    throw new UserError(
      `${basename(file)}: expected a Parquet file, but it cannot be read (${(error as Error).message})`,
    );
  }
}

/** Parquet's whole numbers as numbers: those of data sets are small. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
