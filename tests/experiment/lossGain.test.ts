import { expect, test } from "vitest";
import { lossContrast, lossGain } from "../../src/experiment/lossGain.ts";
import type { Scores } from "../../src/experiment/score.ts";

/** Replies of 10 tokens each; per row what the prompt adds to the log-probability of each token. */
function pair(gains: readonly number[]): { prompted: Scores; neutral: Scores } {
  const neutral = gains.map((_, row) => ({ logProb: -20 - row, tokens: 10 }));
  return { neutral, prompted: gains.map((gain, row) => ({ logProb: -20 - row + 10 * gain, tokens: 10 })) };
}

const varied = Array.from({ length: 64 }, (_, row) => 0.2 + (row % 2 === 0 ? 0.1 : -0.1));

test("the gain is per token, with an interval over the rows", () => {
  const { mean, interval } = lossGain(pair(varied)) ?? { mean: Number.NaN, interval: [0, 0] };
  expect(mean).toBeCloseTo(0.2, 12);
  // The standard error of 64 rows that lie 0.1 off is 0.0125.
  expect(interval[0]).toBeCloseTo(0.2 - 1.96 * 0.0125, 2);
  expect(interval[1]).toBeCloseTo(0.2 + 1.96 * 0.0125, 2);
});

test("long replies count for more", () => {
  const neutral = [
    { logProb: -10, tokens: 30 },
    { logProb: -10, tokens: 10 },
  ];
  const prompted = [
    { logProb: -7, tokens: 30 },
    { logProb: -9, tokens: 10 },
  ];
  expect(lossGain({ neutral, prompted })?.mean).toBeCloseTo(4 / 40, 12);
});

test("what a prompt adds to flawed and clean replies alike has no contrast", () => {
  const same = lossContrast(pair(varied), pair(varied));
  expect(same?.mean).toBeCloseTo(0, 12);
  expect(same?.interval[0]).toBeLessThan(0);
  expect(same?.interval[1]).toBeGreaterThan(0);
  expect(lossContrast(pair(varied), pair(varied.map((gain) => gain - 0.5)))?.mean).toBeCloseTo(0.5, 12);
});

test("without scores there is neither", () => {
  const none = { prompted: null, neutral: null };
  expect(lossGain(none)).toBeNull();
  expect(lossContrast(pair(varied), none)).toBeNull();
  expect(lossGain({ prompted: pair([0.1]).prompted, neutral: pair([0.1, 0.2]).neutral })).toBeNull();
});
