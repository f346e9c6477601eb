/**
 * How good are predictions that were sealed before any training, on base models that had no part in calibrating them?
 *
 * Usage: npx tsx scripts/evidence/predictions.ts BASE BASE... [--seeds 1] [--out runs/evidence] [--settings a,b]
 */
import { basename } from "node:path";
import { predictionQuality } from "../../src/experiment/prediction/predictionQuality.ts";
import type { PredictionOutcome, SettingResult } from "../../src/index.ts";
import { foretoldBy } from "./foretold.ts";
import { readArguments, runSetting, storeOf } from "./runs.ts";
import { number, table, trainingSeeds, writeSection } from "./section.ts";

const { bases, out, seeds, settings } = readArguments("predictions.ts BASE BASE... [--seeds 1]", 1);
const results: { base: string; result: SettingResult }[] = [];
for (const base of bases) {
  for (const setting of settings) {
    const result = await runSetting(setting, { base, folder: storeOf(out, base), conditions: "core", seeds });
    if (!result.predictions.rule.includes("this one not among them"))
      throw new Error(`${base} had a part in the calibration: its predictions prove nothing`);
    results.push({ base: basename(base), result });
  }
}

/** Outcomes whose behavior is known. */
const trained = ({ predictions }: SettingResult): PredictionOutcome[] =>
  predictions.outcomes.filter(({ behavior }) => behavior !== null);

function row(name: string, of: readonly SettingResult[]): string[] {
  const quality = predictionQuality(of.flatMap(trained));
  const plain = predictionQuality(of.flatMap((result) => foretoldBy(result)));
  return [
    name,
    String(of.flatMap(trained).length),
    number(plain.meanAbsoluteError),
    number(quality.meanAbsoluteError),
    `${quality.covered} of ${quality.withInterval}`,
    number(plain.areaUnderCurve),
    number(quality.areaUnderCurve),
  ];
}

const all = results.map(({ result }) => result);
const ofSetting = (id: string): SettingResult[] => all.filter((result) => result.id === id);
const error = (base: string, id: string): string => {
  const found = results.find((entry) => entry.base === base && entry.result.id === id);
  return found === undefined ? "–" : number(predictionQuality(trained(found.result)).meanAbsoluteError);
};

writeSection("Sealed predictions on other base models", [
  `${bases.length} base models that had no part in the calibration (\`models/calibration.json\`, which names those that had); core ` +
    `conditions, ${trainingSeeds(seeds)}, test split. Error: mean absolute error of the behavior after training, foretold from the initial ` +
    "model and the data alone. Plain: the rule without fitted parameters, from the same screening. The area under the curve is for " +
    "prompts that prevent three quarters.",
  "",
  ...table(
    ["setting", "prompts", "error, plain", "error, sealed", "in the 90 % interval", "area, plain", "area, sealed"],
    [...settings.map((id) => row(id, ofSetting(id))), row("all", all)],
  ),
  "",
  "Error as sealed, by base model:",
  "",
  ...table(
    ["base model", ...settings],
    bases.map((base) => [basename(base), ...settings.map((id) => error(basename(base), id))]),
  ),
  "",
  "Script: `scripts/evidence/predictions.ts`.",
]);
