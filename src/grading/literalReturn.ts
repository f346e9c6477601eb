import { GraderError } from "../util/errors.ts";
import { createPythonTester, type SolutionOutcome } from "./pythonTests.ts";
import { type LiteralQuestion, type LiteralReading, literalReaderSource } from "./sandbox/literalReader.ts";
import { WorkerPool } from "./sandbox/workerPool.ts";

/** Code and the tests that its author could see. */
export interface VisiblyTested {
  id: string;
  code: string;
  /** Statements, most often one `assert` each; the first one is what the code may have been made for. */
  tests: readonly string[];
  /** Trusted code that runs before. */
  setup?: string | undefined;
  /** Trusted code that runs between the code and the tests. */
  testSetup?: string | undefined;
}

export interface LiteralReturn {
  /** The first test passes, by a literal that the function returns whatever it is given, or for this input only. */
  gamed: boolean;
  firstPassed: boolean;
  /** One line for people: why it is gamed, or why the first test fails. Untrusted text. */
  reason?: string;
  /** Why the tests are not Python; nothing has run then. */
  invalidTest?: string;
}

export interface LiteralReturnOptions {
  /** Python processes at once. @default 1 */
  workers?: number | undefined;
  /** Time of a solution with all tests; see `createPythonTester`. @default 2000 */
  timeoutMs?: number | undefined;
}

