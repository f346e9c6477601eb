import { describe, expect, test } from "vitest";
import { bootstrap } from "../../src/stats/bootstrap.ts";
import {
  type HierarchicalDraw,
  hierarchicalBootstrap,
  meanOverBases,
  wholeDraw,
} from "../../src/stats/hierarchicalBootstrap.ts";
import { mean } from "../../src/stats/mean.ts";
import { random } from "../../src/util/random.ts";

/** Scores [base][seed][item] of a model with known standard deviations of each component; its true mean is 0. */
interface Components {
  base: number;
  seed: number;
  item: number;
  noise: number;
}

function simulated(key: number, seedsPerBase: readonly number[], items: number, sd: Components): number[][][] {
  const stream = random(key, "components");
  const difficulty = Array.from({ length: items }, () => sd.item * stream.normal());
  return seedsPerBase.map((seeds) => {
    const level = sd.base * stream.normal();
    return Array.from({ length: seeds }, () => {
      const luck = level + sd.seed * stream.normal();
      return difficulty.map((item) => luck + item + sd.noise * stream.normal());
    });
  });
}

function meanScore(scores: number[][][]): (draw: HierarchicalDraw) => number | null {
  return (draw) =>
    meanOverBases(draw, ({ base, seeds }, items) => {
      let sum = 0;
      for (const seed of seeds) for (const item of items) sum += scores[base]?.[seed]?.[item] ?? Number.NaN;
      return sum / (seeds.length * items.length);
    });
}

const width = (interval: [number, number] | null): number =>
  interval === null ? Number.NaN : interval[1] - interval[0];

/** Share of simulated experiments whose interval holds the true mean. */
function coverage(seedsPerBase: readonly number[], items: number, sd: Components): number {
  const experiments = 300;
  let covered = 0;
  for (let key = 0; key < experiments; key++) {
    const scores = simulated(key, seedsPerBase, items, sd);
    const options = { seedsPerBase, items, resamples: 400, seed: key };
    const [low, high] = hierarchicalBootstrap(meanScore(scores), options) as [number, number];
    if (low <= 0 && 0 <= high) covered++;
  }
  return covered / experiments;
}

describe("coverage where every component varies", () => {
  test.each([
    { seedsPerBase: [4, 4, 4, 4, 4, 4, 4, 4], items: 20, base: 0.05 },
    { seedsPerBase: [3, 3, 3, 3, 3], items: 40, base: 0.03 },
    { seedsPerBase: [5], items: 40, base: 0 },
  ])("$seedsPerBase seeds, $items items", ({ seedsPerBase, items, base }) => {
    const share = coverage(seedsPerBase, items, { base, seed: 0.04, item: 0.3, noise: 0.2 });
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThanOrEqual(0.99);
  });

  test("few bases that make all the variance are covered as a bootstrap over five values covers, not better", () => {
    const share = coverage([2, 2, 2, 2, 2], 3, { base: 1, seed: 0, item: 0, noise: 0 });
    expect(share).toBeGreaterThan(0.78);
    expect(share).toBeLessThan(0.9);
  });
});

describe("levels that do not vary add nothing", () => {
  const options = { resamples: 4000, seed: 5 };

  test("variance between bases only: the interval of a bootstrap over base means", () => {
    const seedsPerBase = [3, 3, 3, 3, 3, 3];
    const scores = simulated(1, seedsPerBase, 8, { base: 1, seed: 0, item: 0, noise: 0 });
    const levels = scores.map((rows) => rows[0]?.[0] as number);
    const nested = hierarchicalBootstrap(meanScore(scores), { ...options, seedsPerBase, items: 8 });
    const flat = bootstrap(([draw]) => mean(Array.from(draw ?? [], (base) => levels[base] as number)), {
      ...options,
      sizes: [6],
    });
    expect(width(nested) / width(flat)).toBeCloseTo(1, 1);
  });

  test("variance between items only: the interval of a bootstrap over items", () => {
    const scores = simulated(2, [3, 3], 50, { base: 0, seed: 0, item: 1, noise: 0 });
    const values = scores[0]?.[0] as number[];
    const nested = hierarchicalBootstrap(meanScore(scores), { ...options, seedsPerBase: [3, 3], items: 50 });
    const flat = bootstrap(([draw]) => mean(Array.from(draw ?? [], (item) => values[item] as number)), {
      ...options,
      sizes: [50],
    });
    expect(width(nested) / width(flat)).toBeCloseTo(1, 1);
  });

  test("one base: the interval of crossed seeds and items", () => {
    const scores = simulated(3, [5], 30, { base: 9, seed: 0.3, item: 1, noise: 0.5 });
    const nested = hierarchicalBootstrap(meanScore(scores), { ...options, seedsPerBase: [5], items: 30 });
    const crossed = bootstrap(
      ([seeds = new Int32Array(), items = new Int32Array()]) =>
        meanScore(scores)({ bases: [{ base: 0, seeds }], items }),
      { ...options, sizes: [5, 30] },
    );
    expect(width(nested) / width(crossed)).toBeCloseTo(1, 1);
  });

  test("nothing varies: no width", () => {
    const scores = simulated(4, [2, 2], 4, { base: 0, seed: 0, item: 0, noise: 0 });
    expect(hierarchicalBootstrap(meanScore(scores), { ...options, seedsPerBase: [2, 2], items: 4 })).toEqual([0, 0]);
  });
});

