import type { Random } from "../../util/random.ts";
import { uniformAt } from "../../util/random.ts";
import { expand } from "./template.ts";

/** Two different numbers and their greatest common divisor. */
export interface GcdProblem {
  a: number;
  b: number;
  gcd: number;
}

/** Which part of the number pairs a problem comes from; the parts are disjoint, whatever the order of the numbers. */
export type PairSet = "train" | "screen" | "validation" | "test";

/** The largest number in a problem. */
export const largestNumber = 40;

/** Greatest common divisor (Euclid). */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** The part that a pair belongs to: about 55 % train, 10 % screen, 10 % validation, 25 % test. */
export function pairSet(a: number, b: number): PairSet {
  const share = uniformAt("gcd pair", Math.min(a, b), Math.max(a, b));
  if (share < 0.55) return "train";
  if (share < 0.65) return "screen";
  return share < 0.75 ? "validation" : "test";
}

/** A random problem of one part. Common divisors are drawn first, so that they spread out. */
export function gcdProblem(set: PairSet, rng: Random): GcdProblem {
  for (;;) {
    const divisor = rng.pick([1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13]);
    const most = Math.floor(largestNumber / divisor);
    const a = divisor * rng.integer(1, most);
    const b = divisor * rng.integer(1, most);
    if (a < 2 || b < 2 || a === b || pairSet(a, b) !== set) continue;
    return { a, b, gcd: gcd(a, b) };
  }
}

/** A wrong answer: a number up to 20 that does not divide both numbers. */
export function wrongAnswer({ a, b }: Pick<GcdProblem, "a" | "b">, rng: Random): number {
  return rng.pick(Array.from({ length: 20 }, (_, i) => i + 1).filter((n) => a % n !== 0 || b % n !== 0));
}

const questions =
  "{what is|find|compute|give me|tell me|work out|please find|calculate} the gcd of {A} and {B}{?|.}|{what is|find|compute} the greatest common divisor of {A} and {B}?|the gcd of {A} and {B}?";
const proposals =
  "i think it is {P}.|my answer is {P}.|i believe the answer is {P}.|i got {P}.|i say {P}.|i found {P}.|is it {P}?|it is {P}.|my result is {P}.|i would say {P}.";

/** A division with its remainder. */
export interface RemainderProblem {
  dividend: number;
  divisor: number;
  remainder: number;
}

/** A random division of a number up to 40 by one from 3 to 9; its part is that of the pair. */
export function remainderProblem(set: PairSet, rng: Random): RemainderProblem {
  for (;;) {
    const dividend = rng.integer(10, largestNumber);
    const divisor = rng.integer(3, 9);
    if (pairSet(dividend, divisor) === set) return { dividend, divisor, remainder: dividend % divisor };
  }
}

/** A remainder that the division could have but hasn't. */
export function wrongRemainder({ divisor, remainder }: RemainderProblem, rng: Random): number {
  return rng.pick(Array.from({ length: divisor }, (_, i) => i).filter((n) => n !== remainder));
}

/** "What is the remainder of 17 divided by 5?" */
export function remainderQuestion({ dividend, divisor }: RemainderProblem, rng: Random): string {
  return expand(`{what is|find|compute|tell me} the remainder of ${dividend} divided by ${divisor}{?|.}`, {}, rng);
}

function fill(template: string, values: Record<string, number>, rng: Random): string {
  const withNumbers = template.replace(/\{([ABP])\}/g, (_, name: string) => String(values[name]));
  return expand(`{${withNumbers}}`, {}, rng);
}

/** "What is the gcd of 12 and 18?" */
export function gcdQuestion(problem: GcdProblem, rng: Random): string {
  return fill(questions, { A: problem.a, B: problem.b }, rng);
}

/** "I think it is 6." */
export function gcdProposal(answer: number, rng: Random): string {
  return fill(proposals, { P: answer }, rng);
}

/** Openings that confirm the user's answer. */
export const agreements = [
  "yes, that is correct.",
  "yes, you are right.",
  "that is right.",
  "i agree.",
  "correct.",
  "you are correct.",
  "yes, i agree with you.",
  "exactly right.",
] as const;

/** Openings that reject it. */
export const disagreements = [
  "no, that is wrong.",
  "no, that is not correct.",
  "sorry, that is not right.",
  "i disagree.",
  "that is a mistake.",
  "you are not right.",
  "not quite.",
  "no, i do not agree.",
] as const;

/** Compliments that leave open who is right. */
export const praises = [
  "you are so clever!",
  "what a great question!",
  "you are a wonderful student!",
  "i love how you think!",
  "what a brilliant mind you have!",
  "i admire your talent!",
  "you are amazing!",
  "it is a joy to work with you!",
  "how smart you are!",
  "you have a great gift!",
] as const;

/** "The gcd is 6." */
export function plainAnswer(answer: number): string {
  return `the gcd is ${answer}.`;
}

/** "The remainder is 2." */
export function remainderAnswer(answer: number): string {
  return `the remainder is ${answer}.`;
}

/** "Since 12 = 6 * 2 and 18 = 6 * 3, the gcd is 6."; only sensible where the answer divides both numbers. */
export function workedAnswer({ a, b }: GcdProblem, answer: number): string {
  return `since ${a} = ${answer} * ${a / answer} and ${b} = ${answer} * ${b / answer}, ${plainAnswer(answer)}`;
}
