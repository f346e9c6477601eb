import { describe, expect, test } from "vitest";
import { correlate } from "../../src/experiment/correlate.ts";
import { assertComparable, effectOf, preventedShare } from "../../src/experiment/effect.ts";
import type { Arm } from "../../src/experiment/resample.ts";
import type { ConditionResult, ScreeningPoint } from "../../src/experiment/result.ts";
import type { Metric } from "../../src/settings/setting.ts";
import { uniformAt } from "../../src/util/random.ts";
import { screenedPoint as point } from "./screenedPoint.ts";
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
    expect(none.reasons.prevented).toMatch(/no run on clean data is complete/);
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
