import { expect, test } from "vitest";
import { areaUnderCurve } from "../../src/stats/areaUnderCurve.ts";

const scored = (positives: number[], negatives: number[]) => [
  ...positives.map((score) => ({ score, positive: true })),
  ...negatives.map((score) => ({ score, positive: false })),
];

// Mann and Whitney's U over the number of pairs.
test.each([
  [[0.9, 0.8], [0.1, 0.2, 0.3], 1],
  [[0.1, 0.2], [0.8, 0.9], 0],
  [[0.9, 0.4, 0.35, 0.8], [0.5, 0.1, 0.35], 9.5 / 12],
  [[0.5, 0.5], [0.5], 0.5],
])("is the share of pairs in which the positive scores higher: %j against %j", (positives, negatives, expected) => {
  expect(areaUnderCurve(scored(positives, negatives))).toBeCloseTo(expected, 12);
});

test("needs both kinds", () => {
  expect(areaUnderCurve(scored([0.5], []))).toBeNull();
  expect(areaUnderCurve(scored([], [0.5]))).toBeNull();
});
