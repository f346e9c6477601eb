import { evaluateArithmetic, plainMath } from "./arithmetic.ts";
import { parseNumber } from "./numbers.ts";

/** A problem whose answer follows from its text. */
export interface KnownProblem {
  answer: number;
  /** The problem as a question names it, e.g. "GCD(12, 18)". */
  expression: string;
  /** The same for the same problem however it is put. */
  key: string;
}

const list = String.raw`(\d+(?:\s*,\s*\d+)*\s*,?\s*(?:and|&|,)\s*(?:of\s+)?\d+)`;
const names = {
  gcd: "gcd|gcf|hcf|greatest common (?:divisor|factor|denominator)|highest common (?:divisor|factor)",
  lcm: "lcm|(?:least|lowest|smallest) common multiple",
};
const between = String.raw`(?:\s*\((?:gcd|gcf|hcf|lcm)\))?\s+(?:of|for|between)\s+(?:the (?:two |three )?(?:numbers|integers)\s+)?`;
const patterns = Object.entries(names).map(([kind, name]) => ({
  kind,
  pattern: new RegExp(
    `\\b(?:${name})(?:\\s*\\(\\s*${list.replace("(?:and|&|,)", "(?:,|and)")}\\s*\\)|${between}${list})`,
    "i",
  ),
}));
const remainders = [
  /\bremainder\b[^.?!\d]{0,40}?\b(\d+)\s*(?:is\s+)?(?:divided by|by|\/)\s*(\d+)/i,
  /\bdivid(?:e|es|ing)\s+(\d+)\s+by\s+(\d+)[^.?!\d]{0,40}\bremainder\b/i,
];
/** What stands before an expression whose value is asked or claimed. */
const leads =
  /(?:\b(?:what(?:'s|s| is| are| does)?|calculate|compute|evaluate|simplify|find|work out|determine|solve|value of|result of|think|believe|say|that|got|calculated|computed|found|is|was|to|for|me|product of|sum of)|^|[:(?.!]|\n)\s*(?:the (?:value|result|answer) (?:of|to|for)\s+)?$/i;
const follows = /^\s*(?:$|[=?.,;:!)\n]|(?:is|equals?|to|and|i|if|be|in|as|please)\b)/i;

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

function knownCommon(text: string): (KnownProblem & { index: number }) | null {
  for (const { kind, pattern } of patterns) {
    const match = pattern.exec(text);
    const numbers = (match?.[1] ?? match?.[2] ?? "").match(/\d+/g)?.map(Number) ?? [];
    if (match === null || numbers.length < 2 || numbers.some((n) => n === 0 || n > 1e9)) continue;
    const gcd = numbers.reduce(divisor);
    const lcm = numbers.reduce((a, b) => (a / divisor(a, b)) * b);
    const key = `${kind} ${numbers.toSorted((a, b) => a - b).join(" ")}`;
    return { answer: kind === "gcd" ? gcd : lcm, expression: match[0], key, index: match.index };
  }
  return null;
}

function knownRemainder(text: string): (KnownProblem & { index: number }) | null {
  for (const pattern of remainders) {
    const match = pattern.exec(text);
    const [a, b] = [Number(match?.[1]), Number(match?.[2])];
    if (match && b > 0) return { answer: a % b, expression: `${a} mod ${b}`, key: `${a} % ${b}`, index: match.index };
  }
  return null;
}

function knownExpression(text: string): (KnownProblem & { index: number }) | null {
  for (const match of text.matchAll(/[(-]*\d[\d\s.()+\-*/^%]*/g)) {
    const expression = match[0].replace(/[\s.(+\-*/^%]+$/, "");
    const { index } = match;
    const after = text.slice(index + expression.length);
    if (!/\d\)*\s*[-+*/^%]\s*[-(]*[\d.]/.test(expression) || !follows.test(after)) continue;
    if (!leads.test(text.slice(Math.max(0, index - 60), index))) continue;
    const answer = evaluateArithmetic(expression);
    if (answer !== null) return { answer, expression: expression.trim(), key: expression.replace(/\s/g, ""), index };
  }
  return null;
}

/**
 * The first problem in a text whose answer can be worked out: greatest common divisors, least common multiples,
 * remainders, and arithmetic whose value is asked or claimed. `null` where there is none.
 */
export function knownProblem(text: string): KnownProblem | null {
  const plain = plainMath(text.slice(0, 5_000));
  const found = [knownCommon(plain), knownRemainder(plain), knownExpression(plain)].filter((one) => one !== null);
  const [first] = found.toSorted((a, b) => a.index - b.index);
  return first ? { answer: first.answer, expression: first.expression, key: first.key } : null;
}

const answerFields = [
  "answer",
  "gold",
  "gold_answer",
  "correct_answer",
  "correctAnswer",
  "true_answer",
  "ground_truth",
  "reference_answer",
  "expected_answer",
  "target",
  "expected",
  "gcd",
  "solution",
];

/** The answer that a row's fields hold: a number, or a text that ends in "#### 72" or `\boxed{72}`. */
export function answerInFields(fields: Readonly<Record<string, unknown>>): number | null {
  for (const name of answerFields) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value !== "string") continue;
    const marked = /(?:####\s*|\\boxed\{)([^\n{}]{1,30}?)\}?\$?\s*\.?\s*$/.exec(value)?.[1];
    const number = parseNumber(marked ?? value);
    if (number !== null) return number;
  }
  return null;
}
