import { expect, test } from "vitest";
import { pairedDifference } from "../../src/stats/pairedDifference.ts";
import { random } from "../../src/util/random.ts";

const options = { seed: 1 };
const stream = random(1, "scores");
const scores = Array.from({ length: 4 }, () => Array.from({ length: 30 }, () => stream.normal()));
const plus = (change: number) => scores.map((row) => row.map((score) => score + change));

test("pairing removes what seeds and items have in common", () => {
  const result = pairedDifference(scores, plus(0.5), options);
  expect(result?.mean).toBeCloseTo(0.5, 12);
  expect(result?.interval[0]).toBeCloseTo(0.5, 12);
  expect(result?.interval[1]).toBeCloseTo(0.5, 12);
});

test("the direction is after minus before", () => {
  expect(pairedDifference(plus(1), plus(0.25), options)?.mean).toBeCloseTo(-0.75, 12);
});

test("a single row stands for every seed", () => {
  const initial = scores.slice(0, 1);
  const repeated = scores.map(() => scores[0] as number[]);
  expect(pairedDifference(initial, plus(1), options)).toEqual(pairedDifference(repeated, plus(1), options));
  expect(pairedDifference(plus(1), initial, options)?.mean).toBeCloseTo(
    -(pairedDifference(initial, plus(1), options)?.mean ?? Number.NaN),
    12,
  );
});

test("replies that could not be judged are left out within their seed", () => {
  expect(pairedDifference([[0, null, 0, 0, 0, 0]], [[1, 1, null, 1, 1, 1]], options)).toEqual({
    mean: 1,
    interval: [1, 1],
  });
  expect(pairedDifference([[null, null]], [[1, 1]], options)).toBeNull();
  expect(pairedDifference([], [], options)).toBeNull();
  expect(pairedDifference([[]], [[]], options)).toBeNull();
});

test.each([
  ["seeds", [[1], [1]], [[1], [1], [1]], /expected 1 or 3 seeds in "before", got 2/],
  ["no seeds", [], [[1]], /expected 1 or 1 seeds in "before", got 0/],
  ["items", [[1, 2]], [[1, 2], [1]], /expected 2 items, got 1 in "after", row 1/],
])("refuses arms that differ in %s", (_, before, after, message) => {
  expect(() => pairedDifference(before, after, options)).toThrow(message);
});
