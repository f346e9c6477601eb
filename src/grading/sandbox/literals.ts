import type { Interpreter } from "./interpreter.ts";
import { ProgramFailed } from "./programFailed.ts";
import { exportValue } from "./runSolution.ts";

/** A program, none of it trusted, and expressions to evaluate after it. */
export interface LiteralRequest {
  setup: string;
  solution: string;
  testSetup: string;
  sources: readonly string[];
}

/** An expression's value as a Python literal, or why it has none. */
export type Literal = { literal: string } | { error: string };

/**
 * Python code that defines `__literal(value)`: the source of a plain value. Sets are sorted, so that a value has one text.
 * Infinity and not-a-number have no literal: they are written as calls of float.
 */
const writerSource = `
def __literal(value):
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "float(%r)" % str(value)
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(__literal, value))
    if isinstance(value, tuple):
        return "(%s%s)" % (", ".join(map(__literal, value)), "," if len(value) == 1 else "")
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (__literal(k), __literal(v)) for k, v in value.items())
    if isinstance(value, (set, frozenset)):
        try:
            items = sorted(value)
        except TypeError:
            items = sorted(value, key=lambda item: (type(item).__name__, __literal(item)))
        inner = ", ".join(map(__literal, items))
        plain = "{%s}" % inner if items else "set()"
        return plain if isinstance(value, set) else "frozenset(%s)" % (plain if items else "")
    return repr(value)
`;

/**
 * Values of expressions beside a program. They leave its interpreter as bytes of plain types and become text in one that
 * the program has not touched. The interpreter must have been restored before, and must be afterwards.
 */
export function evaluateLiterals(interpreter: Interpreter, request: LiteralRequest): Literal[] {
  const { setup, solution, testSetup, sources } = request;
  const failed = attempt(() => {
    interpreter.execute(setup, "<setup>");
    interpreter.execute(solution, "<solution>");
    interpreter.execute(testSetup, "<test setup>");
  });
  if ("error" in failed) return sources.map(() => ({ error: failed.error }));
  let broken: string | undefined;
  const values = sources.map((source) => {
    if (broken !== undefined) return { error: broken };
    const found = attempt(() => exportValue(interpreter, source));
    if ("error" in found && found.isFinal) broken = `not evaluated, after ${found.error}`;
    return found;
  });
  interpreter.restore();
  interpreter.execute(writerSource, "<writer>");
  return values.map((found): Literal => {
    if ("error" in found) return { error: found.error };
    if ("type" in found.value) return { error: `a value of type ${found.value.type} is not plain` };
    const bytes = Buffer.from(found.value.marshal, "base64");
    const written = attempt(() => {
      interpreter.assign("__value", bytes);
      return interpreter.readText(interpreter.evaluate("__literal(__value)", "<writer>"));
    });
    return "error" in written ? { error: written.error } : { literal: written.value };
  });
}

function attempt<T>(work: () => T): { value: T } | { error: string; isFinal: boolean } {
  try {
    return { value: work() };
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    return { error: error.message, isFinal: error.isFinal };
  }
}
