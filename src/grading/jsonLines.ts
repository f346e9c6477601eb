import { readFile, stat } from "node:fs/promises";
import type { z } from "zod";
import { lineProblem, parseJsonLine } from "../data/jsonLine.ts";
import { UserError } from "../util/errors.ts";

/** A row of a JSONL file, and `file:line` for messages. */
export interface JsonLine<Row> {
  row: Row;
  where: string;
}

/**
 * Reads a JSONL file whose rows are all of one shape. Blank lines are left out.
 *
 * @throws UserError naming file, line and field where a row is of another shape, or the file when it has no row at all
 */
export async function readJsonLines<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): Promise<JsonLine<z.infer<Schema>>[]> {
  if ((await stat(file)).isDirectory()) throw new UserError(`${file}: expected a JSONL file, found a folder`);
  const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  const rows = text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const where = `${file}:${i + 1}`;
    const parsed = schema.safeParse(parseJsonLine(line, where));
    if (!parsed.success) throw lineProblem(parsed.error, where);
    return [{ row: parsed.data, where }];
  });
  if (rows.length === 0) throw new UserError(`${file}: expected one JSON object a line, found no line at all`);
  return rows;
}
