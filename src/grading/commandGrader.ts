import { z } from "zod";
import { rowProblem } from "../data/placedRow.ts";
import { GraderError } from "../util/errors.ts";
import type { Grade, GradeRequest, Grader } from "./grader.ts";
import type { GraderSpec } from "./graderSpec.ts";
import { runLines } from "./runLines.ts";

export type CommandSpec = Extract<GraderSpec, { command: string[] }>;

const gradeSchema = z.strictObject({
  values: z.record(z.string().min(1), z.number().nullable()),
  excluded: z.string().min(1).optional(),
  detail: z.string().optional(),
});

/** Milliseconds without a line before a program counts as stuck. */
const PATIENCE_MS = 600_000;

/**
 * Grades by a program of the user's: one JSON object a line goes in (`itemId`, `messages`, `reference`, `completion`),
 * one comes out for each, in the same order (`values`, and `excluded` or `detail`). It starts anew for every batch, in
 * the setting's folder and without a shell.
 */
export function createCommandGrader(
  { command, version }: CommandSpec,
  { folder, patienceMs = PATIENCE_MS }: { folder: string; patienceMs?: number },
): Grader {
  return {
    id: "command",
    version,
    async grade(batch, { signal } = {}) {
      if (batch.length === 0) return [];
      const { lines, lastWords } = await runLines(command, batch.map(lineOf), { folder, patienceMs, signal });
      const tell = (what: string): GraderError =>
        new GraderError(`${command.join(" ")}: ${what}${lastWords === "" ? "" : `\nits last words: ${lastWords}`}`);
      const grades = lines.map((line, index) => gradeOf(line, index, tell));
      if (grades.length === batch.length) return grades;
      throw tell(`expected ${batch.length} lines, one for each line it was given, got ${grades.length}`);
    },
    close: async () => {},
  };
}

function lineOf({ itemId, messages, reference, completion }: GradeRequest): string {
  return JSON.stringify({ itemId, messages, reference, completion });
}

function gradeOf(line: string, index: number, tell: (what: string) => GraderError): Grade {
  const where = `line ${index + 1} of its output`;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw tell(`${where}: expected a JSON object, got ${JSON.stringify(line.slice(0, 120))}`);
  }
  const parsed = gradeSchema.safeParse(value);
  if (!parsed.success) throw tell(rowProblem(parsed.error, where).message);
  const { values, excluded, detail } = parsed.data;
  return { values, ...(excluded !== undefined && { excluded }), ...(detail !== undefined && { detail }) };
}