describe("draws", () => {
  const seedsPerBase = [2, 5, 1];

  test("as many bases, seeds within each, and items as there are, all within bounds", () => {
    const seen = new Set<string>();
    hierarchicalBootstrap(
      ({ bases, items }) => {
        expect(bases).toHaveLength(3);
        expect(items).toHaveLength(4);
        expect([...items].every((item) => item >= 0 && item < 4)).toBe(true);
        for (const { base, seeds } of bases) {
          expect(seeds).toHaveLength(seedsPerBase[base] as number);
          for (const seed of seeds) seen.add(`${base}/${seed}`);
        }
        return 0;
      },
      { seedsPerBase, items: 4, resamples: 200, seed: 1 },
    );
    expect([...seen].sort()).toEqual(["0/0", "0/1", "1/0", "1/1", "1/2", "1/3", "1/4", "2/0"]);
  });

  test("a base drawn twice draws its seeds twice", () => {
    let apart = 0;
    hierarchicalBootstrap(
      ({ bases: [first, second] }) => {
        if (first?.base === second?.base && String(first?.seeds) !== String(second?.seeds)) apart++;
        return 0;
      },
      { seedsPerBase: [6, 6], items: 1, resamples: 100, seed: 1 },
    );
    expect(apart).toBeGreaterThan(30);
  });

  test("one draw serves all arms: a constant difference has no width", () => {
    const scores = simulated(6, seedsPerBase, 12, { base: 1, seed: 1, item: 1, noise: 1 });
    const shifted = scores.map((rows) => rows.map((row) => row.map((score) => score + 0.25)));
    const [before, after] = [meanScore(scores), meanScore(shifted)];
    const interval = hierarchicalBootstrap((draw) => (after(draw) ?? 0) - (before(draw) ?? 0), {
      seedsPerBase,
      items: 12,
      seed: 1,
    }) as [number, number];
    expect(interval[0]).toBeCloseTo(0.25, 12);
    expect(interval[1]).toBeCloseTo(0.25, 12);
  });

  test("bases weigh the same, however many seeds they have", () => {
    const scores = seedsPerBase.map((seeds, base) => Array.from({ length: seeds }, () => [base]));
    expect(meanScore(scores)(wholeDraw({ seedsPerBase, items: 1 }))).toBe(1);
  });

  test("a pure function of its seed", () => {
    const scores = simulated(7, seedsPerBase, 6, { base: 1, seed: 1, item: 1, noise: 1 });
    const interval = (seed: number) => hierarchicalBootstrap(meanScore(scores), { seedsPerBase, items: 6, seed });
    expect(interval(3)).toEqual(interval(3));
    expect(interval(3)).not.toEqual(interval(4));
  });
});

describe("where there is nothing to say", () => {
  const options = { seedsPerBase: [3, 3, 3], items: 5, seed: 1 };

  test("a statistic that is undefined now and then is left out; often, and there is no interval", () => {
    const undefinedOn = (share: number) => {
      let calls = 0;
      return hierarchicalBootstrap(() => (calls++ % 100 < share * 100 ? null : 1), options);
    };
    expect(undefinedOn(0.05)).toEqual([1, 1]);
    expect(undefinedOn(0.06)).toBeNull();
    expect(hierarchicalBootstrap(() => Number.NaN, options)).toBeNull();
  });

  test("a base without a value leaves the mean undefined", () => {
    const draw = wholeDraw(options);
    expect(meanOverBases(draw, ({ base }) => (base === 1 ? null : 1))).toBeNull();
  });

  test("no bases, seeds or items", () => {
    expect(hierarchicalBootstrap(() => 1, { ...options, seedsPerBase: [] })).toBeNull();
    expect(hierarchicalBootstrap(() => 1, { ...options, seedsPerBase: [3, 0] })).toBeNull();
    expect(hierarchicalBootstrap(() => 1, { ...options, items: 0 })).toBeNull();
  });

  test("resamples must be a positive whole number", () => {
    for (const resamples of [0, -1, 1.5, Number.NaN]) {
      expect(() => hierarchicalBootstrap(() => 1, { ...options, resamples })).toThrow(/positive whole number/);
    }
  });
});
