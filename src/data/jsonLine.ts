import type { z } from "zod";
import { UserError } from "../util/errors.ts";

/** The value of one line of a JSONL file. @param where `file:line` @throws UserError where it is no JSON */
export function parseJsonLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new UserError(`${where}: expected a JSON object, but this is no JSON (${(error as Error).message})`);
  }
}

/** What is wrong with a line of another shape than expected: its first problem, by field. */
export function lineProblem({ issues: [issue] }: z.ZodError, where: string): UserError {
  const message = issue?.message.replace(/^Invalid (?:input|option): /, "");
  return new UserError(`${where}: ${issue?.path.join(".") || "the line"}: ${message}`);
}
