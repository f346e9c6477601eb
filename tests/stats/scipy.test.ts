import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bootstrap, type Draw } from "../../src/stats/bootstrap.ts";
import { hierarchicalBootstrap, meanOverBases, wholeDraw } from "../../src/stats/hierarchicalBootstrap.ts";
import { inoculationFactor } from "../../src/stats/inoculationFactor.ts";
import { mean } from "../../src/stats/mean.ts";
import { pairedDifference } from "../../src/stats/pairedDifference.ts";
import { correlationInterval, pearson } from "../../src/stats/pearson.ts";
import { quantile } from "../../src/stats/quantile.ts";
import { ranks, spearman } from "../../src/stats/spearman.ts";
import { standardError } from "../../src/stats/standardError.ts";
import { wilson } from "../../src/stats/wilson.ts";

type Interval = [number, number];

/** Of many resamples by SciPy or NumPy, and how far `resamples` of them may be off by chance. */
interface Resampled {
  resamples: number;
  interval: Interval;
  deviation: Interval;
}

interface FactorCase extends Resampled {
  name: string;
  grouped: boolean;
  points: { group: number; neutral: number[]; prompted: number[]; interval: Interval }[];
  kept: number;
  dropped: number;
  groups: number;
  k: number;
  medianRatio: number;
}

interface Fixtures {
  samples: { name: string; values: number[]; mean: number; standardError: number }[];
  quantiles: { values: number[]; probabilities: number[]; quantiles: number[] }[];
  wilson: { successes: number; n: number; interval: Interval }[];
  pairs: {
    name: string;
    x: number[];
    y: number[];
    ranksX: number[];
    ranksY: number[];
    pearson: number | null;
    interval: Interval | null;
    spearman: number | null;
  }[];
  bootstraps: (Resampled & { statistic: string; data: number[][]; bca: Interval })[];
  crossed: (Resampled & { before: number[][]; after: number[][]; mean: number })[];
  hierarchical: (Resampled & { scores: number[][][]; mean: number })[];
  factors: FactorCase[];
}

const file = new URL("./fixtures/scipy.json", import.meta.url);
const fixtures = JSON.parse(readFileSync(file, "utf8")) as Fixtures;

/** Equal up to rounding, relative to the expected value's size. */
function expectClose(actual: number | null, expected: number | null, relative = 1e-12): void {
  if (actual === null || expected === null) {
    expect(actual).toBe(expected);
    return;
  }
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(
    relative * Math.max(Math.abs(expected), 1e-3),
  );
}

/** Both ends within five standard deviations of what chance does to them. */
function expectWithinChance(actual: Interval | null, { interval, deviation }: Resampled): void {
  if (actual === null) throw new Error("expected an interval, got null");
  for (const end of [0, 1] as const) {
    const message = `end ${end}: ${actual[end]} against ${interval[end]}, deviation ${deviation[end]}`;
    expect(Math.abs(actual[end] - interval[end]), message).toBeLessThan(5 * deviation[end]);
  }
}

describe("samples", () => {
  test.each(fixtures.samples)("$name", ({ values, mean: average, standardError: error }) => {
    expectClose(mean(values), average);
    expectClose(standardError(values), error);
  });

  test.each(fixtures.quantiles)("quantiles of $values.length values", ({ values, probabilities, quantiles }) => {
    for (const [index, probability] of probabilities.entries()) {
      expectClose(quantile(values, probability), quantiles[index] as number);
    }
  });

  test.each(fixtures.wilson)("Wilson's interval of $successes in $n", ({ successes, n, interval }) => {
    const [low, high] = wilson(successes, n);
    expectClose(low, interval[0]);
    expectClose(high, interval[1]);
  });
});

describe("pairs", () => {
  test.each(fixtures.pairs)("$name", ({ x, y, ranksX, ranksY, ...expected }) => {
    expect(ranks(x)).toEqual(ranksX);
    expect(ranks(y)).toEqual(ranksY);
    expectClose(pearson(x, y), expected.pearson);
    expectClose(pearson(y, x), expected.pearson);
    expectClose(spearman(x, y), expected.spearman);
    if (expected.pearson === null || expected.interval === null) return;
    const [low, high] = correlationInterval(expected.pearson, x.length) as Interval;
    expectClose(low, expected.interval[0], 1e-10);
    expectClose(high, expected.interval[1], 1e-10);
  });
});

