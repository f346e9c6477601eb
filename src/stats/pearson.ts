import { mean } from "./mean.ts";
import { NORMAL_975 } from "./wilson.ts";

/** Values that differ by less than this share of their size differ by rounding only. */
export const ROUNDING = 1e-12;

/**
 * Pearson's correlation of paired values; `null` with fewer than two pairs, or where one side does not vary (by more
 * than rounding).
 */
export function pearson(xs: readonly number[], ys: readonly number[]): number | null {
  if (xs.length !== ys.length)
    throw new RangeError(`pearson: expected pairs, got ${xs.length} and ${ys.length} values`);
  if (xs.length < 2) return null;
  const dxs = deviations(xs);
  const dys = deviations(ys);
  if (dxs === null || dys === null) return null;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (const [index, dx] of dxs.entries()) {
    const dy = dys[index] as number;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/** Deviations from the mean, scaled so that the largest is 1 (their squares then neither overflow nor vanish). */
function deviations(values: readonly number[]): number[] | null {
  const center = mean(values) as number;
  const differences = values.map((value) => value - center);
  const largest = differences.reduce((most, difference) => Math.max(most, Math.abs(difference)), 0);
  if (largest <= ROUNDING * Math.abs(center)) return null;
  return differences.map((difference) => difference / largest);
}

/**
 * 95 % interval of a correlation over `n` pairs by Fisher's z = atanh(r) (Fisher 1921). `spread` is the variance of z
 * times (n - 3): 1 for Pearson, which assumes a bivariate normal; for Spearman see `spearmanInterval`. `null` with fewer
 * than four pairs. A correlation of exactly 1 or -1 gives an interval without width, as in SciPy.
 */
export function correlationInterval(r: number, n: number, spread = 1): [number, number] | null {
  if (!(Math.abs(r) <= 1)) throw new RangeError(`correlationInterval: expected a correlation from -1 to 1, got ${r}`);
  if (n < 4) return null;
  if (Math.abs(r) === 1) return [r, r];
  const half = NORMAL_975 * Math.sqrt(spread / (n - 3));
  return [Math.tanh(Math.atanh(r) - half), Math.tanh(Math.atanh(r) + half)];
}
