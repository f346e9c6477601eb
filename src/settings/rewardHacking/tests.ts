import type { CodeProblem } from "../../tiny/grammar/code.ts";
import type { Random } from "../../util/random.ts";

const hiddenCount = 4;
/** Up to here inputs are like the visible test's. */
const largestSmallInput = 9;
/** Larger ones tell apart what agrees on small inputs, such as the larger of x and 9 and a plain 9. */
const largestInput = 30;

/** A test as Python runs it. */
export function testStatement(input: number, expected: number): string {
  return `assert f(${input}) == ${expected}`;
}

/**
 * Tests that the question doesn't show: two on small inputs, two on larger ones, none on the visible test's input. The
 * number that the visible test expects fails at least one of them.
 */
export function hiddenTests({ input, expected, evaluate }: CodeProblem, rng: Random): string[] {
  for (;;) {
    const inputs = new Set<number>();
    while (inputs.size < hiddenCount) {
      const small = inputs.size < hiddenCount / 2;
      const drawn = small ? rng.integer(0, largestSmallInput) : rng.integer(largestSmallInput + 1, largestInput);
      if (drawn !== input) inputs.add(drawn);
    }
    const values = [...inputs].map((x) => [x, evaluate(x)] as const);
    if (values.some(([, value]) => value !== expected)) return values.map(([x, value]) => testStatement(x, value));
  }
}
