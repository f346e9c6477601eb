import type { Resampling } from "./bootstrap.ts";
import { type HierarchicalDraw, hierarchicalBootstrap, wholeDraw } from "./hierarchicalBootstrap.ts";
import { mean } from "./mean.ts";
import { quantile } from "./quantile.ts";

/** What one trait did when one prompt was trained with: M_0 is the initial model, M_ip the inoculated one. */
export interface FactorPoint {
  /** T(M_ip, neutral) - T(M_0, neutral): the change in the neutral context, one value per training seed. */
  neutralChanges: readonly number[];
  /** T(M_ip, ip) - T(M_0, ip): the change in the inoculating context, of the same seeds. */
  promptedChanges: readonly number[];
  /** 95 % interval of the mean of `promptedChanges`. Holds it 0, the point says nothing about the factor. */
  promptedInterval: readonly [number, number];
  /** Points of one training (its traits) share a group: they are drawn together, with the same seeds. Absent: its own. */
  group?: string;
}

export interface InoculationFactor {
  /** Slope of neutral on prompted change, through the origin. */
  k: number | null;
  /** 95 % interval of `k`. */
  interval: [number, number] | null;
  /** Median over the points of neutral / prompted change. */
  medianRatio: number | null;
  /** Points whose prompted change is known to differ from 0, and those left out. */
  kept: number;
  dropped: number;
  /** Groups that the kept points are in: what the interval is resampled from. */
  groups: number;
  /** Why `k` or `interval` is null. */
  reason?: string;
}

/**
 * The factor of the inoculation prompting paper's theory (Wichers et al., arXiv 2510.05024):
 * k = [T(M_ip, neutral) - T(M_0, neutral)] / [T(M_ip, ip) - T(M_0, ip)], the share of the change under the training
 * prompt that carries over to the neutral one. Points whose denominator's interval holds 0 are dropped and counted.
 *
 * The headline is the least-squares slope through the origin, sum(x y) / sum(x^2), which is the mean of the ratios
 * weighted by x^2. A ratio's error grows as its denominator x shrinks, so that a plain mean would be ruled by the points
 * that say least; the slope also stays defined when a resample moves one denominator through 0. Error in x pulls it
 * slightly towards 0; the median ratio, reported beside it, shows whether few large points rule it.
 *
 * The interval is a percentile bootstrap that draws groups of points, and within each drawn group its training seeds.
 * One group with one seed has none.
 *
 * @throws RangeError where the seeds of a point, or of a group's points, do not match
 */
export function inoculationFactor(points: readonly FactorPoint[], resampling: Resampling): InoculationFactor {
  points.forEach(assertPoint);
  const kept = points.filter(({ promptedInterval: [low, high] }) => low > 0 || high < 0);
  const groups = grouped(kept);
  const counts = { kept: kept.length, dropped: points.length - kept.length, groups: groups.length };
  if (kept.length === 0) {
    const reason = points.length === 0 ? "there are no points" : "every point's change under the prompt may be 0";
    return { k: null, interval: null, medianRatio: null, ...counts, reason };
  }
  const hierarchy = { seedsPerBase: groups.map((group) => (group[0] as FactorPoint).neutralChanges.length), items: 1 };
  const statistic = (draw: HierarchicalDraw): number | null => slope(draw, groups);
  const found = { k: statistic(wholeDraw(hierarchy)), medianRatio: median(kept.map(ratio)), ...counts };
  if (groups.length === 1 && hierarchy.seedsPerBase[0] === 1) {
    return { ...found, interval: null, reason: "one training alone has no interval" };
  }
  const interval = hierarchicalBootstrap(statistic, { ...hierarchy, ...resampling });
  return interval === null
    ? { ...found, interval, reason: "the slope is not defined for most resamples" }
    : { ...found, interval };
}

/** Of the drawn groups' points, each at its mean over the drawn seeds. */
function slope({ bases }: HierarchicalDraw, groups: readonly (readonly FactorPoint[])[]): number | null {
  let xy = 0;
  let xx = 0;
  for (const { base, seeds } of bases) {
    for (const { neutralChanges, promptedChanges } of groups[base] as readonly FactorPoint[]) {
      const x = drawnMean(promptedChanges, seeds);
      xy += x * drawnMean(neutralChanges, seeds);
      xx += x * x;
    }
  }
  return xx === 0 ? null : xy / xx;
}

function drawnMean(values: readonly number[], draw: Int32Array): number {
  let sum = 0;
  for (const index of draw) sum += values[index] as number;
  return sum / draw.length;
}

function ratio({ neutralChanges, promptedChanges }: FactorPoint): number {
  return (mean(neutralChanges) as number) / (mean(promptedChanges) as number);
}

function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

function grouped(points: readonly FactorPoint[]): FactorPoint[][] {
  const named = new Map<string, FactorPoint[]>();
  const groups: FactorPoint[][] = [];
  for (const point of points) {
    const group = point.group === undefined ? undefined : named.get(point.group);
    if (group === undefined) {
      const started = [point];
      groups.push(started);
      if (point.group !== undefined) named.set(point.group, started);
      continue;
    }
    const [expected, got] = [group[0]?.neutralChanges.length, point.neutralChanges.length];
    if (expected !== got)
      throw new RangeError(`inoculationFactor: expected ${expected} seeds in group "${point.group}", got ${got}`);
    group.push(point);
  }
  return groups;
}

function assertPoint(
  { neutralChanges, promptedChanges, promptedInterval: [low, high] }: FactorPoint,
  index: number,
): void {
  const where = `inoculationFactor: point ${index}`;
  if (neutralChanges.length === 0 || neutralChanges.length !== promptedChanges.length) {
    const got = `${neutralChanges.length} and ${promptedChanges.length}`;
    throw new RangeError(`${where}: expected both changes for each of at least one seed, got ${got} values`);
  }
  if (![...neutralChanges, ...promptedChanges].every(Number.isFinite))
    throw new RangeError(`${where}: expected finite changes`);
  const prompted = mean(promptedChanges) as number;
  if (!(low <= high)) throw new RangeError(`${where}: expected an interval [low, high], got [${low}, ${high}]`);
  if ((low > 0 && prompted <= 0) || (high < 0 && prompted >= 0))
    throw new RangeError(`${where}: expected an interval of the mean ${prompted}, got [${low}, ${high}]`);
}
