import { random } from "../util/random.ts";
import { drawIndices } from "./drawIndices.ts";
import { percentileInterval } from "./percentileInterval.ts";

export interface Resampling {
  /** @default 2000 */
  resamples?: number | undefined;
  /** Keys the random draws. */
  seed: number;
}

export interface BootstrapOptions extends Resampling {
  /** Sizes of the crossed factors that are resampled, e.g. [seeds, items]. */
  sizes: readonly number[];
}

/** For each factor, the indices drawn with replacement. */
export type Draw = readonly Int32Array[];

/**
 * 95 % percentile interval (Efron 1979) of a statistic under resampling of crossed factors: each factor is drawn anew
 * in every resample (the pigeonhole bootstrap, Owen 2007), and one draw serves all conditions, so that differences
 * between them stay paired. A factor of size 1 adds nothing to the interval.
 *
 * The percentile interval has no small-sample correction: where one factor of few units makes nearly all the variance,
 * it covers the truth less often than it says (about 84 % with 5 units, 75 % with 3). With seeds and hundreds of items
 * at comparable variance it covers 90 to 98 %.
 *
 * The statistic may answer `null` where it is not defined; with more than 5 % of such resamples there is no interval.
 */
export function bootstrap(
  statistic: (draw: Draw) => number | null,
  { sizes, resamples = 2000, seed }: BootstrapOptions,
): [number, number] | null {
  if (sizes.some((size) => size < 1)) return null;
  const stream = random(seed, "bootstrap", ...sizes);
  const draw = sizes.map((size) => new Int32Array(size));
  return percentileInterval(() => {
    for (const indices of draw) drawIndices(stream, indices);
    return statistic(draw);
  }, resamples);
}