const drawn = (values: readonly number[], draw: Draw): number[] =>
  Array.from(draw[0] as Int32Array, (index) => values[index] as number);

/** The statistics of the fixtures, by name, over the drawn rows of paired data. */
const STATISTICS: Record<string, (data: number[][], draw: Draw) => number | null> = {
  mean: ([x = []], draw) => mean(drawn(x, draw)),
  difference: ([x = [], y = []], draw) => (mean(drawn(y, draw)) ?? 0) - (mean(drawn(x, draw)) ?? 0),
  prevented: (data, draw) => {
    const [neutral, inoculated, clean] = data.map((values) => mean(drawn(values, draw))) as [number, number, number];
    return (neutral - inoculated) / (neutral - clean);
  },
  slope: ([x = [], y = []], draw) => {
    const ys = drawn(y, draw);
    const pairs = drawn(x, draw).map((value, index) => [value, ys[index] as number] as const);
    return pairs.reduce((sum, [a, b]) => sum + a * b, 0) / pairs.reduce((sum, [a]) => sum + a * a, 0);
  },
  pearson: ([x = [], y = []], draw) => pearson(drawn(x, draw), drawn(y, draw)),
};

describe("bootstrapped intervals", () => {
  test.each(fixtures.bootstraps)("$statistic, rows paired", (expected) => {
    const statistic = STATISTICS[expected.statistic] as (typeof STATISTICS)[string];
    const interval = bootstrap((draw) => statistic(expected.data, draw), {
      sizes: [expected.data[0]?.length ?? 0],
      resamples: expected.resamples,
      seed: 1,
    });
    expectWithinChance(interval, expected);
  });

  test("percentile and BCa intervals of the share prevented hardly differ", () => {
    const { interval, bca } = fixtures.bootstraps.find(({ statistic }) => statistic === "prevented") as Resampled & {
      bca: Interval;
    };
    const width = bca[1] - bca[0];
    for (const end of [0, 1] as const) expect(Math.abs(interval[end] - bca[end])).toBeLessThan(0.1 * width);
  });

  test.each(fixtures.crossed)("difference over crossed seeds and items", ({ before, after, ...expected }) => {
    const result = pairedDifference(before, after, { resamples: expected.resamples, seed: 1 });
    expectClose(result?.mean ?? null, expected.mean);
    expectWithinChance(result?.interval ?? null, expected);
  });

  test.each(fixtures.hierarchical)("mean over bases, their seeds, and items", ({ scores, ...expected }) => {
    const hierarchy = { seedsPerBase: scores.map((rows) => rows.length), items: scores[0]?.[0]?.length ?? 0 };
    const statistic = (draw: ReturnType<typeof wholeDraw>): number | null =>
      meanOverBases(draw, ({ base, seeds }, items) =>
        mean(Array.from(seeds, (seed) => mean(drawn(scores[base]?.[seed] ?? [], [items])) ?? Number.NaN)),
      );
    expectClose(statistic(wholeDraw(hierarchy)), expected.mean);
    const interval = hierarchicalBootstrap(statistic, { ...hierarchy, resamples: expected.resamples, seed: 1 });
    expectWithinChance(interval, expected);
  });
});

describe("the inoculation factor", () => {
  test.each(fixtures.factors)("$name", ({ points, grouped, resamples, ...expected }) => {
    const { interval, ...found } = inoculationFactor(
      points.map((point) => ({
        neutralChanges: point.neutral,
        promptedChanges: point.prompted,
        promptedInterval: point.interval,
        ...(grouped && { group: `training ${point.group}` }),
      })),
      { resamples, seed: 1 },
    );
    expectClose(found.k, expected.k);
    expectClose(found.medianRatio, expected.medianRatio);
    const { kept, dropped, groups } = expected;
    expect(found).toMatchObject({ kept, dropped, groups });
    expectWithinChance(interval, { ...expected, resamples });
  });
});
