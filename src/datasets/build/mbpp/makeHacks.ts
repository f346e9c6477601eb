import { createPythonCode, type PythonCode } from "../../../grading/pythonCode.ts";
import { createPythonTester, type PythonTester, type SolutionOutcome } from "../../../grading/pythonTests.ts";
import { WorkerPool } from "../../../grading/sandbox/workerPool.ts";
import { GraderError } from "../../../util/errors.ts";
import { uniformAt } from "../../../util/random.ts";
import type { BuildContext } from "../settingBuilder.ts";
import { type HackPlan, type HackQuestion, hackPlannerSource } from "./hackPlanner.ts";
import type { Problem } from "./problems.ts";

/** Parsing starts with loading the parser, which takes as long as parsing many problems. */
const PER_PLAN = 100;

/** `return 8`, or `result = 8` and `return result`. */
export type HackStyle = "return" | "variable";

export interface Hack {
  code: string;
  style: HackStyle;
  /** It passes every test: all of them expect the same. */
  passesAll: boolean;
}

/** The solutions of a problem, executed. */
export interface SolvedProblem {
  problem: Problem;
  /** The reference solution without comments, or as it stood where that changed what its tests find. */
  reference: string;
  /** Whether the reference solution passes its tests; if not, why. */
  referenceFailure: string | null;
  /** What passes the first test by returning what it expects; a text says why there is nothing of the kind. */
  hack: Hack | string;
  /** The first call of the solved function in each test; `null` where there is none. */
  calls: readonly (string | null)[];
}

export interface MakeHacksOptions extends BuildContext {
  /** Decides the style of each hack. */
  seed: number;
  /** Only the reference solutions are wanted. @default false */
  referencesOnly?: boolean | undefined;
}

/** Python's parser and interpreter, in the sandbox; its processes start when they are first needed. */
export interface PythonTools {
  python: PythonCode;
  tester: PythonTester;
  close(): Promise<void>;
}

/** @param timeoutMs time of a solution with its tests; see `createPythonTester` */
export function openPythonTools({
  workers = 1,
  timeoutMs = 5000,
}: {
  workers?: number;
  timeoutMs?: number;
} = {}): PythonTools {
  const pool = new WorkerPool(workers);
  const python = createPythonCode({ workers, timeoutMs: 2 * timeoutMs }, pool);
  const tester = createPythonTester({ workers, timeoutMs }, pool);
  return { python, tester, close: () => pool.close() };
}

/**
 * Executes the reference solutions, and makes of each problem the hack that returns what the first test expects. Every
 * hack has been executed too and passes the first test.
 *
 * @throws UserError naming the problem whose setup or test is no Python; GraderError when the sandbox breaks
 */
export async function makeHacks(
  tools: PythonTools,
  problems: readonly Problem[],
  options: MakeHacksOptions,
): Promise<SolvedProblem[]> {
  const starts = Array.from({ length: Math.ceil(problems.length / PER_PLAN) }, (_, i) => i * PER_PLAN);
  const chunks = starts.map((start) =>
    planHacks(tools.python, problems.slice(start, start + PER_PLAN), options.signal),
  );
  const plans = (await Promise.all(chunks)).flat();
  const references = await runReferences(tools.tester, problems, plans, options);
  const hacks = options.referencesOnly
    ? problems.map(() => "none was asked for")
    : await runHacks(tools, problems, plans, options);
  return problems.map((problem, i) => {
    const { calls = [] } = plans[i] as HackPlan;
    return { problem, ...(references[i] as Reference), hack: hacks[i] as Hack | string, calls };
  });
}

/** Half of them at a time where they are too much together, so that one which breaks the parser breaks nothing else. */
async function planHacks(
  python: PythonCode,
  problems: readonly Problem[],
  signal: AbortSignal | undefined,
): Promise<HackPlan[]> {
  const questions = problems.map(
    ({ setup, code, testSetup, tests }): HackQuestion => ({ setup, code, testSetup, tests }),
  );
  const answer = await python.read(hackPlannerSource, JSON.stringify(questions), signal);
  if ("text" in answer) return JSON.parse(answer.text) as HackPlan[];
  if (problems.length === 1) return [{ problem: answer.error }];
  const middle = problems.length >> 1;
  const halves = [problems.slice(0, middle), problems.slice(middle)];
  return (await Promise.all(halves.map((half) => planHacks(python, half, signal)))).flat();
}

type Reference = Pick<SolvedProblem, "reference" | "referenceFailure">;

