import { readFileSync } from "node:fs";
import type { z } from "zod";
import { UserError } from "../util/errors.ts";
import { type Placed, placedRow } from "./placedRow.ts";

/**
 * All rows of a JSONL file of one shape.
 *
 * @throws UserError naming file, line and field of the first row that is of another shape, or the file when it cannot be
 * read or has no row at all
 */
export function readJsonLines<Schema extends z.ZodType>(file: string, schema: Schema): Placed<z.infer<Schema>>[] {
  const rows = Array.from(jsonLines(textOf(file), file), ({ row, where }) => placedRow(row, schema, where));
  if (rows.length === 0) throw new UserError(`${file}: expected one JSON object a line, found no line at all`);
  return rows;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file}: expected a JSONL file, cannot read it (${(error as Error).message})`);
  }
}

/** The values of a JSONL text, one after the other. Blank lines are left out. @throws UserError where a line is no JSON */
export function* jsonLines(text: string, file: string): Generator<Placed<unknown>> {
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const where = `${file}:${index + 1}`;
    if (line.trim() !== "") yield { row: parseJson(line, where), where };
  }
}

/** @param where for messages @throws UserError where the text is no JSON */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${where}: expected a JSON object, but this is no JSON (${(error as Error).message})`);
  }
}
