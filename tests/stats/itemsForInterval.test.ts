import { expect, it } from "vitest";
import { itemsForInterval } from "../../src/stats/itemsForInterval.ts";
import { normalQuantile } from "../../src/stats/normalQuantile.ts";
import { NORMAL_975, wilson } from "../../src/stats/wilson.ts";

it("is the first number of items whose widest interval is narrow enough", () => {
  for (const halfWidth of [0.2, 0.1, 0.05, 0.02]) {
    const n = itemsForInterval(halfWidth);
    const widest = (items: number): number => {
      // The score interval of a rate of one half, for odd numbers of items too.
      const [low, high] =
        items % 2 === 0 ? wilson(items / 2, items) : [0, NORMAL_975 / Math.sqrt(items + NORMAL_975 ** 2)];
      return (high - low) / 2;
    };
    expect(widest(n)).toBeLessThanOrEqual(halfWidth + 1e-9);
    expect(widest(n - 1)).toBeGreaterThan(halfWidth);
  }
  expect(itemsForInterval(0.05)).toBe(381);
});

it("needs more items for a higher level", () => {
  expect(itemsForInterval(0.05, { level: 0.99 })).toBeGreaterThan(itemsForInterval(0.05));
});

it("refuses what is no half-width", () => {
  expect(() => itemsForInterval(0)).toThrow(/half-width between 0 and 0.5, got 0/);
  expect(() => itemsForInterval(5)).toThrow(/got 5/);
});

it("has the quantiles of the normal distribution", () => {
  expect(normalQuantile(0.975)).toBeCloseTo(NORMAL_975, 9);
  expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
  expect(normalQuantile(0.0001)).toBeCloseTo(-3.719016485455709, 7);
  expect(normalQuantile(1 - 1e-6)).toBeCloseTo(4.753424308822899, 6);
  expect(() => normalQuantile(1)).toThrow(RangeError);
});
