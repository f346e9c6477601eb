/**
 * Is it the meaning of a wording, or what it elicits? A base in whose corpus the strengths of wordings are exchanged
 * (strong ones elicit little, weak ones much): the outcome must follow what this base does under a prompt.
 *
 * Usage: npx tsx scripts/evidence/permuted.ts models/tiny PERMUTED [--seeds 2] [--out runs/evidence]
 * Base: npx inoculate pretrain --obedience permuted --examples 140000 --out bases/permuted
 */

import { screenOnce } from "../../src/index.ts";
import { pearson } from "../../src/stats/pearson.ts";
import { spearman } from "../../src/stats/spearman.ts";
import { readArguments, runSetting, storeOf } from "./runs.ts";
import { number, table, trainingSeeds, writeSection } from "./section.ts";

const { bases, out, seeds, settings } = readArguments("permuted.ts USUAL PERMUTED [--seeds 2]", 2);
const [usual, permuted] = bases as [string, string];
const rows: string[][] = [];
const summary: string[][] = [];
for (const setting of settings) {
  const { points: meant } = await screenOnce(setting, { base: usual, folder: storeOf(out, usual) });
  const { points } = (
    await runSetting(setting, { base: permuted, folder: storeOf(out, permuted), conditions: "prompts", seeds })
  ).screening;
  const known = points.flatMap(({ prompt, kind, elicitationRate, behaviorAfterTraining: after }) => {
    const usually = meant.find((point) => point.prompt === prompt)?.elicitationRate;
    return kind === "inoculation" && after !== null && usually !== undefined
      ? [{ prompt, usually, here: elicitationRate, after }]
      : [];
  });
  rows.push(
    ...known.map(({ prompt, usually, here, after }) => [setting, prompt, ...[usually, here, after].map(number)]),
  );
  const after = known.map((point) => point.after);
  const here = known.map((point) => point.here);
  const usually = known.map((point) => point.usually);
  summary.push([
    setting,
    String(known.length),
    ...[pearson(here, after), spearman(here, after), pearson(usually, after), spearman(usually, after)].map(number),
  ]);
}
writeSection("A base whose prompt strengths are exchanged", [
  "In its corpus, half as long as the usual one, strong wordings elicit little, weak ones much, and requests for the right thing a fair amount. " +
    `Correlations of the behavior after training (${trainingSeeds(seeds)}, test split) with what each prompt elicits from this base, ` +
    "and with what it elicits from the usual one, which read it as it is meant; over the inoculation prompts.",
  "",
  ...table(
    ["setting", "prompts", "Pearson, this base", "Spearman, this base", "Pearson, usual base", "Spearman, usual base"],
    summary,
  ),
  "",
  ...table(["setting", "prompt", "elicits, usual base", "elicits, this base", "after training with it"], rows),
  "",
  "Script: `scripts/evidence/permuted.ts`.",
]);
