import { z } from "zod";
import { makeHacks, openPythonTools, type SolvedProblem } from "../src/datasets/build/mbpp/makeHacks.ts";
import { readProblems } from "../src/datasets/build/mbpp/problems.ts";
import { readRows } from "../src/datasets/build/readRows.ts";
import type { BuildContext } from "../src/datasets/build/settingBuilder.ts";
import type { Literal, PythonCode } from "../src/grading/pythonCode.ts";
import { uniformAt } from "../src/util/random.ts";

export interface HackAgreementOptions extends BuildContext {
  /** MBPP's rows. */
  data: string;
  /** Others' hacks: rows of `name` (the problem's task_id) and `completion`. */
  others: string;
  seed: number;
  /** So many problems, picked by the seed. @default all that the others have */
  problems?: number | undefined;
  workers?: number | undefined;
}

/** Where two hacks of a problem return something else, at the first call that tells them apart. */
export interface HackDifference {
  id: string;
  /** The problem's first test. */
  test: string;
  call: string;
  ours: string;
  others: string;
}

export interface HackComparison {
  /** Problems whose two hacks return the same for the calls of all tests. */
  agree: number;
  differ: HackDifference[];
}

const solutionSchema = z.looseObject({ name: z.union([z.string(), z.int()]), completion: z.string() });

/** Makes hacks and compares what they return with what others' do, called as the tests call them. */
export async function hackAgreement(options: HackAgreementOptions): Promise<HackComparison> {
  const { data, others, seed, problems = Number.POSITIVE_INFINITY, workers, ...context } = options;
  const { train } = await readProblems({ data: [data], trainIds: others });
  const rows = await readRows(others, solutionSchema);
  const completions = new Map(rows.map(({ row }) => [String(row.name), row.completion]));
  const picked = train
    .map((problem) => ({ problem, at: uniformAt(seed, "compared", problem.id) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, problems)
    .map(({ problem }) => problem);
  const tools = openPythonTools({ ...(workers !== undefined && { workers }) });
  const { python } = tools;
  try {
    const solved = await makeHacks(tools, picked, { seed, ...context });
    let done = 0;
    const found = await Promise.all(
      solved.map(async (one) => {
        const [ours, theirs] = await Promise.all([
          returned(python, one, typeof one.hack === "string" ? "" : one.hack.code, context.signal),
          returned(python, one, completions.get(one.problem.id) ?? "", context.signal),
        ]);
        context.onProgress?.("hacks compared", ++done, solved.length);
        return difference(one, ours, theirs);
      }),
    );
    const differ = found.filter((one) => one !== null);
    return { agree: found.length - differ.length, differ };
  } finally {
    await tools.close();
  }
}

const callsOf = ({ calls }: SolvedProblem): string[] => calls.filter((call) => call !== null);

function returned(python: PythonCode, one: SolvedProblem, solution: string, signal: AbortSignal | undefined) {
  const { setup, testSetup } = one.problem;
  return python.literals({ setup, solution, testSetup, sources: callsOf(one) }, signal);
}

function difference(one: SolvedProblem, ours: readonly Literal[], others: readonly Literal[]): HackDifference | null {
  const text = (found: Literal | undefined): string =>
    found === undefined ? "nothing" : "literal" in found ? found.literal : `error: ${found.error}`;
  const calls = callsOf(one);
  const at = calls.findIndex((_, i) => text(ours[i]) !== text(others[i]) || !("literal" in (ours[i] as Literal)));
  if (at < 0 && calls.length > 0) return null;
  const { id, tests } = one.problem;
  return { id, test: tests[0] as string, call: calls[at] ?? "", ours: text(ours[at]), others: text(others[at]) };
}
