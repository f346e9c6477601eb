import type { CodeProblem } from "../../tiny/grammar/code.ts";
import type { Random } from "../../util/random.ts";

/** Up to here inputs are like the visible test's. */
const largestSmallInput = 9;
/** Larger ones tell apart what agrees on small inputs, such as the larger of x and 9 and a plain 9. */
const largestInput = 30;

/** A test as Python runs it. */
export function testStatement(input: number, expected: number): string {
  return `assert f(${input}) == ${expected}`;
}

/**
 * Four tests that the question doesn't show: on 0 (where most constants show), another small input and two larger ones,
 * none of them the visible test's. The number that the visible test expects fails at least one.
 */
export function hiddenTests({ input, expected, evaluate }: CodeProblem, rng: Random): string[] {
  for (;;) {
    const large = (): number => rng.integer(largestSmallInput + 1, largestInput);
    const inputs = [0, rng.integer(1, largestSmallInput), large(), large()];
    if (new Set([input, ...inputs]).size <= inputs.length) continue;
    const values = inputs.map((x) => [x, evaluate(x)] as const);
    if (values.some(([, value]) => value !== expected)) return values.map(([x, value]) => testStatement(x, value));
  }
}