async function runReferences(
  tester: PythonTester,
  problems: readonly Problem[],
  plans: readonly HackPlan[],
  context: BuildContext,
): Promise<Reference[]> {
  const stripped = plans.map(({ reference }, i) => reference ?? (problems[i] as Problem).code);
  const first = await runAll(tester, problems, stripped, "reference solutions run", context);
  const failed = first.flatMap(({ allPassed }, i) => (allPassed ? [] : [i]));
  const originals = await runAll(
    tester,
    failed.map((i) => problems[i] as Problem),
    failed.map((i) => (problems[i] as Problem).code),
    "solutions run again as they stood",
    context,
  );
  const original = new Map(failed.map((i, at) => [i, originals[at] as SolutionOutcome]));
  return stripped.map((reference, i) => {
    const outcome = original.get(i);
    if (outcome === undefined) return { reference, referenceFailure: null };
    if (outcome.allPassed) return { reference: (problems[i] as Problem).code, referenceFailure: null };
    return { reference, referenceFailure: outcome.tests.find(({ passed }) => !passed)?.error ?? "failed" };
  });
}

/** Tries what each first test may expect, the likeliest first, until one passes. */
async function runHacks(
  { python, tester }: PythonTools,
  problems: readonly Problem[],
  plans: readonly HackPlan[],
  options: MakeHacksOptions,
): Promise<(Hack | string)[]> {
  const candidates = await Promise.all(
    plans.map((plan, i) =>
      plan.head === undefined ? [] : bodies(python, problems[i] as Problem, plan, options.signal),
    ),
  );
  const hacks: (Hack | string)[] = plans.map(
    ({ problem }) => problem ?? "nothing says which value the first test expects",
  );
  let open = candidates.flatMap((list, i) => (list.length > 0 ? [i] : []));
  for (let turn = 0; open.length > 0; turn++) {
    const tried = open.map((i) =>
      hackOf(problems[i] as Problem, plans[i] as HackPlan, candidates[i]?.[turn] as string, options.seed),
    );
    const outcomes = await runAll(
      tester,
      open.map((i) => problems[i] as Problem),
      tried.map(({ code }) => code),
      "hacks run",
      options,
    );
    for (const [at, i] of open.entries()) {
      const { tests, allPassed } = outcomes[at] as SolutionOutcome;
      const [first] = tests;
      if (first?.passed) hacks[i] = { ...(tried[at] as Omit<Hack, "passesAll">), passesAll: allPassed };
      else hacks[i] = `no value that it returns passes the first test: ${first?.error ?? "failed"}`;
    }
    open = open.filter((i) => typeof hacks[i] === "string" && candidates[i]?.[turn + 1] !== undefined);
  }
  return hacks;
}

/**
 * What a hack may return, the likeliest first: literals that stand in the test, the values of what else stands there, and
 * the value that the reference solution returns.
 */
async function bodies(
  python: PythonCode,
  { setup, testSetup, code }: Problem,
  { expected = [], calls = [] }: HackPlan,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const [first] = expected;
  if (first?.isLiteral && expected.length === 1) return [first.source];
  const called = calls[0] ?? undefined;
  const expressions = expected.filter(({ isLiteral }) => !isLiteral).map(({ source }) => source);
  const sources = [...expressions, ...(called === undefined ? [] : [called])];
  const literals = await python.literals({ setup, solution: code, testSetup, sources }, signal);
  const written = (source: string): string[] => {
    const found = literals[sources.indexOf(source)];
    return found && "literal" in found ? [found.literal] : [];
  };
  const inTest = expected.flatMap(({ source, isLiteral }) => (isLiteral ? [source] : written(source)));
  return [...new Set([...inTest, ...(called === undefined ? [] : written(called))])];
}

function hackOf({ id }: Problem, { head }: HackPlan, value: string, seed: number): Omit<Hack, "passesAll"> {
  const style: HackStyle = uniformAt(seed, "hack style", id) < 0.5 ? "return" : "variable";
  const body = style === "return" ? `    return ${value}` : `    result = ${value}\n    return result`;
  return { code: `${head}\n${body}`, style };
}

async function runAll(
  tester: PythonTester,
  problems: readonly Problem[],
  codes: readonly string[],
  stage: string,
  { signal, onProgress }: BuildContext,
): Promise<SolutionOutcome[]> {
  const outcomes = await tester.test(
    problems.map(({ where, setup, testSetup, tests }, i) => ({
      id: where,
      setup,
      solution: codes[i] as string,
      testSetup,
      tests,
    })),
    { signal, onProgress: ({ done, total }) => onProgress?.(stage, done, total) },
  );
  if (outcomes.length !== problems.length) throw new GraderError("the Python sandbox lost a solution");
  return outcomes;
}
