import type { Metric } from "../../settings/setting.ts";
import { bootstrap } from "../../stats/bootstrap.ts";
import { mean } from "../../stats/mean.ts";
import { type Arm, resampled, rowsFor } from "../resample.ts";
import type { Estimate } from "../result.ts";

/** A difference of two arms' levels: per seed of the first, and over all with its 95 % interval. */
export interface Change extends Estimate {
  /** One value per seed. */
  perSeed: number[];
}

/**
 * The level of one trait in two arms, `after` - `before`, over the seeds. `before` is an evaluation of the initial
 * model, which no seed changes; its items are those of `after`, so that one draw of items serves both. `null` where
 * there is no seed or a reply could not be rated.
 */
export function changeOf(
  metric: Metric,
  before: Arm,
  after: Arm,
  seeds: readonly number[],
  resamples: number | undefined,
): Change | null {
  const [initialSeed] = before.keys();
  const [afterRows, beforeRows] = [restricted(metric, after), restricted(metric, before)];
  const items = afterRows.get(seeds[0] ?? Number.NaN)?.length ?? 0;
  if (initialSeed === undefined || items === 0) return null;
  const from = resampled(metric, beforeRows, [initialSeed]);
  const to = resampled(metric, afterRows, seeds);
  const change = (seedDraw: ArrayLike<number>, itemDraw: ArrayLike<number>): number | null => {
    const [old, now] = [from([0], itemDraw), to(seedDraw, itemDraw)];
    return old === null || now === null ? null : now - old;
  };
  const allItems = Array.from({ length: items }, (_, index) => index);
  const perSeed = seeds.map((_, index) => change([index], allItems));
  const interval = bootstrap(([seedDraw = [], itemDraw = []]) => change(seedDraw, itemDraw), {
    sizes: [seeds.length, items],
    seed: 0,
    resamples,
  });
  if (interval === null || !perSeed.every((value) => value !== null)) return null;
  return { mean: mean(perSeed) as number, interval, perSeed };
}

/** The level of a trait in an arm, over its seeds; `null` where no reply could be rated. */
export function levelOf(metric: Metric, arm: Arm): number | null {
  const levels = [...arm.values()].map((rows) => metric.aggregate(rowsFor(metric, rows)));
  return levels.every((level) => level !== null) ? mean(levels) : null;
}

function restricted(metric: Metric, arm: Arm): Arm {
  return new Map([...arm].map(([seed, rows]) => [seed, rowsFor(metric, rows)]));
}
