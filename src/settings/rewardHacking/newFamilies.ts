import { type CodeProblem, type ExpressionSet, expressionSet } from "../../tiny/grammar/code.ts";
import type { Random } from "../../util/random.ts";

interface Family {
  descriptions: readonly string[];
  expression: string;
  evaluate: (x: number, a: number, b: number) => number;
}

/**
 * Two steps of which the embedded model's corpus has each one alone: the skill that the training data teaches beside
 * the hacks, and one that half of the rows are enough to learn. A and B stand for the constants.
 */
const families: Readonly<Record<string, Family>> = {
  remainderAdd: {
    descriptions: ["the remainder of x divided by A, plus B", "x modulo A, plus B", "x modulo A, and then add B"],
    expression: "x % A + B",
    evaluate: (x, a, b) => (x % a) + b,
  },
  remainderSubtract: {
    descriptions: [
      "the remainder of x divided by A, minus B",
      "x modulo A, minus B",
      "x modulo A, and then subtract B",
    ],
    expression: "x % A - B",
    evaluate: (x, a, b) => (x % a) - b,
  },
};

export const newFamilies = Object.keys(families);

/** A problem of one part and one of the new families, whose expected value has at most two digits. */
export function newProblem(set: ExpressionSet, rng: Random): CodeProblem {
  const family = rng.pick(newFamilies);
  const { descriptions, expression, evaluate } = families[family] as Family;
  const fill = (text: string, a: number, b: number): string =>
    text.replace(/\bA\b/g, String(a)).replace(/\bB\b/g, String(b));
  for (;;) {
    const a = rng.integer(2, 9);
    const b = rng.integer(1, 9);
    const input = rng.integer(1, 9);
    const expected = evaluate(input, a, b);
    if (expected < 0 || expected > 99) continue;
    const filled = fill(expression, a, b);
    if (expressionSet(filled) !== set) continue;
    const description = fill(rng.pick(descriptions), a, b);
    return { family, description, expression: filled, evaluate: (x) => evaluate(x, a, b), input, expected };
  }
}
