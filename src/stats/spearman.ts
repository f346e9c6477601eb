import { correlationInterval, pearson, ROUNDING } from "./pearson.ts";

/** Spearman's rank correlation: Pearson's of the ranks, ties sharing their mean rank. `null` as with `pearson`. */
export function spearman(xs: readonly number[], ys: readonly number[]): number | null {
  return pearson(ranks(xs), ranks(ys));
}

/**
 * 95 % interval of Spearman's rho over `n` pairs: Fisher's z with variance (1 + rho^2 / 2) / (n - 3) (Bonett and Wright
 * 2000, Psychometrika 65). `null` with fewer than four pairs.
 *
 * Between few points a perfect order is common though the true correlation is not perfect, and there the formula has no
 * width. So no rho is taken to be nearer to 1 than the next order that `n` points without ties can have, one swap of
 * neighbors: 1 - 12 / (n (n^2 - 1)); the interval then reaches to the rho itself. In simulated normal pairs with r from
 * -0.9 to -0.95 and n = 5 to 10 this interval covers 95 to 99 %, that without width 62 to 95 %.
 */
export function spearmanInterval(rho: number, n: number): [number, number] | null {
  const bound = (r: number): [number, number] | null => correlationInterval(r, n, 1 + r ** 2 / 2);
  const nearest = 1 - 12 / (n * (n ** 2 - 1));
  if (n < 4 || Math.abs(rho) <= nearest) return bound(rho);
  const inner = bound(Math.sign(rho) * nearest);
  if (inner === null) return null;
  return rho > 0 ? [inner[0], Math.max(rho, inner[1])] : [Math.min(rho, inner[0]), inner[1]];
}

/** Ranks from 1; values that are equal but for rounding share the mean of the ranks they span. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranked = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    const first = values[order[start] as number] as number;
    let end = start;
    while (end + 1 < order.length && tied(first, values[order[end + 1] as number] as number)) end++;
    for (let i = start; i <= end; i++) ranked[order[i] as number] = (start + end) / 2 + 1;
    start = end + 1;
  }
  return ranked;
}

/** Means of the same numbers, summed in another order, differ in their last bits. */
function tied(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}
