import { expect, test } from "vitest";
import { createReservoir } from "../../../src/datasets/audit/sampleRows.ts";
import { random } from "../../../src/util/random.ts";

test("a sample never weighs more than it may, holds what fits, and says when items are left out", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const draws = random(seed, "weights");
    const size = draws.integer(1, 300);
    const largest = draws.integer(1, 12);
    const weights = Array.from({ length: draws.integer(1, 1000) }, () => draws.integer(0, largest));
    const sample = createReservoir<number>(size, seed, { most: 1000, of: (item) => weights[item] as number });
    for (const item of weights.keys()) {
      sample.add(item);
      const held = sample.items().reduce((sum, one) => sum + (weights[one] as number), 0);
      expect(held).toBeLessThanOrEqual(1000);
    }
    const items = sample.items();
    expect(items.length).toBeLessThanOrEqual(size);
    expect(items).toEqual([...new Set(items)].sort((a, b) => a - b));
    expect(items.every((item) => (weights[item] as number) <= 10)).toBe(true);
    expect(sample.sampled).toBe(items.length < weights.length);
  }
});

test("every item has the same chance, wherever it stands, when the weight is the limit", () => {
  const [items, rounds] = [200, 1500];
  const counts = new Float64Array(items);
  for (let seed = 1; seed <= rounds; seed++) {
    const sample = createReservoir<number>(items, seed, { most: 200, of: () => 2 });
    for (let item = 0; item < items; item++) sample.add(item);
    expect(sample.items()).toHaveLength(100);
    for (const item of sample.items()) counts[item] = (counts[item] as number) + 1;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / items;
  for (const count of counts) expect(Math.abs(count - mean)).toBeLessThan(5 * Math.sqrt(mean));
});
