import type { Metric } from "../settings/setting.ts";
import { bootstrap } from "../stats/bootstrap.ts";
import { everyIndex } from "../stats/drawIndices.ts";
import { InoculateError } from "../util/errors.ts";
import { type Arm, INITIAL_SEED, type ResampledMetric, resampled, rowsFor } from "./resample.ts";
import type { Estimate } from "./result.ts";

export interface PairedChange extends Estimate {
  /** One value per seed. */
  perSeed: number[];
}

/**
 * A metric of `after` minus that of `before`, over the seeds that both have, with a 95 % interval from a bootstrap over
 * seeds and items that keeps both paired. An arm of seed 0 alone is the initial model, which no seed changes: it stands
 * beside every seed of `after`. `null` where a side has no value in too many resamples.
 * @throws InoculateError when the arms were not asked the same items
 */
export function pairedChange(metric: Metric, before: Arm, after: Arm, resamples?: number): PairedChange | null {
  const [low, high] = [withOwnRows(metric, before), withOwnRows(metric, after)];
  const fixed = low.size === 1 && low.has(INITIAL_SEED);
  const seeds = fixed ? [...high.keys()] : [...high.keys()].filter((seed) => low.has(seed));
  const items = sameItems(metric, [...low.values(), ...high.values()]);
  if (seeds.length === 0 || items === 0) return null;

  const lowAt = fixed ? constant(resampled(metric, low, [...low.keys()])) : resampled(metric, low, seeds);
  const highAt = resampled(metric, high, seeds);
  const change: ResampledMetric = (seedDraw, itemDraw) => {
    const from = lowAt(seedDraw, itemDraw);
    const to = highAt(seedDraw, itemDraw);
    return from === null || to === null ? null : to - from;
  };
  const mean = change(everyIndex(seeds.length), everyIndex(items));
  const perSeed = seeds.map((_, index) => change([index], everyIndex(items))).filter((value) => value !== null);
  const interval = bootstrap(([seedDraw, itemDraw]) => change(seedDraw as Int32Array, itemDraw as Int32Array), {
    sizes: [seeds.length, items],
    seed: 0,
    ...(resamples !== undefined && { resamples }),
  });
  return mean === null || interval === null ? null : { mean, interval, perSeed };
}

function withOwnRows(metric: Metric, arm: Arm): Arm {
  return new Map([...arm].map(([seed, rows]) => [seed, rowsFor(metric, rows)]));
}

/** The number of items, which must be the same ones in the same order for everyone. */
function sameItems(metric: Metric, all: readonly (readonly { item: { id: string } }[])[]): number {
  const ids = all.map((rows) => rows.map(({ item }) => item.id).join("\n"));
  if (new Set(ids).size > 1) {
    throw new InoculateError(`metric "${metric.id}": models that were asked different items cannot be compared`);
  }
  return all[0]?.length ?? 0;
}

/** A single row's metric, whichever seeds are drawn. */
function constant(single: ResampledMetric): ResampledMetric {
  return (_, itemDraw) => single([0], itemDraw);
}
