import { GraderError, UserError } from "../util/errors.ts";
import type { TestFailure } from "./sandbox/failure.ts";
import type { TestPlan } from "./sandbox/planner.ts";
import type { Finding, PlannedSolution, Verdict } from "./sandbox/runSolution.ts";
import type { Answer } from "./sandbox/sandboxProcess.ts";
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
   * @default 5000
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
   * @throws UserError naming the solution whose setup or test is wrong by itself; GraderError when the sandbox breaks;
   *   InterruptedError when `signal` aborts
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

/**
 * Nothing starts yet: processes start with the first solution.
 *
 * @param pool processes that are there already; as many, and with such limits, as they have
 */
export function createPythonTester(options: PythonTesterOptions = {}, pool?: WorkerPool): PythonTester {
  return new SandboxTester(options, pool);
}

class SandboxTester implements PythonTester {
  readonly #pool: WorkerPool;
  readonly #workers: number;
  readonly #timeoutMs: number;
  /** By setup, then by test. */
  readonly #plans = new Map<string, Map<string, TestPlan>>();

  constructor(
    { workers = 1, timeoutMs = 5000, memoryMb = 256, outputBytes = MEBIBYTE }: PythonTesterOptions,
    pool: WorkerPool | undefined,
  ) {
    this.#pool = pool ?? new WorkerPool(workers, { memoryBytes: memoryMb * MEBIBYTE, outputBytes });
    this.#workers = workers;
    this.#timeoutMs = timeoutMs;
  }

  async test(solutions: readonly TestedSolution[], options: TestOptions = {}): Promise<SolutionOutcome[]> {
    const { signal, onProgress } = options;
    await this.#plan(solutions, signal);
    const equals = new Map<string, number[]>();
    for (const [i, { setup, solution, testSetup, tests }] of solutions.entries()) {
      const key = JSON.stringify([setup, solution, testSetup, tests]);
      equals.set(key, [...(equals.get(key) ?? []), i]);
    }
    const outcomes = new Array<SolutionOutcome>(solutions.length);
    const waiting = equals.values();
    let done = 0;
    const work = async (): Promise<void> => {
      // All take from the same iterator.
      for (const indices of waiting) {
        const tests = await this.#grade(solutions[indices[0] as number] as TestedSolution, signal);
        const allPassed = tests.every(({ passed }) => passed);
        for (const i of indices) outcomes[i] = { id: (solutions[i] as TestedSolution).id, tests, allPassed };
        done += indices.length;
        onProgress?.({ done, total: solutions.length });
      }
    };
    await Promise.all(Array.from({ length: this.#workers }, work));
    return outcomes;
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
    if (first.type !== "ended") throw unexpected(first);
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
    if (second.type !== "ended") throw unexpected(second);
    const { failure, error } = second;
    while (findings.length < item.tests.length) findings.push({ failure, error });
    const request = { type: "judge", setup: item.setup, tests: item.tests, findings } as const;
    const judged = await this.#pool.ask(request, { limitMs, signal });
    if (judged.type !== "verdicts") throw unexpected(judged);
    return judged.verdicts;
  }

  /** Plans all tests that are new. */
  async #plan(solutions: readonly TestedSolution[], signal: AbortSignal | undefined): Promise<void> {
    /** By setup, then by test: where it was first seen. */
    const wanted = new Map<string, Map<string, string>>();
    for (const { id, setup = "", tests } of solutions) {
      const known = getOrAdd(this.#plans, setup);
      const missing = getOrAdd(wanted, setup);
      for (const test of tests) if (!known.has(test) && !missing.has(test)) missing.set(test, id);
    }
    const chunks = [...wanted].flatMap(([setup, tests]) => {
      const all = [...tests];
      const starts = Array.from({ length: Math.ceil(all.length / TESTS_PER_PLAN) }, (_, i) => i * TESTS_PER_PLAN);
      return starts.map((start) => ({ setup, tests: all.slice(start, start + TESTS_PER_PLAN) }));
    });
    await Promise.all(chunks.map(({ setup, tests }) => this.#planSome(setup, tests, signal)));
  }

  /** @param tests pairs of a test and the id of a solution that has it */
  async #planSome(setup: string, tests: readonly (readonly [string, string])[], signal: AbortSignal | undefined) {
    const request = { type: "plan", setup, tests: tests.map(([test]) => test) } as const;
    const answer = await this.#pool.ask(request, { limitMs: PLAN_LIMIT_MS, signal });
    if (answer.type === "bad setup") {
      const problem = `expected setup code that runs by itself, got ${answer.error}, from ${excerpt(setup)}`;
      throw new UserError(`${tests[0]?.[1]}: ${problem}; the sandbox has Python's standard library only`);
    }
    if (answer.type !== "planned") throw unexpected(answer);
    for (const [i, plan] of answer.plans.entries()) {
      const [test, id] = tests[i] as readonly [string, string];
      if (plan.kind === "invalid") {
        throw new UserError(`${id}: expected a test in Python, got ${plan.error}, from ${excerpt(test)}`);
      }
      this.#plans.get(setup)?.set(test, plan);
    }
  }
}

function getOrAdd<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const found = maps.get(key) ?? new Map<string, Value>();
  maps.set(key, found);
  return found;
}

/** The sandbox gave an answer that its question does not allow, or came to an end over trusted code. */
function unexpected(answer: Answer): GraderError {
  return new GraderError(`the Python sandbox answered with "${answer.type}": ${JSON.stringify(answer).slice(0, 500)}`);
}

const excerpt = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);

const toOutcome = (verdict: Verdict): TestOutcome =>
  "passed" in verdict ? { passed: true } : { passed: false, ...verdict };
