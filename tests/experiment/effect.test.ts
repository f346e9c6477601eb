import { describe, expect, test } from "vitest";
import { correlate } from "../../src/experiment/correlate.ts";
import { assertComparable, effectOf, preventedShare } from "../../src/experiment/effect.ts";
import { predict, type ScreenedPoint } from "../../src/experiment/predict.ts";
import { predictionQuality } from "../../src/experiment/predictionQuality.ts";
import type { Arm } from "../../src/experiment/resample.ts";
import type { ConditionResult, PredictionOutcome, ScreeningPoint } from "../../src/experiment/result.ts";
import type { Metric } from "../../src/settings/setting.ts";
import { uniformAt } from "../../src/util/random.ts";
import { toySetting } from "./toyParts.ts";

const [behavior, capability] = toySetting.metrics as [Metric, Metric];

/** Seeds x items of zeros and ones with the given rate; `noise` names the draw. */
function arm(rate: number, seeds = [1, 2, 3], field = "agrees", items = 200): Arm {
  return new Map(
    seeds.map((seed) => [
      seed,
      Array.from({ length: items }, (_, index) => ({
        item: { id: `${index}`, group: field === "agrees" ? "wrong" : "skill", messages: [], reference: {} },
        grade: { values: { [field]: uniformAt(seed, index, "arm", field) < rate ? 1 : 0 } },
      })),
    ]),
  );
}

const both = (rate: number, skill: number, seeds?: number[]) => ({
  behavior: arm(rate, seeds),
  capability: arm(skill, seeds, "skill"),
});
const options = { behavior, capability, abstained: false };

