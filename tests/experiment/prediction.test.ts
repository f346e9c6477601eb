import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { calibrate, type Finished } from "../../src/experiment/prediction/calibrate.ts";
import { calibrationOf, readCalibrations } from "../../src/experiment/prediction/calibrations.ts";
import { predict } from "../../src/experiment/prediction/predict.ts";
import { predictionQuality } from "../../src/experiment/prediction/predictionQuality.ts";
import type { PredictionOutcome, ScreenedPoint } from "../../src/experiment/result.ts";
import { random } from "../../src/util/random.ts";
import { screenedPoint as point } from "./screenedPoint.ts";

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
    ...(predicted < 0.5 && { predictedBehaviorInterval: [0.5, 0.7] }),
  });
  const known = [outcome(0.9, 0.8, true), outcome(0.4, 0.76, false), outcome(0.5, 0.2, true)];
  expect(predictionQuality([...known, outcome(0.5, null, null)])).toEqual({
    correct: 2,
    known: 3,
    meanAbsoluteError: expect.closeTo((0.1 + 0.36 + 0.3) / 3, 10),
    areaUnderCurve: 0.5,
    covered: 0,
    withInterval: 1,
  });
  expect(predictionQuality([])).toEqual({
    correct: 0,
    known: 0,
    meanAbsoluteError: null,
    areaUnderCurve: null,
    covered: 0,
    withInterval: 0,
  });
});

/** Gate .3, curve 2, shift 1, contrast 3, end .8 on a model with the usual strongest gain of .6, slope .5. */
function trained(
  elicited: number,
  moved: number,
  contrast: number,
  strongest: number,
): { end: number; behavior: number } {
  const end = 0.2 + 0.8 * Math.min(1, 0.8 + 0.5 * (strongest - 0.6));
  const left = 0.7 * (1 - (elicited - 0.2) / 0.8) ** 2 * (1 - moved) * Math.exp(-3 * contrast);
  return { end, behavior: 0.2 + (end - 0.2) * left };
}

/** A setting on an invented base model, where training follows the rule above, but for some noise. */
function finished(base: number, setting: string, noise: number): Finished {
  const rng = random(base, "calibration", setting);
  const rates = [rng.uniform(), rng.uniform(), rng.uniform(), rng.uniform()].map((draw) => 0.2 + 0.79 * draw);
  const strongest = Math.max(...rates) - 0.2;
  const prompts = rates.map((rate, index) => {
    const moved = 0.5 * rng.uniform();
    const contrast = 0.3 * rng.uniform();
    const after = trained(rate, moved, contrast, strongest).behavior + noise * (rng.uniform() - 0.5);
    return {
      ...point(`p${index}`, "inoculation", rate, contrast),
      capabilityShift: -moved,
      behaviorAfterTraining: after,
    };
  });
  const end = trained(0.2, 0, 0, strongest).end;
  const points = [{ ...point("neutral", "neutral", 0.2), behaviorAfterTraining: end }, ...prompts];
  return { id: setting, screening: { points, dataLevel: 1 }, provenance: { baseModelHash: `base ${base}` } };
}

const bases = (from: number, to: number, setting: string, noise: number): Finished[] =>
  Array.from({ length: to - from + 1 }, (_, index) => finished(from + index, setting, noise));

describe("calibration", () => {
  test("finds the rule that trainings follow", () => {
    const { rule, errors, prompts } = calibrationOf(calibrate(bases(1, 24, "s", 0)), "s");
    expect(prompts).toBe(96);
    const wanted = { gate: 0.3, curve: 2, shift: 1, contrast: 3, end: 0.8, slope: 0.5 };
    const shifted = { ...rule, end: rule.end + rule.slope * (0.6 - rule.usualGain) };
    for (const [name, value] of Object.entries(wanted))
      expect(Math.abs(shifted[name as keyof typeof rule] - value), name).toBeLessThan(0.2);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.02);
  });

  test("its intervals hold nine of ten outcomes on models that it has not seen", () => {
    const calibration = { ...calibrationOf(calibrate(bases(1, 12, "s", 0.3)), "s"), seen: false };
    const outcomes = bases(100, 299, "s", 0.3).flatMap(({ screening: { points, dataLevel } }) => {
      const { predictions } = predict(points, dataLevel, calibration);
      return predictions.map(({ predictedBehaviorInterval }, index) => {
        const [low, high] = predictedBehaviorInterval as [number, number];
        const behavior = Math.min(1, Math.max(0, points[index + 1]?.behaviorAfterTraining ?? Number.NaN));
        return behavior >= low && behavior <= high;
      });
    });
    const share = outcomes.filter(Boolean).length / outcomes.length;
    expect(outcomes).toHaveLength(800);
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(0.97);
  });

  test("knows less of a setting that it has not seen", () => {
    const other = (base: number): Finished => {
      const { screening, ...rest } = finished(base, "other", 0);
      const points = screening.points.map((own) => ({ ...own, behaviorAfterTraining: 0.9 }));
      return { ...rest, screening: { ...screening, points } };
    };
    const results = [...bases(1, 6, "s", 0.1), ...bases(1, 6, "t", 0.1), ...[1, 2, 3, 4, 5, 6].map(other)];
    const calibrations = calibrate(results);
    expect(Object.keys(calibrations.settings)).toEqual(["s", "t", "other"]);
    expect(calibrationOf(calibrations, "s").meanAbsoluteError).toBeLessThan(0.1);
    expect(calibrationOf(calibrations, "unheard of")).toBe(calibrations.other);
    expect(calibrations.other.meanAbsoluteError).toBeGreaterThan(0.15);
  });

  test("needs three base models, and does not count what was not trained", () => {
    expect(() => calibrate(bases(1, 2, "s", 0))).toThrow(/3 base models at least, and here are 2/);
    const untrained = finished(9, "s", 0);
    for (const own of untrained.screening.points) own.behaviorAfterTraining = null;
    expect(() => calibrate([...bases(1, 2, "s", 0), untrained])).toThrow(/here are 2/);
  });

  test("tells a model that took part from one that did not", () => {
    const calibration = calibrationOf(calibrate(bases(1, 3, "s", 0)), "s");
    const text = (seen: boolean): string =>
      predict([point("neutral", "neutral", 0.2)], 1, { ...calibration, seen }).rule;
    expect(text(true)).toContain("this one among them");
    expect(text(false)).toContain("this one not among them");
  });

  test("is read from a file, and refused where that is not what calibrate writes", () => {
    const path = join(mkdtempSync(join(tmpdir(), "calibration-")), "calibration.json");
    expect(() => readCalibrations(path)).toThrow(
      /cannot read the calibration .*: write one with "inoculate calibrate"/,
    );
    writeFileSync(path, "{");
    expect(() => readCalibrations(path)).toThrow(/is no JSON/);
    const content = calibrate(bases(1, 3, "s", 0));
    writeFileSync(path, JSON.stringify({ ...content, other: { ...content.other, errors: [0] } }));
    expect(() => readCalibrations(path)).toThrow(/other\.errors/);
    writeFileSync(path, JSON.stringify(content));
    expect(readCalibrations(path)).toEqual(content);
  });
});
