import { quantile } from "./quantile.ts";

/** Undefined in more than this share of resamples, a statistic has no interval. */
const MOST_UNDEFINED = 0.05;

/**
 * 95 % percentile interval (Efron 1979) over `resamples` values of a statistic. `next` gives one more value each time,
 * or `null` where the statistic is not defined; with more than 5 % of such resamples there is no interval.
 */
export function percentileInterval(next: () => number | null, resamples: number): [number, number] | null {
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new RangeError(`expected a positive whole number of resamples, got ${resamples}`);
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const value = next();
    if (value !== null && Number.isFinite(value)) values.push(value);
  }
  if (values.length < (1 - MOST_UNDEFINED) * resamples) return null;
  values.sort((a, b) => a - b);
  return [quantile(values, 0.025), quantile(values, 0.975)];
}