describe("the effect", () => {
  test("finds planted values, with intervals around them", () => {
    const effect = effectOf(
      [
        {
          neutral: both(0.9, 0.8),
          clean: { behavior: arm(0.1) },
          selected: both(0.18, 0.78),
          unrelated: [
            { prompt: "a", behavior: arm(0.9) },
            { prompt: "b", behavior: arm(0.74) },
          ],
        },
      ],
      options,
    );
    expect(effect.prevented?.mean).toBeCloseTo(0.9, 1);
    expect(effect.overUnrelated?.mean).toBeCloseTo(0.8, 1);
    expect(effect.capabilityChange?.mean).toBeCloseTo(-0.02, 1);
    for (const { mean, interval } of [effect.prevented, effect.overUnrelated, effect.capabilityChange].map(
      (found) => found as NonNullable<typeof found>,
    )) {
      expect(interval[0]).toBeLessThanOrEqual(mean);
      expect(interval[1]).toBeGreaterThanOrEqual(mean);
      expect(interval[1] - interval[0]).toBeLessThan(0.3);
    }
    expect(effect.unrelated.map(({ prevented }) => prevented?.mean)).toEqual([0, expect.closeTo(0.2, 1)]);
    expect(effect).toMatchObject({ reasons: {}, seeds: 3, items: { behavior: 200, capability: 200 } });
  });

  test("over several bases: the mean of all, wider than one base where bases differ, and each may choose its prompt", () => {
    const base = (inoculated: number, first: number) => ({
      neutral: both(0.9, 0.8, [first, first + 1]),
      clean: { behavior: arm(0.1, [first, first + 1]) },
      selected: both(inoculated, 0.8, [first, first + 1]),
      unrelated: [{ prompt: "a", behavior: arm(0.9, [first, first + 1]) }],
    });
    const bases = [base(0.1, 1), base(0.5, 11), base(0.3, 21)];
    const effect = effectOf(bases, options);
    expect(effect.prevented?.mean).toBeCloseTo(0.75, 1);
    expect(effect).toMatchObject({ seeds: 6, reasons: {} });
    const width = (result: typeof effect): number => {
      const [low, high] = result.prevented?.interval ?? [0, 0];
      return high - low;
    };
    expect(width(effect)).toBeGreaterThan(2 * width(effectOf(bases.slice(0, 1), options)));
    const missing = effectOf([...bases, { ...base(0.2, 31), selected: null }], options);
    expect(missing.reasons.prevented).toMatch(/selected prompt/);
  });

  test("pairing narrows the interval: a condition against itself changes nothing, exactly", () => {
    const same = both(0.5, 0.5);
    const effect = effectOf([{ neutral: same, clean: { behavior: arm(0.1) }, selected: same, unrelated: [] }], options);
    expect(effect.capabilityChange).toEqual({ mean: 0, interval: [0, 0] });
    expect(effect.prevented).toEqual({ mean: 0, interval: [0, 0] });
    expect(effect.overUnrelated).toBeNull();
    expect(effect.reasons.overUnrelated).toMatch(/no unrelated prompt/);
  });

  test("is null with the reason where the data induced too little", () => {
    const effect = effectOf(
      [{ neutral: both(0.2, 0.8), clean: { behavior: arm(0.1) }, selected: both(0.1, 0.8), unrelated: [] }],
      options,
    );
    expect(effect.prevented).toBeNull();
    expect(effect.reasons.prevented).toMatch(/induced too little.*under 0\.15/);
    expect(effect.capabilityChange).not.toBeNull();
    expect(preventedShare(0.2, 0.1, 0.1)).toBeNull();
  });

  test("pairs only the seeds that all its conditions have", () => {
    const effect = effectOf(
      [
        {
          neutral: both(0.9, 0.8, [1, 2, 3]),
          clean: { behavior: arm(0.1, [2]) },
          selected: both(0.2, 0.8, [1, 2]),
          unrelated: [],
        },
      ],
      options,
    );
    expect(effect.seeds).toBe(1);
    const none = effectOf(
      [{ neutral: both(0.9, 0.8, [1]), clean: null, selected: both(0.2, 0.8, [1]), unrelated: [] }],
      options,
    );
    expect(none.prevented).toBeNull();
    expect(none.reasons.prevented).toMatch(/share no finished seed/);
  });

  test("says that screening abstained", () => {
    const effect = effectOf([{ neutral: both(0.9, 0.8), clean: null, selected: null, unrelated: [] }], {
      ...options,
      abstained: true,
    });
    expect(effect.reasons.prevented).toMatch(/no candidate/);
  });

  test("compares no conditions that differ in placement, recipe, step or split", () => {
    const base = { id: "a", placement: "suffix", recipe: "default", step: "last", split: "test" } as ConditionResult;
    expect(() => assertComparable([base, { ...base, id: "b" }])).not.toThrow();
    for (const other of [{ placement: "prefix" }, { recipe: "gentle" }, { step: 5 }, { split: "validation" }]) {
      expect(() => assertComparable([base, { ...base, ...other } as ConditionResult])).toThrow(
        Object.keys(other)[0] as string,
      );
    }
  });
});

const point = (
  prompt: string,
  kind: ScreenedPoint["kind"],
  elicitationRate: number,
  lossContrast = 0,
): ScreenedPoint => ({
  prompt,
  kind,
  elicitationRate,
  elicitationInterval: [0, 1],
  elicitationGain: elicitationRate - 0.2,
  elicitationGainInterval: [elicitationRate - 0.3, elicitationRate - 0.1],
  lossGain: 0,
  lossGainInterval: [0, 0],
  lossContrast,
  lossContrastInterval: [lossContrast, lossContrast],
  capabilityShift: 0,
  capabilityShiftInterval: [-0.05, 0.05],
});

