import { GraderError } from "../util/errors.ts";

/** A solution in Python and the tests that it has to pass. */
export interface TestedSolution {
  id: string;
  /** Code that runs before the solution, e.g. imports that it may rely on. */
  setup?: string | undefined;
  /** The code under test. */
  solution: string;
  /** Code that runs after the solution and before the tests, e.g. objects that they use. */
  testSetup?: string | undefined;
  /** Statements, most often one `assert` each; run in this order, after one run of the solution. */
  tests: readonly string[];
}

/** Why a test was not passed. */
export type TestFailure =
  /** The test's condition did not hold. */
  | "failed"
  /** An exception other than the test's own, e.g. a syntax error in the solution, `sys.exit`, a missing function. */
  | "error"
  /** Out of time, also at the second attempt. */
  | "timeout"
  /** Out of memory. */
  | "memory"
  /** Too much output. */
  | "output"
  /** The interpreter died, also at the second attempt. */
  | "crash"
  /** The condition held only by the solution's own idea of equality. */
  | "forged";

export interface TestOutcome {
  passed: boolean;
  /** Absent when passed. */
  failure?: TestFailure;
  /** One line for people, e.g. `ZeroDivisionError: division by zero`. Untrusted text. Absent when passed. */
  error?: string;
}

export interface SolutionOutcome {
  id: string;
  /** One outcome per test, in their order. What comes after a limit was hit counts as not passed. */
  tests: TestOutcome[];
  allPassed: boolean;
}

export interface PythonTesterOptions {
  /**
   * Worker processes, which start when there is work for them.
   * @default 1
   */
  workers?: number;
  /**
   * Time of one solution with all its tests, in milliseconds, not counting time in which the process stood in line for a processor.
   * A solution that takes longer is tried once more, in a process of its own, with four times as much.
   * @default 3000
   */
  timeoutMs?: number;
  /**
   * Memory of the interpreter in MiB, its own 30 or so included.
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
  /** Called after each solution; those that are equal count together. */
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/** Runs solutions against tests, each in an interpreter that no other solution has touched. */
export interface PythonTester {
  /**
   * Outcomes in the order of the solutions. Equal solutions with equal tests run once: the interpreter draws the same
   * random numbers for everybody, so a program has one outcome unless it reads the clock.
   *
   * @throws GraderError when the sandbox itself breaks; InterruptedError when `signal` aborts
   */
  test(solutions: readonly TestedSolution[], options?: TestOptions): Promise<SolutionOutcome[]>;
  /** Ends the worker processes. */
  close(): Promise<void>;
}

/** Starts nothing yet: processes start with the first solution. */
export function createPythonTester(options: PythonTesterOptions = {}): PythonTester {
  throw new GraderError(`the sandbox is not there yet (${Object.keys(options).join(", ")})`);
}
