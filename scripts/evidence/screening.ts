/**
 * Which measurement on the untrained model orders the outcomes best, and how good are the sealed predictions? Sampling and
 * grading (elicitation) against two scores that need neither.
 *
 * Usage: npx tsx scripts/evidence/screening.ts RUNS [--settings a,b]
 * Runs: npx inoculate reproduce --conditions all --seeds 5 --out RUNS
 */
import { type Correlation, readResults } from "../../src/index.ts";
import { readArguments } from "./runs.ts";
import { estimate, number, table, writeSection } from "./section.ts";

const { bases, settings } = readArguments("screening.ts RUNS [--settings a,b]", 1);
const [folder] = bases as [string];
const results = (await readResults(folder)).filter(({ setting }) => settings.includes(setting));

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
  "The predictions, sealed before any training: verdicts that came true, mean absolute error of the behavior after training, " +
    "and the area under the curve for prompts that prevent three quarters.",
  "",
  ...table(
    ["setting", "verdicts right", "mean absolute error", "area under the curve"],
    results.map(({ id, predictions: { correct, known, meanAbsoluteError, areaUnderCurve } }) => [
      id,
      `${correct} of ${known}`,
      number(meanAbsoluteError),
      number(areaUnderCurve),
    ]),
  ),
  "",
  "Script: `scripts/evidence/screening.ts`.",
]);
