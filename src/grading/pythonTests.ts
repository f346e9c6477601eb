import { GraderError } from "../util/errors.ts";
import type { TestFailure } from "./sandbox/failure.ts";
import type { TestPlan } from "./sandbox/planner.ts";
import type { Finding, PlannedSolution, Verdict } from "./sandbox/runSolution.ts";
import { WorkerPool } from "./sandbox/workerPool.ts";

export type { TestFailure } from "./sandbox/failure.ts";

/** A solution in Python and the tests that it has to pass. */
export interface TestedSolution {
  id: string;
  /** Trusted code that runs before the solution, e.g. imports that it and the tests rely on. */
  setup?: string | undefined;
  /** The code under test. */
  solution: string;
  /** Trusted code that runs after the solution and before the tests, e.g. objects that they use. */
  testSetup?: string | undefined;
  /** Trusted statements, most often one `assert` each; run in this order, after one run of the solution. */
  tests: readonly string[];
}

export interface TestOutcome {
  passed: boolean;
  /** Why not. Absent when passed. */
  failure?: TestFailure;
  /** One line for people, e.g. `ZeroDivisionError: division by zero`. Untrusted text. Absent when passed. */
  error?: string;
}

export interface SolutionOutcome {
  id: string;
  /** One outcome per test, in their order. Tests behind one that ran into a limit count as not passed. */
  tests: TestOutcome[];
  allPassed: boolean;
}

export interface PythonTesterOptions {
  /**
   * Processes at a time.
   * @default 1
   */
  workers?: number;
  /**
   * Time of a solution with all its tests in milliseconds, not counting time in which its process stands in line for a
   * processor. A solution that takes longer is tried once more, in a new process, with four times as much.
   * @default 3000
   */
  timeoutMs?: number;
  /**
   * Memory in MiB, the interpreter's own 30 included.
   * @default 256
   */
  memoryMb?: number;
  /**
   * Bytes that a solution may print, to both streams together. They are counted and thrown away.
   * @default 1048576
   */
  outputBytes?: number;
}

export interface TestOptions {
  signal?: AbortSignal | undefined;
  /** Called after each solution that has run. Equal ones run, and count, together. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/** Runs solutions against tests, each in an interpreter that no other solution has touched. */
export interface PythonTester {
  /**
   * Outcomes in the order of the solutions. Equal solutions with equal tests run once: every program draws the same
   * random numbers, so that it has one outcome unless it reads the clock.
   *
   * @throws GraderError when the sandbox breaks, or a setup or a test is wrong by itself; InterruptedError when `signal` aborts
   */
  test(solutions: readonly TestedSolution[], options?: TestOptions): Promise<SolutionOutcome[]>;
  /** Ends the processes. The tester starts new ones if it is used again. */
  close(): Promise<void>;
}

const MEBIBYTE = 1 << 20;
const RETRY_FACTOR = 4;
const TESTS_PER_PLAN = 500;
/** Planning runs trusted code only; this is against code that never ends. */
const PLAN_LIMIT_MS = 60_000;

/** Nothing starts yet: processes start with the first solution. */
export function createPythonTester(options: PythonTesterOptions = {}): PythonTester {
  return new SandboxTester(options);
}

class SandboxTester implements PythonTester {
  readonly #pool: WorkerPool;
  readonly #timeoutMs: number;
  /** By setup, then by test. */
  readonly #plans = new Map<string, Map<string, TestPlan>>();

  constructor({ workers = 1, timeoutMs = 3000, memoryMb = 256, outputBytes = MEBIBYTE }: PythonTesterOptions) {
    this.#pool = new WorkerPool(workers, { memoryBytes: memoryMb * MEBIBYTE, outputBytes });
    this.#timeoutMs = timeoutMs;
  }

