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
    this.reserve(owner, a, b);
    return true;
  }

  /** Takes a problem that comes from elsewhere, and what no other set has of its way, without asking. */
  reserve(owner: PairOwner, a: number, b: number): void {
    const pairs = euclidPairs(a, b);
    this.#problems.add(pairs[0] ?? "");
    for (const pair of pairs) if (!this.#owners.has(pair)) this.#owners.set(pair, owner);
  }

  /** Pairs that a set has taken. */
  count(owner: PairOwner): number {
    return [...this.#owners.values()].filter((value) => value === owner).length;
  }
}
