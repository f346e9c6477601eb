import { bootstrap, type Resampling } from "./bootstrap.ts";
import { everyIndex } from "./drawIndices.ts";
import { mean } from "./mean.ts";

/** Scores of one arm, [seed][item]; `null` where a reply could not be judged. */
export type Scores = readonly (readonly (number | null)[])[];

/**
 * Mean score of `after` minus that of `before`, with its 95 % interval over crossed seeds and items: both arms have the
 * same items in the same order and, row by row, the same seeds. An arm that no seed changes (the initial model) has a
 * single row, which stands for every seed. Within a seed, the mean is over the items that could be judged.
 * `null` where some arm has no score at all, or where most resamples have none.
 */
export function pairedDifference(
  before: Scores,
  after: Scores,
  resampling: Resampling,
): { mean: number; interval: [number, number] } | null {
  const seeds = Math.max(before.length, after.length);
  const items = (before[0] ?? after[0])?.length ?? 0;
  for (const [name, arm] of Object.entries({ before, after })) {
    if (arm.length !== seeds && arm.length !== 1)
      throw new RangeError(`pairedDifference: expected 1 or ${seeds} seeds in "${name}", got ${arm.length}`);
    const odd = arm.findIndex((row) => row.length !== items);
    if (odd < 0) continue;
    throw new RangeError(`pairedDifference: expected ${items} items, got ${arm[odd]?.length} in "${name}", row ${odd}`);
  }
  const difference = (seedDraw: ArrayLike<number>, itemDraw: ArrayLike<number>): number | null => {
    const high = drawnMean(after, seedDraw, itemDraw);
    const low = drawnMean(before, seedDraw, itemDraw);
    return high === null || low === null ? null : high - low;
  };
  const whole = difference(everyIndex(seeds), everyIndex(items));
  const interval = bootstrap(
    ([seedDraw = [], itemDraw = []]: readonly ArrayLike<number>[]) => difference(seedDraw, itemDraw),
    { ...resampling, sizes: [seeds, items] },
  );
  return whole === null || interval === null ? null : { mean: whole, interval };
}

/** Mean over drawn seeds of the mean over drawn items; `null` where a seed has no score. */
function drawnMean(scores: Scores, seedDraw: ArrayLike<number>, itemDraw: ArrayLike<number>): number | null {
  const drawnRows = scores.length === 1 ? [0] : Array.from(seedDraw);
  const means: number[] = [];
  for (const row of drawnRows) {
    const one = judgedMean(scores[row] ?? [], itemDraw);
    if (one === null) return null;
    means.push(one);
  }
  return mean(means);
}

function judgedMean(row: readonly (number | null)[], itemDraw: ArrayLike<number>): number | null {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < itemDraw.length; i++) {
    const score = row[itemDraw[i] as number] ?? null;
    if (score === null) continue;
    sum += score;
    n++;
  }
  return n === 0 ? null : sum / n;
}
