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
  | "crash";

/** A failure and one line about it for people. The text may come from the program: it is untrusted. */
export interface Failure {
  failure: TestFailure;
  error: string;
}
