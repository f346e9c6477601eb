import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { z } from "zod";
import { jsonLines, parseJson } from "../../data/jsonLines.ts";
import { type Placed, placedRow } from "../../data/placedRow.ts";
import { UserError } from "../../util/errors.ts";

/**
 * All rows of a data set's file: Parquet by its ending, one JSON array by its first character, else JSONL.
 *
 * @throws UserError naming file, line and field where a row is of another shape, or the file when it has no row at all
 */
export async function readRows<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<Placed<z.infer<Schema>>[]> {
  const rows = Array.from(await rawRows(file), ({ row, where }) => placedRow(row, schema, where));
  if (rows.length === 0) throw new UserError(`${file}: expected rows, found none`);
  return rows;
}

async function rawRows(file: string): Promise<Iterable<Placed<unknown>>> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new UserError(`${file}: expected a file, found nothing there`);
  if (found.isDirectory()) throw new UserError(`${file}: expected a file, found a folder`);
  if (extname(file) === ".parquet") return parquetRows(file);
  const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  if (text.trimStart().startsWith("[")) return arrayRows(file, text);
  return jsonLines(text, file);
}

function arrayRows(file: string, text: string): Placed<unknown>[] {
  const rows = parseJson(text, file);
  return (rows as unknown[]).map((row, i) => ({ row, where: `${file}, row ${i}` }));
}

async function parquetRows(file: string): Promise<Placed<unknown>[]> {
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