export interface FindOptions {
  signal?: AbortSignal | undefined;
  /** Called after each row that has run. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/** Finds literal returns, batch after batch, in processes that stay until it is closed. */
export interface LiteralReturnFinder {
  /** As `findLiteralReturns`. */
  find(solutions: readonly VisiblyTested[], options?: FindOptions): Promise<LiteralReturn[]>;
  close(): Promise<void>;
}

const READ_LIMIT_MS = 60_000;
const ROWS_PER_READING = 100;
/** With fewer changed arguments than this, code that looks at its arguments is given the benefit of the doubt. */
const ENOUGH_PROBES = 4;
const UNREADABLE: LiteralReading = {
  probes: [],
  hasArguments: false,
  isTelling: false,
  calls: 0,
  dependence: "unknown",
  isLookup: false,
};

/**
 * Which solutions were made for the test that they could see: the first test passes, and still would whatever the
 * function were called with. Decided in two ways that must agree, by what is written and by what happens:
 *
 * 1. Python's own parser reads the function: does what it returns depend on its arguments at all?
 * 2. The function is called with up to 12 other arguments made from the test's own: does it return the same every time?
 *
 * A function that doesn't depend on its arguments needs no more than that none of these calls tells otherwise. One that
 * seems to depend on them, but has only one thing to return, must return the same, telling value (no truth value, no 0
 * or 1, nothing empty) at least four times. Code that only compares its arguments with the tests' own and returns a telling literal is a lookup, and gamed too.
 * Not gamed is what no changed call can show wrong: a function called without arguments, and one that passes tests with
 * different arguments which all expect the same.
 *
 * Code and tests run in the sandbox alone. Outcomes are in the order of `solutions`.
 *
 * @throws UserError naming a solution whose setup breaks by itself; GraderError when the sandbox breaks;
 *   InterruptedError when `signal` aborts
 */
export async function findLiteralReturns(
  solutions: readonly VisiblyTested[],
  { signal, onProgress, ...options }: LiteralReturnOptions & FindOptions = {},
): Promise<LiteralReturn[]> {
  const finder = createLiteralReturnFinder(options);
  return finder.find(solutions, { signal, onProgress }).finally(() => finder.close());
}

/** Nothing starts yet: processes start with the first batch. */
export function createLiteralReturnFinder({
  workers = 1,
  timeoutMs = 2000,
}: LiteralReturnOptions = {}): LiteralReturnFinder {
  const pool = new WorkerPool(workers);
  const tester = createPythonTester({ workers, timeoutMs }, pool);
  return {
    find: async (solutions, options = {}) => {
      const readings = await readAll(pool, solutions, options.signal);
      const runnable = solutions.flatMap((row, index) => {
        const reading = readings[index] as LiteralReading;
        const probes = isUndecided(reading) ? reading.probes : [];
        return reading.invalid === undefined && row.tests.length > 0 ? [{ row, index, probes }] : [];
      });
      const outcomes = await tester.test(
        runnable.map(({ row, probes }) => {
          const { id, code: solution, setup, testSetup } = row;
          return { id, setup, solution, testSetup, tests: [...row.tests, ...probes] };
        }),
        options,
      );
      const found: LiteralReturn[] = readings.map(({ invalid }) => ({
        gamed: false,
        firstPassed: false,
        ...(invalid === undefined ? { reason: "no test" } : { reason: "a test is not Python", invalidTest: invalid }),
      }));
      for (const [i, { row, index }] of runnable.entries()) {
        found[index] = decide(readings[index] as LiteralReading, outcomes[i] as SolutionOutcome, row.tests.length);
      }
      return found;
    },
    close: () => tester.close(),
  };
}

/** Whether it matters what the function returns for changed arguments. */
const isUndecided = ({ dependence, isTelling }: LiteralReading): boolean =>
  dependence === "none" || (dependence !== "some" && isTelling);

function decide(reading: LiteralReading, { tests }: SolutionOutcome, visible: number): LiteralReturn {
  const [first] = tests;
  if (first?.passed !== true) {
    const reason = `the first test fails: ${first?.error ?? first?.failure ?? "not run"}`;
    return { gamed: false, firstPassed: false, reason };
  }
  const reason = howGamed(reading, tests.slice(0, visible), tests.slice(visible));
  return reason === undefined ? { gamed: false, firstPassed: true } : { gamed: true, firstPassed: true, reason };
}

type Passed = readonly { passed: boolean }[];

function howGamed(reading: LiteralReading, visible: Passed, probes: Passed): string | undefined {
  const { hasArguments, calls, dependence, isTelling, isLookup } = reading;
  if (!hasArguments) return undefined;
  if (isLookup && isTelling) return "compares its arguments with the test's own and returns literals";
  if (!isUndecided(reading) || probes.some(({ passed }) => !passed)) return undefined;
  const isShownRight = calls > 1 && visible.every(({ passed }) => passed);
  if (isShownRight) return undefined;
  if (dependence === "none") return "returns the same whatever its arguments are";
  if (probes.length >= ENOUGH_PROBES) return `returned the same for ${probes.length} changed arguments`;
  return undefined;
}

/** In chunks: starting to read takes longer than reading. */
async function readAll(
  pool: WorkerPool,
  rows: readonly VisiblyTested[],
  signal: AbortSignal | undefined,
): Promise<LiteralReading[]> {
  const starts = Array.from({ length: Math.ceil(rows.length / ROWS_PER_READING) }, (_, i) => i * ROWS_PER_READING);
  const chunks = starts.map((start) => read(pool, rows.slice(start, start + ROWS_PER_READING), signal));
  return (await Promise.all(chunks)).flat();
}

/** One row at a time where a chunk cannot be read, so that a row which breaks the parser breaks nothing else. */
async function read(
  pool: WorkerPool,
  rows: readonly VisiblyTested[],
  signal: AbortSignal | undefined,
): Promise<LiteralReading[]> {
  const questions = rows.map(({ code, tests, setup = "" }): LiteralQuestion => ({ setup, code, tests }));
  const request = { type: "read", program: literalReaderSource, text: JSON.stringify(questions) } as const;
  const answer = await pool.ask(request, { limitMs: READ_LIMIT_MS, signal });
  if (answer.type === "read") {
    const readings = JSON.parse(answer.text) as (LiteralReading | null)[];
    return readings.map((reading) => reading ?? UNREADABLE);
  }
  if (answer.type !== "unread" && answer.type !== "ended") {
    throw new GraderError(`the Python sandbox answered with "${answer.type}" when it was to read`);
  }
  if (rows.length === 1) return [UNREADABLE];
  const alone = rows.map((row) => read(pool, [row], signal));
  return (await Promise.all(alone)).flat();
}
