import { random } from "../util/random.ts";

export interface BootstrapOptions {
  /** Sizes of the crossed factors that are resampled, e.g. [seeds, items]. */
  sizes: readonly number[];
  /** @default 2000 */
  resamples?: number;
  /** Keys the random draws. */
  seed: number;
}

/** For each factor, the indices drawn with replacement. */
export type Draw = readonly Int32Array[];

/**
 * 95 % percentile interval (Efron 1979) of a statistic under resampling of crossed factors: each factor is drawn anew
 * in every resample, and one draw serves all conditions, so that differences between them stay paired.
 * The statistic may answer `null` where it is not defined; with more than 5 % of such resamples there is no interval.
 */
export function bootstrap(
  statistic: (draw: Draw) => number | null,
  { sizes, resamples = 2000, seed }: BootstrapOptions,
): [number, number] | null {
  if (sizes.some((size) => size < 1)) return null;
  const stream = random(seed, "bootstrap", ...sizes);
  const draw = sizes.map((size) => new Int32Array(size));
  const values: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    for (const indices of draw) {
      for (let i = 0; i < indices.length; i++) indices[i] = Math.floor(stream.uniform() * indices.length);
    }
    const value = statistic(draw);
    if (value !== null && Number.isFinite(value)) values.push(value);
  }
  if (values.length < 0.95 * resamples) return null;
  values.sort((a, b) => a - b);
  return [quantile(values, 0.025), quantile(values, 0.975)];
}

/** Quantile of ascending values with linear interpolation (Hyndman and Fan 1996, type 7). */
export function quantile(sorted: readonly number[], probability: number): number {
  if (sorted.length === 0) throw new RangeError("quantile: expected at least one value");
  const position = (sorted.length - 1) * probability;
  const low = sorted[Math.floor(position)] as number;
  const high = sorted[Math.ceil(position)] as number;
  return low + (high - low) * (position - Math.floor(position));
}
