import { describe, expect, test } from "vitest";
import { batchOrder } from "../../src/engine/train/dataOrder.ts";
import { recipe } from "../../src/engine/train/recipe.ts";
import { learningRateAt } from "../../src/engine/train/schedule.ts";
import { random } from "../../src/util/random.ts";

const rates = (schedule: "linear" | "constant" | "cosine", warmupSteps: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, step) =>
    learningRateAt(recipe({ learningRate: 1, schedule, warmupSteps }), step, steps),
  );

const expectClose = (actual: number[], expected: number[]): void => {
  expect(actual).toHaveLength(expected.length);
  for (const [step, rate] of actual.entries()) {
    expect(rate, `step ${step}`).toBeCloseTo(expected[step] as number, 12);
  }
};

describe("the learning rate", () => {
  test("rises linearly over the warm-up, then stays", () => {
    expectClose(rates("constant", 4, 7), [0.25, 0.5, 0.75, 1, 1, 1, 1]);
  });

  test("falls linearly to zero after the last step", () => {
    expectClose(rates("linear", 2, 6), [0.5, 1, 1, 0.75, 0.5, 0.25]);
    expectClose(rates("linear", 0, 4), [1, 0.75, 0.5, 0.25]);
  });

  test("falls along half a cosine", () => {
    const half = Math.SQRT1_2 / 2;
    expectClose(rates("cosine", 0, 4), [1, 0.5 + half, 0.5, 0.5 - half]);
    expectClose(rates("cosine", 2, 6), [0.5, 1, 1, 0.5 + half, 0.5, 0.5 - half]);
  });

  test("of a warm-up longer than the training only rises", () => {
    expectClose(rates("linear", 10, 3), [0.1, 0.2, 0.3]);
  });
});

describe("the order of the data", () => {
  const stream = random("lengths");
  const lengths = Array.from({ length: 203 }, () => stream.integer(3, 60));

  test.each([
    [203, 8],
    [203, 32],
    [64, 8],
    [5, 8],
    [1, 1],
    [203, 1],
  ])("has every one of %i rows once, in batches of %i, only the last short", (rows, batchSize) => {
    const batches = batchOrder(lengths.slice(0, rows), batchSize, 1, 0);
    expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
    const short = rows % batchSize;
    const full = Math.floor(rows / batchSize);
    expect(batches.map(({ length }) => length)).toEqual([
      ...new Array(full).fill(batchSize),
      ...(short ? [short] : []),
    ]);
  });

  test("is the same for the same seed and epoch, and differs for others", () => {
    const order = (seed: number, epoch: number): string => JSON.stringify(batchOrder(lengths, 8, seed, epoch));
    expect(order(1, 0)).toBe(order(1, 0));
    expect(new Set([order(1, 0), order(1, 1), order(2, 0), order(2, 1)]).size).toBe(4);
  });

  test("puts rows of like length together, and does not go from short to long", () => {
    const batches = batchOrder(lengths, 8, 3, 0);
    const padding = (groups: number[][]): number =>
      groups
        .map((rows) => rows.map((row) => lengths[row] as number))
        .reduce((sum, sizes) => sum + sizes.length * Math.max(...sizes) - sizes.reduce((a, b) => a + b, 0), 0);
    const unsorted = Array.from({ length: 26 }, (_, i) => lengths.map((_, row) => row).slice(8 * i, 8 * i + 8));
    expect(padding(batches)).toBeLessThan(0.4 * padding(unsorted));
    const first = batches.map((rows) => lengths[rows[0] as number] as number);
    expect(first).not.toEqual([...first].sort((a, b) => a - b));
  });
});
