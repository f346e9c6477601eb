/**
 * Which measurement on the untrained model orders the outcomes best, and how good are the sealed predictions? Sampling and
 * grading (elicitation) against two scores that need neither.
 *
 * Usage: npx tsx scripts/evidence/screening.ts RUNS [--settings a,b]
 * Runs: npx inoculate reproduce --conditions all --seeds 5 --out RUNS
 */
import { calibrationOf } from "../../src/experiment/prediction/calibrations.ts";
import { predictionQuality } from "../../src/experiment/prediction/predictionQuality.ts";
import { type Correlation, readCalibrations, readResults } from "../../src/index.ts";
import { foretoldBy } from "./foretold.ts";
import { readArguments } from "./runs.ts";
import { estimate, number, table, writeSection } from "./section.ts";

const { bases, settings } = readArguments("screening.ts RUNS [--settings a,b]", 1);
const [folder] = bases as [string];
const results = (await readResults(folder)).filter(({ setting }) => settings.includes(setting));

const calibrations = readCalibrations();

const cell = ({ spearman, spearmanInterval, n, reason }: Correlation): string =>
  spearman === null || spearmanInterval === null
    ? `– (${reason})`
    : `${estimate({ mean: spearman, interval: spearmanInterval }, undefined)} (${n})`;

writeSection("Which score orders the outcomes", [
  "Spearman correlation of the behavior after training with what screening measured before any, and the number of prompts: " +
    "elicitation (the screen items sampled and graded), loss gain (how much likelier the prompt makes 64 flawed training replies) " +
    "and loss contrast (that gain less the one of clean replies). The lower, the better; all conditions, test split.",
  "",
  ...table(
    ["setting", "prompts", "elicitation", "loss gain", "loss contrast"],
    results.flatMap(({ id, screening }) => {
      const { byLossGain, byLossContrast } = screening;
      return [
        [id, "inoculation", ...[screening, byLossGain.inoculation, byLossContrast.inoculation].map(cell)],
        [id, "all", ...[screening.all, byLossGain.all, byLossContrast.all].map(cell)],
      ];
    }),
  ),
  "",
  "What that screening foretells of the same outcomes, by the rule without fitted parameters (plain) and by the one that is " +
    "calibrated on other base models: mean absolute error of the behavior after training, outcomes in their 90 % interval, and " +
    "the area under the curve for prompts that prevent three quarters.",
  "",
  ...table(
    ["setting", "error, plain", "error, calibrated", "in the 90 % interval", "area, plain", "area, calibrated"],
    results.map((result) => {
      const plain = predictionQuality(foretoldBy(result));
      const teaching = { ...calibrationOf(calibrations, result.id), seen: false };
      const calibrated = predictionQuality(foretoldBy(result, teaching));
      return [
        result.id,
        number(plain.meanAbsoluteError),
        number(calibrated.meanAbsoluteError),
        `${calibrated.covered} of ${calibrated.withInterval}`,
        number(plain.areaUnderCurve),
        number(calibrated.areaUnderCurve),
      ];
    }),
  ),
  "",
  "Script: `scripts/evidence/screening.ts`.",
]);