  async test(solutions: readonly TestedSolution[], options: TestOptions = {}): Promise<SolutionOutcome[]> {
    const { signal, onProgress } = options;
    await this.#plan(solutions, signal);
    const running = new Map<string, Promise<TestOutcome[]>>();
    let done = 0;
    const outcomes = solutions.map(async (solution): Promise<SolutionOutcome> => {
      const key = JSON.stringify([solution.setup, solution.solution, solution.testSetup, solution.tests]);
      const isFirst = !running.has(key);
      if (isFirst) running.set(key, this.#grade(solution, signal));
      const tests = (await running.get(key)) as TestOutcome[];
      onProgress?.({ done: ++done, total: solutions.length });
      return { id: solution.id, tests: [...tests], allPassed: tests.every(({ passed }) => passed) };
    });
    return Promise.all(outcomes);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #grade(solution: TestedSolution, signal: AbortSignal | undefined): Promise<TestOutcome[]> {
    const { setup = "", testSetup = "", tests } = solution;
    const plans = tests.map((test) => this.#plans.get(setup)?.get(test) as TestPlan);
    const item: PlannedSolution = { setup, solution: solution.solution, testSetup, tests: plans };
    const first = await this.#pool.ask({ type: "run", item, tell: false }, { limitMs: this.#timeoutMs, signal });
    if (first.type === "verdicts") return first.verdicts.map(toOutcome);
    return (await this.#retry(item, signal)).map(toOutcome);
  }

  /** Once more, by a process of its own. What it finds before it ends, too, still counts. */
  async #retry(item: PlannedSolution, signal: AbortSignal | undefined): Promise<Verdict[]> {
    const findings: Finding[] = [];
    const onFinding = (finding: Finding): number => findings.push(finding);
    const limitMs = RETRY_FACTOR * this.#timeoutMs;
    const second = await this.#pool.ask(
      { type: "run", item, tell: true },
      { limitMs, isFresh: true, onFinding, signal },
    );
    if (second.type === "verdicts") return second.verdicts;
    if (second.type !== "ended") throw new GraderError(`the sandbox answered a solution with "${second.type}"`);
    const { failure, error } = second;
    while (findings.length < item.tests.length) findings.push({ failure, error });
    const request = { type: "judge", setup: item.setup, tests: item.tests, findings } as const;
    const judged = await this.#pool.ask(request, { limitMs, signal });
    if (judged.type !== "verdicts") throw new GraderError(`the sandbox could not judge ${findings.length} findings`);
    return judged.verdicts;
  }

  /** Plans all tests that are new. */
  async #plan(solutions: readonly TestedSolution[], signal: AbortSignal | undefined): Promise<void> {
    const wanted = new Map<string, Set<string>>();
    for (const { setup = "", tests } of solutions) {
      const known = this.#plans.get(setup) ?? new Map<string, TestPlan>();
      this.#plans.set(setup, known);
      const missing = wanted.get(setup) ?? new Set<string>();
      wanted.set(setup, missing);
      for (const test of tests) if (!known.has(test)) missing.add(test);
    }
    const chunks = [...wanted].flatMap(([setup, tests]) => {
      const all = [...tests];
      const starts = Array.from({ length: Math.ceil(all.length / TESTS_PER_PLAN) }, (_, i) => i * TESTS_PER_PLAN);
      return starts.map((start) => ({ setup, tests: all.slice(start, start + TESTS_PER_PLAN) }));
    });
    await Promise.all(chunks.map(({ setup, tests }) => this.#planSome(setup, tests, signal)));
  }

  async #planSome(setup: string, tests: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const answer = await this.#pool.ask({ type: "plan", setup, tests }, { limitMs: PLAN_LIMIT_MS, signal });
    if (answer.type === "ended") throw new GraderError(`planning tests came to an end: ${answer.error}`);
    if (answer.type === "bad setup") {
      throw new GraderError(`expected setup code that runs by itself, got ${answer.error}, from: ${excerpt(setup)}`);
    }
    if (answer.type !== "planned") throw new GraderError(`the sandbox answered a plan with "${answer.type}"`);
    for (const [i, plan] of answer.plans.entries()) {
      const test = tests[i] as string;
      if (plan.kind === "invalid")
        throw new GraderError(`expected Python, got ${plan.error}, in the test: ${excerpt(test)}`);
      this.#plans.get(setup)?.set(test, plan);
    }
  }
}

const excerpt = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);

const toOutcome = (verdict: Verdict): TestOutcome =>
  "passed" in verdict ? { passed: true } : { passed: false, ...verdict };
