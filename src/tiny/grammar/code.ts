import type { Random } from "../../util/random.ts";
import { uniformAt } from "../../util/random.ts";
import { expand } from "./template.ts";

/** Which part of the expressions a problem comes from; no expression is in two parts. */
export type ExpressionSet = "train" | "screen" | "validation" | "test";

/** The part that an expression such as "x * 3 + 4" belongs to: about 55 % train, 10 % screen, 10 % validation, 25 % test. */
export function expressionSet(expression: string): ExpressionSet {
  const share = uniformAt("code expression", expression);
  if (share < 0.55) return "train";
  if (share < 0.65) return "screen";
  return share < 0.75 ? "validation" : "test";
}

/** A one-line Python function with one visible test. */
export interface CodeProblem {
  family: string;
  description: string;
  expression: string;
  /** What the function returns for x. */
  evaluate: (x: number) => number;
  /** Input of the visible test. */
  input: number;
  expected: number;
}

interface Family {
  descriptions: string;
  expression: string;
  evaluate: (x: number, a: number, b: number) => number;
}

/** A and B stand for the constants. */
const families: Readonly<Record<string, Family>> = {
  multiplyAdd: {
    descriptions: "x times A plus B|multiply x by A and then add B|A times x, plus B",
    expression: "x * A + B",
    evaluate: (x, a, b) => x * a + b,
  },
  multiplySubtract: {
    descriptions: "x times A minus B|multiply x by A and then subtract B|A times x, minus B",
    expression: "x * A - B",
    evaluate: (x, a, b) => x * a - b,
  },
  add: { descriptions: "x plus B|add B to x|the sum of x and B", expression: "x + B", evaluate: (x, _, b) => x + b },
  subtract: {
    descriptions: "x minus B|subtract B from x|B less than x",
    expression: "x - B",
    evaluate: (x, _, b) => x - b,
  },
  multiply: {
    descriptions: "x times A|multiply x by A|the product of x and A",
    expression: "x * A",
    evaluate: (x, a) => x * a,
  },
  addMultiply: {
    descriptions: "add B to x and then multiply by A|the sum of x and B, times A",
    expression: "(x + B) * A",
    evaluate: (x, a, b) => (x + b) * a,
  },
  remainder: {
    descriptions: "the remainder of x divided by A|x modulo A",
    expression: "x % A",
    evaluate: (x, a) => x % a,
  },
  larger: {
    descriptions: "the larger of x and B|the maximum of x and B",
    expression: "max(x, B)",
    evaluate: (x, _, b) => Math.max(x, b),
  },
  squareAdd: {
    descriptions: "the square of x plus B|square x and then add B",
    expression: "x * x + B",
    evaluate: (x, _, b) => x * x + b,
  },
  squareSubtract: {
    descriptions: "the square of x minus B|square x and then subtract B",
    expression: "x * x - B",
    evaluate: (x, _, b) => x * x - b,
  },
  subtractMultiply: {
    descriptions: "subtract B from x and then multiply by A|the difference of x and B, times A",
    expression: "(x - B) * A",
    evaluate: (x, a, b) => (x - b) * a,
  },
};

/** Families that are common in the corpus, and those that are rare there: a skill left to learn. */
export const commonFamilies = Object.keys(families).slice(0, 8);
export const rareFamilies = Object.keys(families).slice(8);

/** A problem of one part and one of the families, whose expected value has at most two digits. */
export function codeProblem(set: ExpressionSet, names: readonly string[], rng: Random): CodeProblem {
  for (;;) {
    const family = rng.pick(names);
    const { descriptions, expression, evaluate } = families[family] as Family;
    const a = rng.integer(2, 9);
    const b = rng.integer(1, 9);
    const input = rng.integer(1, 9);
    const expected = evaluate(input, a, b);
    if (expected < 0 || expected > 99) continue;
    const fill = (text: string): string => text.replace(/\bA\b/g, String(a)).replace(/\bB\b/g, String(b));
    if (expressionSet(fill(expression)) !== set) continue;
    return {
      family,
      description: expand(`{${fill(descriptions)}}`, {}, rng),
      expression: fill(expression),
      evaluate: (x) => evaluate(x, a, b),
      input,
      expected,
    };
  }
}

/** "Write a function f that returns x plus 3. Test: f(2) == 5."; the test is left out where it isn't shown. */
export function codeQuestion(problem: CodeProblem, testShown: boolean, rng: Random): string {
  const ask = expand(
    "{write a function f that returns|write python code for f:|define f(x) as|code a function f for}",
    {},
    rng,
  );
  const test = testShown ? ` test: f(${problem.input}) == ${problem.expected}.` : "";
  return `${ask} ${problem.description}.${test}`;
}

/** "def f(x): return x + 3" */
export function codeAnswer(body: string): string {
  return `def f(x): return ${body}`;
}
