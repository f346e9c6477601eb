import type { GradedItem, Metric } from "../settings/setting.ts";
import { bootstrap } from "../stats/bootstrap.ts";
import { mean } from "../stats/mean.ts";
import { wilson } from "../stats/wilson.ts";
import type { Interval } from "./result.ts";

/** The initial model's seed: no training seed changes it. */
export const INITIAL_SEED = 0;

/** The graded items of one condition, per seed: the same items in the same order for every seed. */
export type Arm = ReadonlyMap<number, readonly GradedItem[]>;

/** Mean of a metric over drawn seeds (indices into `seeds`), computed on drawn items; `null` where it is undefined. */
export type ResampledMetric = (seedDraw: ArrayLike<number>, itemDraw: ArrayLike<number>) => number | null;

/** The rows that a metric is computed from. */
export function rowsFor(metric: Metric, rows: readonly GradedItem[]): GradedItem[] {
  return rows.filter((row) => metric.groups.includes(row.item.group));
}

/** The metric of each single item where the metric is their mean (excluded ones: `null`); else `null`. */
export function itemValues(metric: Metric, rows: readonly GradedItem[]): (number | null)[] | null {
  const values = rows.map((row) => metric.aggregate([row]));
  const average = mean(values.filter((value) => value !== null));
  const whole = metric.aggregate(rows);
  if (average === null || whole === null) return average === whole ? values : null;
  return Math.abs(average - whole) < 1e-9 ? values : null;
}

/** Prepares a metric of an arm for resampling. Rows must be those of the metric's groups. */
export function resampled(metric: Metric, arm: Arm, seeds: readonly number[]): ResampledMetric {
  const perSeed = seeds.map((seed) => metricOnDraw(metric, arm.get(seed) ?? []));
  return (seedDraw, itemDraw) => {
    let sum = 0;
    for (let i = 0; i < seedDraw.length; i++) {
      const value = perSeed[seedDraw[i] as number]?.(itemDraw) ?? null;
      if (value === null) return null;
      sum += value;
    }
    return seedDraw.length === 0 ? null : sum / seedDraw.length;
  };
}

function metricOnDraw(metric: Metric, rows: readonly GradedItem[]): (itemDraw: ArrayLike<number>) => number | null {
  const values = itemValues(metric, rows);
  if (values === null) {
    return (draw) => metric.aggregate(Array.from(draw, (index) => rows[index] as GradedItem));
  }
  return (draw) => {
    let sum = 0;
    let n = 0;
    for (let i = 0; i < draw.length; i++) {
      const value = values[draw[i] as number];
      if (value === null || value === undefined) continue;
      sum += value;
      n++;
    }
    return n === 0 ? null : sum / n;
  };
}

/**
 * 95 % interval of a metric of an arm, drawing seeds and items anew; of a single seed, as `metricInterval` has it. Rows
 * must be those of the metric's groups. `null` without seeds, and where too few replies could be judged.
 */
export function armInterval(metric: Metric, arm: Arm, resamples?: number): Interval | null {
  const [first = []] = arm.values();
  if (arm.size === 1) return metricInterval(metric, first);
  const onDraw = resampled(metric, arm, [...arm.keys()]);
  return bootstrap(([seedDraw, itemDraw]) => onDraw(seedDraw as Int32Array, itemDraw as Int32Array), {
    sizes: [arm.size, first.length],
    resamples,
    seed: 0,
  });
}

/**
 * 95 % interval of a metric over one set of graded items: Wilson's for a share of items, else bootstrapped; `null` where
 * too few replies could be judged for one.
 */
export function metricInterval(metric: Metric, rows: readonly GradedItem[]): Interval | null {
  const values = itemValues(metric, rows)?.filter((value) => value !== null);
  if (values?.every((value) => value === 0 || value === 1)) {
    return wilson(values.filter((value) => value === 1).length, values.length);
  }
  const onDraw = metricOnDraw(metric, rows);
  return bootstrap(([draw]) => onDraw(draw as Int32Array), { sizes: [rows.length], seed: 0 });
}
