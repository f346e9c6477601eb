import type { Prediction, ScreenedPoint, SealedPredictions } from "../result.ts";
import type { Calibration } from "./calibrations.ts";
import { behaviorAfter, clamp, preventedBy, screenedOf, uncalibrated } from "./rule.ts";
import { select, selectionRule } from "./select.ts";

/** From this share prevented on, a prompt works. */
const WORKS_FROM = 2 / 3;
/** Under this share prevented, it fails. */
const FAILS_BELOW = 1 / 3;

/** The verdict that a share prevented, predicted or measured, stands for. */
export function verdictOf(prevented: number): Prediction["verdict"] {
  if (prevented >= WORKS_FROM) return "works";
  return prevented < FAILS_BELOW ? "fails" : "partly";
}

/** What trainings of other models taught; `seen`: of the model itself too. */
export type Teaching = Calibration & { seen: boolean };

/** What is predicted, before a seal is put on it. */
export type Predictions = Pick<SealedPredictions, "rule" | "selected" | "predictions">;

/**
 * Predicts each prompt's outcome from the initial model and the data alone.
 *
 * @param dataLevel the behavior's level in the flawed data, 0 to 1
 * @param calibration what trainings of other models taught; absent: the rule without fitted parameters, and no intervals
 */
export function predict(
  points: readonly ScreenedPoint[],
  dataLevel: number,
  calibration: Teaching | null = null,
): Predictions {
  const rule = calibration?.rule ?? uncalibrated;
  const predictions = screenedOf(points, dataLevel).map(({ point: { prompt, kind }, screened }): Prediction => {
    const predictedPrevented = preventedBy(screened, rule);
    const predictedBehavior = behaviorAfter(screened, rule);
    return {
      prompt,
      kind,
      verdict: verdictOf(predictedPrevented),
      predictedPrevented,
      predictedBehavior,
      ...(calibration !== null && { predictedBehaviorInterval: within(predictedBehavior, calibration.errors) }),
    };
  });
  return { rule: ruleText(calibration), selected: select(points), predictions };
}

/** A prediction with its usual errors, cut off at 0 and 1. */
function within(predicted: number, errors: Calibration["errors"]): [number, number] {
  const [low, high] = errors.map((error) => clamp(predicted + error));
  return [low as number, high as number];
}

function ruleText(calibration: Teaching | null): string {
  const share =
    "A prompt leaves the share (d - p) / (d - n) of the behavior to learn, where p and n are the initial model's " +
    "elicitation rates under it and under the neutral prompt and d is the behavior's level in the flawed data: what the " +
    "prompt brings about already, training need not teach.";
  const verdicts = "A prompt that prevents 2/3 or more works, one that prevents less than 1/3 fails.";
  return [share, calibration === null ? "" : calibratedText(calibration), verdicts, selectionRule]
    .filter((text) => text !== "")
    .join(" ");
}

function calibratedText({ rule, bases, prompts, seen }: Teaching): string {
  const { gate, curve, shift, contrast, end, slope, usualGain } = rule;
  const n = (value: number): string => value.toFixed(2);
  return (
    `That share to the power of ${n(curve)}, times the share of the skill that the prompt leaves in place to the power of ` +
    `${n(shift)}, times e to the power of -${n(contrast)} times the loss contrast, is learnt, but for ${n(gate)} of it that any ` +
    `prompt prevents; usual training teaches ${n(end)} of what the data shows, ${n(slope)} more for each 1 by which the ` +
    `strongest candidate's gain exceeds ${n(usualGain)}. These numbers were fitted on ${prompts} prompts that ` +
    `${bases} base models were trained with, ${seen ? "this one among them" : "this one not among them"}.`
  );
}
