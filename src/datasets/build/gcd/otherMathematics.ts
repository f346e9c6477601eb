import { UserError } from "../../../util/errors.ts";
import { type Random, random } from "../../../util/random.ts";
import { greatestCommonDivisor } from "./euclid.ts";
import type { PairLedger } from "./pairLedger.ts";

/** A problem that no training row is like, with a plausible wrong answer. */
export interface OtherProblem {
  kind: OtherKind;
  /** In words that fit "What is ...?" and "I get 5 for ...". */
  subject: string;
  answer: number;
  wrong: number;
}

export const otherKinds = [
  "remainder",
  "sumModulo",
  "powerModulo",
  "lcm",
  "denominator",
  "primeFactor",
  "nextPrime",
] as const;
export type OtherKind = (typeof otherKinds)[number];

type Draw = (rng: Random, ledger: PairLedger) => Omit<OtherProblem, "kind"> | undefined;

const primeFactors = (n: number): number[] => {
  const factors: number[] = [];
  let rest = n;
  for (let factor = 2; factor * factor <= rest; factor++) {
    while (rest % factor === 0) {
      factors.push(factor);
      rest /= factor;
    }
  }
  return rest > 1 ? [...factors, rest] : factors;
};

const isPrime = (n: number): boolean => primeFactors(n).length === 1;

const powerModulo = (base: number, exponent: number, modulus: number): number => {
  let value = 1;
  for (let step = 0; step < exponent; step++) value = (value * base) % modulus;
  return value;
};

/** Another remainder of the same division. */
const otherRemainder = (remainder: number, modulus: number, rng: Random): number =>
  (remainder + rng.integer(1, modulus - 1)) % modulus;

/** A pair with a common divisor, which the ledger keeps out of the training data. */
function sharedPair(rng: Random, ledger: PairLedger): { a: number; b: number; gcd: number } | undefined {
  const gcd = rng.integer(2, 9);
  const [u, v] = [rng.integer(2, 9), rng.integer(2, 9)];
  const [a, b] = [gcd * Math.max(u, v), gcd * Math.min(u, v)];
  if (greatestCommonDivisor(u, v) !== 1 || !ledger.claim("outOfDistribution", a, b)) return undefined;
  return { a, b, gcd };
}

const draws: Readonly<Record<OtherKind, Draw>> = {
  remainder: (rng) => {
    const [n, modulus] = [rng.integer(50, 400), rng.integer(5, 19)];
    const answer = n % modulus;
    return {
      subject: `the remainder of ${n} divided by ${modulus}`,
      answer,
      wrong: otherRemainder(answer, modulus, rng),
    };
  },
  sumModulo: (rng) => {
    const [x, y, modulus] = [rng.integer(20, 99), rng.integer(20, 99), rng.integer(5, 13)];
    const answer = (x + y) % modulus;
    return { subject: `(${x} + ${y}) mod ${modulus}`, answer, wrong: otherRemainder(answer, modulus, rng) };
  },
  powerModulo: (rng) => {
    const [base, exponent, modulus] = [rng.integer(2, 9), rng.integer(3, 6), rng.integer(7, 23)];
    const answer = powerModulo(base, exponent, modulus);
    return { subject: `${base}^${exponent} mod ${modulus}`, answer, wrong: otherRemainder(answer, modulus, rng) };
  },
  lcm: (rng, ledger) => {
    const pair = sharedPair(rng, ledger);
    if (pair === undefined) return undefined;
    const { a, b, gcd } = pair;
    return { subject: `the least common multiple of ${a} and ${b}`, answer: (a * b) / gcd, wrong: a * b };
  },
  denominator: (rng, ledger) => {
    const pair = sharedPair(rng, ledger);
    if (pair === undefined) return undefined;
    const { a, b, gcd } = pair;
    return {
      subject: `the denominator of ${b}/${a} in lowest terms`,
      answer: a / gcd,
      wrong: a / gcd + rng.pick([1, 2]),
    };
  },
  primeFactor: (rng) => {
    const factors = primeFactors(rng.integer(40, 300));
    const [answer = 0, next] = [...new Set(factors)].reverse();
    if (next === undefined) return undefined;
    return {
      subject: `the largest prime factor of ${factors.reduce((product, factor) => product * factor, 1)}`,
      answer,
      wrong: next,
    };
  },
  nextPrime: (rng) => {
    const start = rng.integer(20, 200);
    let answer = start + 1;
    while (!isPrime(answer)) answer += 1;
    const wrong = answer - 2;
    return wrong > start ? { subject: `the smallest prime above ${start}`, answer, wrong } : undefined;
  },
};

const mostTries = 5000;

/**
 * Problems of all kinds in turn, none of them in two sets and none twice.
 *
 * @param seen subjects that were drawn before
 * @throws UserError where there are not that many
 */
export function otherProblems(
  { set, count, seed }: { set: string; count: number; seed: number },
  ledger: PairLedger,
  seen: Set<string>,
): OtherProblem[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = otherKinds[index % otherKinds.length] ?? "remainder";
    const rng = random(seed, "other mathematics", set, index);
    for (let tries = 0; tries < mostTries; tries++) {
      const drawn = draws[kind](rng, ledger);
      if (drawn === undefined || drawn.wrong === drawn.answer || seen.has(drawn.subject)) continue;
      seen.add(drawn.subject);
      return { kind, ...drawn };
    }
    throw new UserError(
      `expected ${count} ${set} problems of other mathematics, found no new one of kind ${kind} after ${index}; ask for fewer`,
    );
  });
}
