import type { Interpreter } from "./interpreter.ts";
import { plainEqual, readMarshal } from "./marshal.ts";
import { type TestPlan, valueName } from "./planner.ts";
import { ProgramFailed } from "./programFailed.ts";
import type { ExportedValue, Finding, Verdict } from "./runSolution.ts";

/**
 * Verdicts on what a solution's tests found. Values are compared here where that is possible, else by Python, in an
 * interpreter that has been restored since the solution ran. Restore it afterwards.
 */
export function judge(
  interpreter: Interpreter,
  setup: string,
  plans: readonly TestPlan[],
  findings: readonly Finding[],
): Verdict[] {
  let isReady = false;
  return findings.map((finding, i) => {
    const plan = plans[i] as TestPlan;
    if (!("values" in finding)) return finding;
    if (plan.kind !== "condition") throw new Error(`values for a test of kind ${plan.kind}`);
    const known = compare(plan, finding.values);
    if (known) return known;
    if (!isReady) {
      interpreter.restore();
      interpreter.execute(setup, "<setup>");
      isReady = true;
    }
    return decide(interpreter, plan.condition, finding.values);
  });
}

const passed: Verdict = { passed: true };
const doesNotHold: Verdict = { failure: "failed", error: "the condition does not hold" };

/** The verdict where the test wants one value to equal a literal and both can be compared without Python. */
function compare({ equals }: { equals?: string }, [value]: readonly ExportedValue[]): Verdict | undefined {
  if (equals === undefined || value === undefined) return undefined;
  if ("type" in value) {
    return { failure: "failed", error: `the value is of type ${value.type}, which equals no literal` };
  }
  const expected = Buffer.from(equals, "hex");
  const actual = Buffer.from(value.marshal, "base64");
  if (expected.equals(actual)) return passed;
  const [left, right] = [readMarshal(actual), readMarshal(expected)];
  if (left === undefined || right === undefined) throw new Error("a value is not in the format that was checked");
  const equal = plainEqual(left, right);
  return equal === undefined ? undefined : equal ? passed : doesNotHold;
}

function decide(interpreter: Interpreter, condition: string, values: readonly ExportedValue[]): Verdict {
  try {
    for (const [i, value] of values.entries()) {
      if ("marshal" in value) interpreter.assign(valueName(i), Buffer.from(value.marshal, "base64"));
      else interpreter.execute(`${valueName(i)} = object()`, "<test>");
    }
    return interpreter.isTrue(interpreter.evaluate(condition, "<test>")) ? passed : doesNotHold;
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    if (error.isFinal) throw new Error(`a test broke the interpreter: ${error.message}`);
    return error.toFailure();
  }
}