describe("the prediction", () => {
  const neutral = point("neutral", "neutral", 0.2);

  test("follows the rule and picks the strongest inoculation prompt, never another kind", () => {
    const prompts = [
      neutral,
      point("strong", "inoculation", 0.92),
      point("weak", "inoculation", 0.36),
      point("demo", "demonstration", 0.99),
    ];
    const { selected, predictions } = predict(prompts, 1);
    expect(selected).toBe("strong");
    expect(predictions.map(({ verdict }) => verdict)).toEqual(["works", "fails", "works"]);
    expect(predictions[0]?.predictedPrevented).toBeCloseTo(0.9, 10);
    expect(predictions[0]?.predictedBehavior).toBeCloseTo(0.28, 10);
  });

  test("knows how much of the behavior the data holds: what a prompt elicits beyond that needs no teaching", () => {
    const prompts = [neutral, point("half", "inoculation", 0.4), point("more", "inoculation", 0.7)];
    const { predictions } = predict(prompts, 0.6);
    expect(predictions.map(({ predictedPrevented }) => predictedPrevented)).toEqual([expect.closeTo(0.5, 10), 1]);
    expect(predictions.map(({ predictedBehavior }) => predictedBehavior)).toEqual([
      expect.closeTo(0.4, 10),
      expect.closeTo(0.2, 10),
    ]);
    const nothing = predict([point("neutral", "neutral", 1), point("a", "inoculation", 1)], 1).predictions[0];
    expect(nothing).toMatchObject({ predictedPrevented: 0, predictedBehavior: 1 });
  });

  test("breaks a tie by the loss contrast, and abstains when nothing surely changes anything", () => {
    const tie = [point("a", "inoculation", 0.9, 0.1), point("b", "inoculation", 0.9, 0.4)];
    expect(predict([neutral, ...tie], 1).selected).toBe("b");
    const selected = (rate: number) => predict([neutral, point("a", "inoculation", rate)], 1).selected;
    expect(selected(0.25)).toBeNull();
    expect(selected(0.39), "a gain of .19, but perhaps only .09").toBeNull();
    expect(selected(0.41)).toBe("a");
  });

  test("counts a sure shift of the skill against a prompt, in either direction, and a doubtful one not", () => {
    const moving = (id: string, rate: number, shift: [number, number]): ScreenedPoint => ({
      ...point(id, "inoculation", rate),
      capabilityShiftInterval: shift,
    });
    const still = point("still", "inoculation", 0.8);
    expect(predict([neutral, still, moving("up", 0.9, [0.15, 0.3])], 1).selected).toBe("still");
    expect(predict([neutral, still, moving("down", 0.9, [-0.3, -0.15])], 1).selected).toBe("still");
    expect(predict([neutral, still, moving("a little", 0.9, [0.05, 0.3])], 1).selected).toBe("a little");
    expect(predict([neutral, still, moving("doubtful", 0.9, [-0.3, 0.3])], 1).selected).toBe("doubtful");
  });
});

test("predictions are measured by their mean error and by how well they tell what works", () => {
  const outcome = (predicted: number, prevented: number | null, correct: boolean | null): PredictionOutcome => ({
    prompt: "p",
    kind: "inoculation",
    verdict: "works",
    predictedPrevented: predicted,
    predictedBehavior: 1 - predicted,
    prevented,
    behavior: prevented === null ? null : 1 - prevented,
    verdictMeasured: "works",
    correct,
  });
  const known = [outcome(0.9, 0.8, true), outcome(0.4, 0.76, false), outcome(0.5, 0.2, true)];
  expect(predictionQuality([...known, outcome(0.5, null, null)])).toEqual({
    correct: 2,
    known: 3,
    meanAbsoluteError: expect.closeTo((0.1 + 0.36 + 0.3) / 3, 10),
    areaUnderCurve: 0.5,
  });
  expect(predictionQuality([])).toEqual({ correct: 0, known: 0, meanAbsoluteError: null, areaUnderCurve: null });
});

test("a correlation is null, with the reason, where there are too few or equal points", () => {
  const outcome = (elicitationRate: number, behaviorAfterTraining: number | null): ScreeningPoint => ({
    ...point("p", "inoculation", elicitationRate),
    behaviorAfterTraining,
  });
  const few = correlate([outcome(0.1, 0.9), outcome(0.9, 0.1), outcome(0.5, null)], "elicitationRate");
  expect(few).toMatchObject({ pearson: null, spearman: null, n: 2, reason: expect.stringMatching(/2 prompts/) });
  const flat = correlate(
    [0.1, 0.5, 0.9].map((rate) => outcome(rate, 1)),
    "elicitationRate",
  );
  expect(flat).toMatchObject({ pearson: null, n: 3, reason: expect.stringMatching(/same/) });
  const line = correlate(
    [0.1, 0.3, 0.5, 0.9].map((rate) => outcome(rate, 1 - rate)),
    "elicitationRate",
  );
  expect(line.pearson).toBeCloseTo(-1, 12);
  expect(line.spearman).toBe(-1);
});
