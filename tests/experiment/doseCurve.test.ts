import { describe, expect, test } from "vitest";
import type { CollectedRun } from "../../src/experiment/collect.ts";
import type { Finished } from "../../src/experiment/conditionResult.ts";
import { type DoseCurve, doseCurves } from "../../src/experiment/plans/doseCurve.ts";
import type { PlanCondition } from "../../src/experiment/plans/planRuns.ts";
import type { GradedItem, Metric } from "../../src/settings/setting.ts";
import { uniformAt } from "../../src/util/random.ts";
import { toySetting } from "./toyParts.ts";

const behavior = toySetting.metrics[0] as Metric;
const seeds = [1, 2, 3];

function condition(trainData: PlanCondition["trainData"], prompt: string, step: PlanCondition["step"]): PlanCondition {
  const kind = trainData === "none" ? "none" : prompt === "neutral" ? "neutral" : "inoculation";
  return {
    id: `${trainData}/${prompt}/neutral, step ${step}`,
    trainData,
    trainPrompt: { id: prompt, kind },
    evalPrompt: { id: "neutral", kind: "neutral" },
    placement: "suffix",
    recipe: "long",
    step,
    data: {},
  };
}

/** 300 items of the behavior's group, of which about this share show it. */
function rows(rate: number, key: string): GradedItem[] {
  return Array.from({ length: 300 }, (_, index) => ({
    item: { id: `${index}`, group: behavior.groups[0] as string, messages: [], reference: {} },
    grade: { values: { agrees: uniformAt(index, key) < rate ? 1 : 0 } },
  })) as GradedItem[];
}

/** Trainings of 30 steps with checkpoints after 10 and 20, with the behavior at each. */
function curvesOf(behaviors: Record<string, [number, number, number]>, floor = 0.1) {
  const conditions = [condition("none", "none", "last")];
  const finished = new Map<string, Finished[]>([
    [conditions[0]?.id as string, [{ seed: 0, modelId: "m", id: "e", rows: rows(floor, "initial") }]],
  ]);
  const runs: CollectedRun[] = [];
  for (const [prompt, rates] of Object.entries(behaviors)) {
    const own = ([10, 20, "last"] as const).map((step) => condition("flawed", prompt, step));
    conditions.push(...own);
    for (const [index, { id }] of own.entries()) {
      const evaluated = seeds.map((seed) => ({
        seed,
        modelId: "m",
        id: "e",
        rows: rows(rates[index] as number, `${prompt} ${seed}`),
      }));
      finished.set(id, evaluated);
    }
    runs.push({ planned: { conditions: own }, curve: [{ step: 30, loss: 0 }] } as unknown as CollectedRun);
  }
  return doseCurves(behavior, conditions, finished, runs);
}

describe("the dose curve", () => {
  test("finds the step at which inoculation wears off, and how sure that is", () => {
    const [fading, ...none] = curvesOf({ neutral: [0.9, 0.9, 0.9], fading: [0.1, 0.3, 0.7] });
    expect(none).toEqual([]);
    expect(fading?.trainPrompt.id).toBe("fading");
    expect(fading?.points.map(({ step }) => step)).toEqual([10, 20, 30]);
    const shares = fading?.points.map(({ prevented }) => prevented?.mean ?? Number.NaN) ?? [];
    for (const [index, share] of [1, 0.75, 0.25].entries())
      expect(Math.abs((shares[index] as number) - share)).toBeLessThan(0.06);
    const { step, interval, probability } = (fading as DoseCurve).wearsOff;
    expect(step).toBeGreaterThan(24);
    expect(step).toBeLessThan(26);
    expect(interval?.[0]).toBeGreaterThan(22);
    expect(interval?.[1]).toBeLessThan(28);
    expect(probability).toBe(1);
  });

  test("says so where it holds to the end, and where that is not sure", () => {
    const neutral: [number, number, number] = [0.9, 0.9, 0.9];
    const [holding, doubtful] = curvesOf({ neutral, holding: [0.1, 0.1, 0.15], doubtful: [0.1, 0.2, 0.5] });
    expect(holding?.wearsOff).toEqual({ step: null, interval: [null, null], probability: 0 });
    expect(doubtful?.wearsOff.probability).toBeGreaterThan(0.05);
    expect(doubtful?.wearsOff.probability).toBeLessThan(0.95);
    expect(doubtful?.wearsOff.interval?.[1]).toBeNull();
  });

  test("knows no share before neutral training has induced anything, and takes the last fall for good", () => {
    const [curve] = curvesOf({ neutral: [0.15, 0.9, 0.9], p: [0.1, 0.8, 0.2] });
    expect(curve?.points[0]?.prevented).toBeNull();
    expect(curve?.wearsOff.step).toBeNull();
    const [never] = curvesOf({ neutral: [0.9, 0.9, 0.9], p: [0.8, 0.8, 0.8] });
    expect(never?.wearsOff).toMatchObject({ step: 10, interval: [10, 10], probability: 1 });
  });

  test("needs neutral training beside it and checkpoints", () => {
    expect(curvesOf({ p: [0.1, 0.1, 0.1] })).toEqual([]);
  });
});
