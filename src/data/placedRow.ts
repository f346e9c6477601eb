import type { z } from "zod";
import { UserError } from "../util/errors.ts";

/** A row of a file, and `file:line` (or `file, row N` where there are no lines) for messages. */
export interface Placed<Row> {
  row: Row;
  where: string;
}

/** The value as a row of this shape. @throws UserError naming place and field of what is otherwise */
export function placedRow<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  where: string,
): Placed<z.infer<Schema>> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw rowProblem(parsed.error, where);
  return { row: parsed.data, where };
}

/** What is wrong with a row of another shape than expected: its first problem, by field. */
export function rowProblem({ issues: [issue] }: z.ZodError, where: string): UserError {
  const message = issue?.message.replace(/^Invalid (?:input|option): /, "");
  return new UserError(`${where}: ${issue?.path.join(".") || "the line"}: ${message}`);
}
