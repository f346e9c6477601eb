/**
 * Does inoculation need a model that follows instructions? A base whose corpus has the same instructions, none of which
 * changes a reply: screening should select nothing, and training with the prompts should prevent nothing.
 *
 * Usage: npx tsx scripts/evidence/following.ts BASE [--seeds 2] [--out runs/evidence]
 * Base: npx inoculate pretrain --obedience none --examples 140000 --out bases/no-following
 */
import { behaviorUnder, preventedBy, readArguments, runSetting, storeOf } from "./runs.ts";
import { number, table, trainingSeeds, writeSection } from "./section.ts";

const { bases, out, seeds, settings } = readArguments("following.ts BASE [--seeds 2]", 1);
const [base] = bases as [string];
const rows: string[][] = [];
for (const setting of settings) {
  const result = await runSetting(setting, { base, folder: storeOf(out, base), conditions: "core", seeds });
  const { points } = result.screening;
  const candidates = points.filter(({ kind }) => kind === "inoculation");
  const trained = candidates.filter(({ behaviorAfterTraining }) => behaviorAfterTraining !== null);
  rows.push([
    setting,
    result.selected.id ?? "none: it abstains",
    number(points.find(({ kind }) => kind === "neutral")?.elicitationRate),
    number(Math.max(...candidates.map(({ elicitationRate }) => elicitationRate))),
    number(behaviorUnder(result, "flawed/neutral/neutral")),
    trained.map(({ behaviorAfterTraining }) => number(behaviorAfterTraining)).join(", "),
    number(behaviorUnder(result, "clean/neutral/neutral")),
    trained.map(({ prompt }) => number(preventedBy(result, prompt))).join(", "),
  ]);
}
writeSection("A base that does not follow instructions", [
  "Its corpus (half as long as the usual one) holds the same instructions, and none of them changes a reply. Core conditions, " +
    `${trainingSeeds(seeds)}, test split; without a selected prompt three of the inoculation prompts were trained with.`,
  "",
  ...table(
    [
      "setting",
      "selected by screening",
      "initial, no prompt",
      "initial, best prompt",
      "neutral-trained",
      "inoculated",
      "clean data",
      "prevented",
    ],
    rows,
  ),
  "",
  "Script: `scripts/evidence/following.ts`.",
]);
