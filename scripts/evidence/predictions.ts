/**
 * How good are predictions that were sealed before any training, on other base models? And what does it help to have seen
 * what training did to some of them? Every second base calibrates, the others are predicted.
 *
 * Usage: npx tsx scripts/evidence/predictions.ts BASE BASE... [--seeds 1] [--out runs/evidence] [--settings a,b]
 */
import { predictionQuality } from "../../src/experiment/predictionQuality.ts";
import type { PredictionOutcome, SettingResult } from "../../src/index.ts";
import { mean } from "../../src/stats/mean.ts";
import { quantile } from "../../src/stats/quantile.ts";
import { behaviorUnder, readArguments, runSetting, storeOf } from "./runs.ts";
import { number, table, trainingSeeds, writeSection } from "./section.ts";

/** A prompt that was trained with: what was foretold, and what came out. */
interface Foretold {
  setting: string;
  outcome: PredictionOutcome;
  behavior: number;
  /** Behavior of the initial model and after neutral training. */
  initial: number;
  neutral: number;
}

/** What some bases taught about a setting. */
interface Calibration {
  /** Behavior after neutral training, mean over the bases. */
  neutral: number;
  /** 5 % and 95 % quantile of behavior minus prediction. */
  errors: [number, number];
}

const { bases, out, seeds, settings } = readArguments("predictions.ts BASE BASE... [--seeds 1]", 2);
const halves: [Foretold[], Foretold[]] = [[], []];
for (const [index, base] of bases.entries()) {
  for (const setting of settings) {
    const result = await runSetting(setting, { base, folder: storeOf(out, base), conditions: "core", seeds });
    (halves[index % 2] as Foretold[]).push(...foretold(setting, result));
  }
}
const [known, asked] = halves;

function foretold(setting: string, result: SettingResult): Foretold[] {
  const initial = behaviorUnder(result, "none/none/neutral");
  const neutral = behaviorUnder(result, "flawed/neutral/neutral");
  if (initial === null || neutral === null) return [];
  return result.predictions.outcomes.flatMap((outcome) =>
    outcome.prevented === null || outcome.behavior === null
      ? []
      : [{ setting, outcome, behavior: outcome.behavior, initial, neutral }],
  );
}

/** The sealed share, between where training usually ends and where the model starts. */
const predicted = ({ outcome, initial }: Foretold, neutral: number): number =>
  initial + Math.max(0, neutral - initial) * (1 - outcome.predictedPrevented);

function calibrate(points: readonly Foretold[]): Calibration {
  const neutral = mean(points.map((point) => point.neutral)) ?? Number.NaN;
  const errors = points.map((point) => point.behavior - predicted(point, neutral)).toSorted((a, b) => a - b);
  return { neutral, errors: [quantile(errors, 0.05), quantile(errors, 0.95)] };
}

const rows = settings.map((setting) => {
  const of = (points: readonly Foretold[]): Foretold[] => points.filter((point) => point.setting === setting);
  const { neutral, errors } = calibrate(of(known));
  const points = of(asked);
  const calibrated = points.map((point) => ({ ...point, error: point.behavior - predicted(point, neutral) }));
  const sealed = predictionQuality(points.map(({ outcome }) => outcome));
  const covered = calibrated.filter(({ error }) => error >= errors[0] && error <= errors[1]).length;
  return [
    setting,
    String(points.length),
    number(sealed.meanAbsoluteError),
    number(mean(calibrated.map(({ error }) => Math.abs(error)))),
    `[${errors.map(number).join(", ")}]`,
    `${covered} of ${points.length}`,
    number(sealed.areaUnderCurve),
  ];
});

writeSection("Sealed predictions on other base models", [
  `${bases.length} base models, core conditions, ${trainingSeeds(seeds)}, test split. Every second base calibrates: what usual training ends at in each ` +
    "setting, and how far predictions were off. The table is about the others. Error: mean absolute error of the behavior after training, as " +
    "sealed (from the initial model and the data alone) and after calibration; the interval is the 5 % and 95 % quantile of the calibrating bases' errors.",
  "",
  ...table(
    [
      "setting",
      "prompts",
      "error, as sealed",
      "error, calibrated",
      "90 % interval",
      "covered",
      "area under the curve, three quarters prevented",
    ],
    rows,
  ),
  "",
  "Script: `scripts/evidence/predictions.ts`.",
]);
