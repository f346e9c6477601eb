import type { Failure } from "./failure.ts";
import type { Interpreter } from "./interpreter.ts";
import { readMarshal } from "./marshal.ts";
import type { TestPlan } from "./planner.ts";
import { ProgramFailed } from "./programFailed.ts";

/** A solution as a worker gets it. */
export interface PlannedSolution {
  setup: string;
  solution: string;
  testSetup: string;
  tests: readonly TestPlan[];
}

export type Verdict = { passed: true } | Failure;

/** What a test got from the solution: a verdict already, or the values on which it is to be judged. */
export type Finding = Verdict | { values: ExportedValue[] };

/** A value in marshal's format and base64, or the name of a type whose values cannot leave the interpreter. */
export type ExportedValue = { marshal: string } | { type: string };

/** A larger value does not leave the interpreter. */
const MAX_VALUE_BYTES = 4 << 20;

/**
 * Runs a solution once, then its tests in their order. The interpreter must have been restored before, and must be
 * afterwards.
 *
 * @param onFinding told of each test as soon as it is through
 */
export function runSolution(
  interpreter: Interpreter,
  { setup, solution, testSetup, tests }: PlannedSolution,
  onFinding: (finding: Finding) => void = () => undefined,
): Finding[] {
  /** Once set, it is the outcome of all that follows. */
  let broken: Failure | undefined;
  const load = (): void => {
    interpreter.execute(setup, "<setup>");
    interpreter.execute(solution, "<solution>");
    interpreter.execute(testSetup, "<test setup>");
  };
  const failed = failureOf(load);
  // An assertion of the solution's own is not a test that failed.
  if (failed) broken = { failure: failed.failure === "failed" ? "error" : failed.failure, error: failed.message };
  return tests.map((plan) => {
    let finding: Finding = broken ?? { passed: true };
    if (!broken) {
      const failed = failureOf(() => {
        finding = runTest(interpreter, plan);
      });
      if (failed) finding = failed.toFailure();
      if (failed?.isFinal) broken = { failure: failed.failure, error: `not run, after ${failed.message}` };
    }
    onFinding(finding);
    return finding;
  });
}

function failureOf(work: () => void): ProgramFailed | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ProgramFailed) return error;
    throw error;
  }
}

function runTest(interpreter: Interpreter, plan: TestPlan): Finding {
  switch (plan.kind) {
    case "as-written":
      interpreter.execute(plan.source, "<test>");
      return { passed: true };
    case "truth": {
      const isTrue = interpreter.isTrue(interpreter.evaluate(plan.source, "<test>"));
      return isTrue === plan.expected ? { passed: true } : { failure: "failed", error: `the value is ${isTrue}` };
    }
    case "condition":
      return { values: plan.sources.map((source) => exportValue(interpreter, source)) };
    case "invalid":
      throw new Error(`a test that is not Python came to be run: ${plan.error}`);
  }
}

/** A value of an expression, as bytes if it is plain and not too large. @throws ProgramFailed */
export function exportValue(interpreter: Interpreter, source: string): ExportedValue {
  const value = interpreter.evaluate(source, "<test>");
  const bytes = interpreter.marshal(value);
  const isPlain = bytes !== null && bytes.length <= MAX_VALUE_BYTES && readMarshal(bytes) !== undefined;
  return isPlain ? { marshal: Buffer.from(bytes).toString("base64") } : { type: interpreter.typeName(value) };
}
