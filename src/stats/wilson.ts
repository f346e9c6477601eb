/** The 97.5 % quantile of the standard normal distribution: half-width of a 95 % interval. */
export const NORMAL_975 = 1.959963984540054;

/**
 * 95 % interval of a share from `successes` of `n` (Wilson 1927, score interval without continuity correction).
 * With n = 0 nothing is known: [0, 1].
 */
export function wilson(successes: number, n: number): [number, number] {
  if (!Number.isInteger(n) || !Number.isInteger(successes) || successes < 0 || successes > n)
    throw new RangeError(`wilson: expected whole numbers with 0 <= successes <= n, got ${successes} of ${n}`);
  if (n === 0) return [0, 1];
  const z2 = NORMAL_975 ** 2;
  const share = successes / n;
  const center = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (NORMAL_975 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [successes === 0 ? 0 : Math.max(0, center - half), successes === n ? 1 : Math.min(1, center + half)];
}
