import { describe, expect, test } from "vitest";
import { bootstrap } from "../../src/stats/bootstrap.ts";
import { mean } from "../../src/stats/mean.ts";
import { correlationInterval, pearson } from "../../src/stats/pearson.ts";
import { quantile } from "../../src/stats/quantile.ts";
import { ranks, spearman, spearmanInterval } from "../../src/stats/spearman.ts";
import { standardError } from "../../src/stats/standardError.ts";
import { wilson } from "../../src/stats/wilson.ts";
import { random } from "../../src/util/random.ts";

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
    expect(spearmanInterval(0.5, 3)).toBeNull();
    expect(spearmanInterval(1, 3)).toBeNull();
  });

  test("no interval where the statistic is mostly undefined", () => {
    expect(bootstrap(() => null, { sizes: [4], seed: 1 })).toBeNull();
    expect(bootstrap(() => 1, { sizes: [0, 4], seed: 1 })).toBeNull();
  });
});

describe("numbers that are none are refused, with the place", () => {
  test.each([
    [() => mean([1, Number.NaN]), /got NaN at index 1 of 2/],
    [() => standardError([1, Number.POSITIVE_INFINITY]), /got Infinity at index 1/],
    [() => mean([1e308, 1e308]), /a sum that overflows/],
    [() => pearson([1, 2], [1]), /got 2 and 1 values/],
    [() => pearson([1, Number.NaN], [1, 2]), /got NaN/],
    [() => correlationInterval(1.2, 9), /from -1 to 1, got 1.2/],
    [() => correlationInterval(Number.NaN, 9), /got NaN/],
    [() => wilson(4, 3), /got 4 of 3/],
    [() => wilson(-1, 3), /got -1 of 3/],
    [() => wilson(0.5, 3), /got 0.5 of 3/],
    [() => quantile([], 0.5), /at least one value/],
    [() => quantile([1, 2], 1.5), /got 1.5/],
  ])("%s", (call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});

describe("values that differ by rounding only", () => {
  test("are ties", () => {
    const sums = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1];
    expect(sums[0]).not.toBe(sums[1]);
    expect(ranks([...sums, 0.1])).toEqual([2.5, 2.5, 1]);
    expect(ranks([1e-300, 2e-300, 0])).toEqual([2, 3, 1]);
  });

  test("do not vary", () => {
    expect(pearson([0.1 + 0.2, 0.3, 0.3], [1, 2, 3])).toBeNull();
    expect(spearman([0.1 + 0.2, 0.3, 0.3], [1, 2, 3])).toBeNull();
  });
});

describe("Spearman's interval", () => {
  test("is Fisher's z with Bonett and Wright's variance", () => {
    // By hand: atanh(0.6) = ln 2, and the variance at n = 10 is 1.18 / 7.
    const half = 1.959963984540054 * Math.sqrt(1.18 / 7);
    expect(spearmanInterval(0.6, 10)).toEqual(
      [Math.log(2) - half, Math.log(2) + half].map((z) => expect.closeTo(Math.tanh(z), 12)),
    );
    expect(spearmanInterval(-0.6, 10)).toEqual(
      [-Math.log(2) - half, -Math.log(2) + half].map((z) => expect.closeTo(Math.tanh(z), 12)),
    );
  });

  test("of a perfect order has the width of the next one, and ends at the perfect order", () => {
    for (const n of [4, 5, 6, 10, 50]) {
      const swapped = Array.from({ length: n }, (_, index) => index);
      [swapped[0], swapped[1]] = [1, 0];
      const nearest = spearman(
        [...swapped].sort((a, b) => a - b),
        swapped,
      ) as number;
      const next = spearmanInterval(nearest, n) as [number, number];
      expect(spearmanInterval(1, n)).toEqual([expect.closeTo(next[0], 10), 1]);
      expect(spearmanInterval(-1, n)).toEqual([-1, expect.closeTo(-next[0], 10)]);
    }
  });

  test("holds the rho and widens with fewer points", () => {
    for (const rho of [-1, -0.99, -0.9, -0.2, 0, 0.5, 0.95, 1]) {
      let last = Number.POSITIVE_INFINITY;
      for (const n of [4, 6, 10, 30, 200]) {
        const [low, high] = spearmanInterval(rho, n) as [number, number];
        expect(low).toBeLessThanOrEqual(rho);
        expect(high).toBeGreaterThanOrEqual(rho);
        expect(high - low).toBeGreaterThan(0);
        expect(high - low).toBeLessThan(last);
        last = high - low;
      }
    }
  });

  test.each([
    [6, -0.9],
    [6, -0.6],
    [10, -0.9],
    [10, 0],
  ])("covers the true correlation of normal pairs: n %i, r %f", (n, r) => {
    // Pearson's (1907) relation between the two correlations of a bivariate normal.
    const truth = (6 / Math.PI) * Math.asin(r / 2);
    const stream = random("normal pairs", n, r * 10);
    const samples = 2000;
    let covered = 0;
    for (let sample = 0; sample < samples; sample++) {
      const xs = Array.from({ length: n }, () => stream.normal());
      const ys = xs.map((x) => r * x + Math.sqrt(1 - r * r) * stream.normal());
      const [low, high] = spearmanInterval(spearman(xs, ys) as number, n) as [number, number];
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / samples).toBeGreaterThan(0.935);
    expect(covered / samples).toBeLessThan(0.995);
  });
});

test("Pearson's interval of a perfect correlation has no width, as in SciPy", () => {
  expect(correlationInterval(1, 9)).toEqual([1, 1]);
  expect(correlationInterval(-1, 9)).toEqual([-1, -1]);
});

test("the bootstrap is a pure function of its seed", () => {
  const x = [0.97, 0.6, 0.3, 0.3, 0.05, 0.12, 0.9, 0.45];
  const statistic = ([draw]: readonly Int32Array[]) => mean(Array.from(draw ?? [], (i) => x[i] as number));
  const once = bootstrap(statistic, { sizes: [8], seed: 3 });
  expect(bootstrap(statistic, { sizes: [8], seed: 3 })).toEqual(once);
  expect(bootstrap(statistic, { sizes: [8], seed: 4 })).not.toEqual(once);
});
