import { describe, expect, test } from "vitest";
import { bootstrap, quantile } from "../../src/stats/bootstrap.ts";
import { mean } from "../../src/stats/mean.ts";
import { correlationInterval, pearson } from "../../src/stats/pearson.ts";
import { ranks, spearman } from "../../src/stats/spearman.ts";
import { standardError } from "../../src/stats/standardError.ts";
import { wilson } from "../../src/stats/wilson.ts";

// Reference values: SciPy 1.17.1 (stats.pearsonr with confidence_interval, spearmanr, rankdata, sem,
// binomtest(k, n).proportion_ci(method="wilson"), bootstrap(method="percentile", n_resamples=200000)) and NumPy 2.4.6.
const x = [0.97, 0.6, 0.3, 0.3, 0.05, 0.12, 0.9, 0.45];
const y = [0.19, 0.5, 0.89, 0.81, 0.97, 0.97, 0.22, 0.7];

describe("against SciPy", () => {
  test("mean and standard error", () => {
    expect(mean(x)).toBeCloseTo(0.46125, 14);
    expect(standardError(x)).toBeCloseTo(0.12014035690450922, 14);
  });

  test("Pearson with Fisher's interval", () => {
    expect(pearson(x, y)).toBeCloseTo(-0.9897567874945189, 13);
    const [low, high] = correlationInterval(-0.9897567874945189, 8) as [number, number];
    expect(low).toBeCloseTo(-0.9982178624562429, 12);
    expect(high).toBeCloseTo(-0.9422852259445198, 12);
  });

  test("Spearman shares ranks between ties", () => {
    expect(ranks(x)).toEqual([8, 6, 3.5, 3.5, 1, 2, 7, 5]);
    expect(ranks(y)).toEqual([1, 3, 6, 5, 7.5, 7.5, 2, 4]);
    expect(spearman(x, y)).toBeCloseTo(-0.9879518072289155, 13);
  });

  test.each([
    [0, 10, 0, 0.27753279986288926],
    [7, 10, 0.39677814746114526, 0.892208732593699],
    [10, 10, 0.7224672001371109, 1],
    [285, 300, 0.9191529665272559, 0.9694683593706527],
  ])("Wilson's interval of %i in %i", (successes, n, low, high) => {
    expect(wilson(successes, n)[0]).toBeCloseTo(low, 13);
    expect(wilson(successes, n)[1]).toBeCloseTo(high, 13);
  });

  test("quantiles", () => {
    const sorted = [...x].sort((a, b) => a - b);
    expect([0.025, 0.1, 0.5, 0.975].map((p) => quantile(sorted, p))).toEqual(
      [0.06225, 0.099, 0.375, 0.95775].map((value) => expect.closeTo(value, 14)),
    );
  });

  test("bootstrapped interval of a mean", () => {
    const interval = bootstrap(([draw]) => mean(Array.from(draw ?? [], (i) => x[i] as number)), {
      sizes: [x.length],
      resamples: 20_000,
      seed: 1,
    }) as [number, number];
    expect(interval[0]).toBeCloseTo(0.24875, 1.8);
    expect(interval[1]).toBeCloseTo(0.68875, 1.8);
  });
});

describe("where there is nothing to say", () => {
  test("no standard error of fewer than two values, and never NaN", () => {
    expect(standardError([])).toBeNull();
    expect(standardError([0.4])).toBeNull();
    expect(mean([])).toBeNull();
  });

  test("no correlation without variation, pairs or enough points", () => {
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNull();
    expect(pearson([1], [2])).toBeNull();
    expect(spearman([], [])).toBeNull();
    expect(correlationInterval(0.5, 3)).toBeNull();
    expect(correlationInterval(1, 9)).toEqual([1, 1]);
    expect(() => pearson([1, 2], [1])).toThrow(RangeError);
  });

  test("no interval where the statistic is mostly undefined", () => {
    expect(bootstrap(() => null, { sizes: [4], seed: 1 })).toBeNull();
    expect(bootstrap(() => 1, { sizes: [0, 4], seed: 1 })).toBeNull();
  });
});

test("the bootstrap is a pure function of its seed", () => {
  const statistic = ([draw]: readonly Int32Array[]) => mean(Array.from(draw ?? [], (i) => x[i] as number));
  const once = bootstrap(statistic, { sizes: [8], seed: 3 });
  expect(bootstrap(statistic, { sizes: [8], seed: 3 })).toEqual(once);
  expect(bootstrap(statistic, { sizes: [8], seed: 4 })).not.toEqual(once);
});
