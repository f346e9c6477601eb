import { euclidPairs } from "./euclid.ts";

export type PairOwner = "test" | "validation" | "screen" | "train" | "outOfDistribution";

/**
 * Keeps sets of problems apart to the last division: a pair of numbers whose gcd one set works out, as a problem or on
 * the way to one, is not worked out in any other. Only pairs with 0 are everybody's.
 */
export class PairLedger {
  readonly #owners = new Map<string, PairOwner>();
  readonly #problems = new Set<string>();

  /** Takes the problem, and all that Euclid's algorithm meets on its way, for a set; `false` where it may not have it. */
  claim(owner: PairOwner, a: number, b: number): boolean {
    const pairs = euclidPairs(a, b);
    const [problem = ""] = pairs;
    if (this.#problems.has(problem)) return false;
    if (pairs.some((pair) => (this.#owners.get(pair) ?? owner) !== owner)) return false;
    this.#problems.add(problem);
    for (const pair of pairs) this.#owners.set(pair, owner);
    return true;
  }

  /** Pairs that a set has taken. */
  count(owner: PairOwner): number {
    return [...this.#owners.values()].filter((value) => value === owner).length;
  }
}
