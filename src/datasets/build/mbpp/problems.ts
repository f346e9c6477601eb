import { basename } from "node:path";
import { z } from "zod";
import type { Placed } from "../../../data/placedRow.ts";
import { UserError } from "../../../util/errors.ts";
import { readRows } from "../readRows.ts";
import type { MbppOptions } from "./options.ts";

/** A row of MBPP in either version: the full one has `text`, the sanitized one `prompt` and `test_imports`. */
const rowSchema = z
  .looseObject({
    task_id: z.union([z.int(), z.string().min(1)]),
    text: z.string().optional(),
    prompt: z.string().optional(),
    code: z.string(),
    test_list: z.array(z.string()).min(1),
    test_setup_code: z.string().nullish(),
    test_imports: z.array(z.string()).nullish(),
  })
  .refine(({ text, prompt }) => text !== undefined || prompt !== undefined, {
    path: ["text"],
    message: 'expected the task as "text" or "prompt"',
  });

/** Names a problem: `task_id`, or `name` as in files of solutions. */
const nameSchema = z
  .looseObject({ task_id: z.union([z.int(), z.string()]).optional(), name: z.union([z.int(), z.string()]).optional() })
  .refine(({ task_id, name }) => task_id !== undefined || name !== undefined, {
    path: ["task_id"],
    message: 'expected a problem\'s number as "task_id" or "name"',
  });

/** A problem as it is used here. All of its code is a data set's text: it runs in the sandbox alone. */
export interface Problem {
  id: string;
  /** `file:line`, for messages. */
  where: string;
  task: string;
  code: string;
  /** Runs before a solution. */
  setup: string;
  /** Runs between a solution and the tests. */
  testSetup: string;
  tests: string[];
}

/** @throws UserError where a file is not MBPP, two rows are of the same problem, or nothing says which ones are tested */
export async function readProblems(
  options: Pick<MbppOptions, "data" | "sanitized" | "trainIds">,
): Promise<{ train: Problem[]; test: Problem[] }> {
  const { data, sanitized, trainIds } = options;
  if ((sanitized === undefined) === (trainIds === undefined)) {
    throw new UserError(
      "build mbpp: expected either --sanitized (the sanitized version's test split, e.g. from " +
        "google-research-datasets/mbpp on the Hugging Face hub) or --train-ids (a file naming the problems to train on): " +
        "one of them says which problems are the test set",
    );
  }
  const all = toProblems((await Promise.all(data.map((file) => readRows(file, rowSchema)))).flat());
  const split = sanitized ? await testedIn(sanitized, all) : await trainedIn(trainIds as string, all);
  for (const side of ["train", "test"] as const) {
    if (split[side].length === 0)
      throw new UserError(`${data.map((file) => basename(file)).join(", ")}: no problem is left to ${side} on`);
  }
  return split;
}

async function testedIn(files: readonly string[], all: readonly Problem[]) {
  const test = toProblems((await Promise.all(files.map((file) => readRows(file, rowSchema)))).flat());
  const ids = new Set(test.map(({ id }) => id));
  return { train: all.filter(({ id }) => !ids.has(id)), test };
}

async function trainedIn(file: string, all: readonly Problem[]) {
  const named = await readRows(file, nameSchema);
  const known = new Set(all.map(({ id }) => id));
  const ids = new Set(named.map(({ row }) => String(row.task_id ?? row.name)));
  for (const { row, where } of named) {
    const id = String(row.task_id ?? row.name);
    if (!known.has(id))
      throw new UserError(`${where}: expected the number of a problem in --data, got ${JSON.stringify(id)}`);
  }
  return { train: all.filter(({ id }) => ids.has(id)), test: all.filter(({ id }) => !ids.has(id)) };
}

function toProblems(rows: readonly Placed<z.infer<typeof rowSchema>>[]): Problem[] {
  const seen = new Map<string, string>();
  return rows.map(({ row, where }) => {
    const id = String(row.task_id);
    const other = seen.get(id);
    if (other !== undefined) throw new UserError(`${where}: task_id ${id} stands at ${other} already`);
    seen.set(id, where);
    return {
      id,
      where,
      task: unixLines(row.prompt ?? row.text ?? "").trim(),
      code: unixLines(row.code),
      setup: unixLines((row.test_imports ?? []).join("\n")),
      testSetup: unixLines(row.test_setup_code ?? ""),
      tests: row.test_list.map(unixLines),
    };
  });
}

const unixLines = (text: string): string => text.replace(/\r\n?/g, "\n");
