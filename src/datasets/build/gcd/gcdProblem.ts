import { UserError } from "../../../util/errors.ts";
import type { Random } from "../../../util/random.ts";
import { euclidSteps, greatestCommonDivisor } from "./euclid.ts";
import type { PairLedger, PairOwner } from "./pairLedger.ts";

export interface GcdProblem {
  /** The larger number. */
  a: number;
  b: number;
  gcd: number;
}

const highestGcd = 40;
/** Longer ways would not fit, worked out twice, into 400 tokens. */
const mostSteps = 5;
const mostTries = 20_000;

/**
 * A problem that no other set works out, with a gcd from 2 to 40 and at least two divisions on the way.
 *
 * @throws UserError where none is left up to `highest`
 */
export function gcdProblem(owner: PairOwner, highest: number, ledger: PairLedger, rng: Random): GcdProblem {
  for (let tries = 0; tries < mostTries; tries++) {
    const gcd = rng.integer(2, Math.min(highestGcd, Math.floor(highest / 3)));
    const most = Math.floor(highest / gcd);
    const [u, v] = [rng.integer(2, most), rng.integer(2, most)];
    if (u === v || greatestCommonDivisor(u, v) !== 1) continue;
    const [a, b] = [gcd * Math.max(u, v), gcd * Math.min(u, v)];
    if (euclidSteps(a, b).length <= mostSteps && ledger.claim(owner, a, b)) return { a, b, gcd };
  }
  throw new UserError(
    `expected more ${owner} problems with numbers up to ${highest} that share no division with another set, found none in ${mostTries} tries; ask for fewer rows or test problems, or for larger numbers (--max-value)`,
  );
}
