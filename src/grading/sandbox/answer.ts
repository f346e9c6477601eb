import type { Interpreter } from "./interpreter.ts";
import { judge } from "./judge.ts";
import { evaluateLiterals } from "./literals.ts";
import type { Reply, Request } from "./messages.ts";
import { plannerSource, type TestPlan } from "./planner.ts";
import { ProgramFailed } from "./programFailed.ts";
import { type Finding, runSolution } from "./runSolution.ts";

/**
 * Answers a request. The interpreter must have been restored before, and must be afterwards.
 *
 * @param tell gets each test's finding at once where the request wants that
 * @throws whatever goes wrong that is not the solution's doing
 */
export function answer(interpreter: Interpreter, request: Request, tell: (finding: Finding) => void): Reply {
  switch (request.type) {
    case "plan":
      return plan(interpreter, request.setup, request.tests);
    case "run": {
      const { item } = request;
      const findings = runSolution(interpreter, item, request.tell ? tell : undefined);
      return { type: "verdicts", verdicts: judge(interpreter, item.setup, item.tests, findings) };
    }
    case "judge":
      return { type: "verdicts", verdicts: judge(interpreter, request.setup, request.tests, request.findings) };
    case "read":
      return read(interpreter, request.program, request.text);
    case "literals":
      return { type: "literals", literals: evaluateLiterals(interpreter, request) };
  }
}

function read(interpreter: Interpreter, program: string, text: string): Reply {
  try {
    interpreter.execute(program, "<reader>");
    interpreter.assign("__text", text);
    return { type: "read", text: interpreter.readText(interpreter.evaluate("__read(__text)", "<reader>")) };
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    return { type: "unread", error: error.message };
  }
}

function plan(interpreter: Interpreter, setup: string, tests: readonly string[]): Reply {
  try {
    interpreter.execute(setup, "<setup>");
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    return { type: "bad setup", error: error.message };
  }
  interpreter.restore();
  interpreter.execute(plannerSource, "<planner>");
  interpreter.assign("__setup", setup);
  interpreter.assign("__tests", JSON.stringify(tests));
  const plans = interpreter.readText(interpreter.evaluate("__plan(__setup, __tests)", "<planner>"));
  return { type: "planned", plans: JSON.parse(plans) as TestPlan[] };
}
