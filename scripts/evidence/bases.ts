/**
 * Does it hold on other base models? The same pretraining with other seeds, every base with its own screening.
 *
 * Usage: npx tsx scripts/evidence/bases.ts models/tiny BASE... [--seeds 2] [--out runs/evidence] [--settings a,b]
 * Bases: npx inoculate pretrain --seed 2 --out bases/seed-2
 */
import { acrossBases, type SettingResult } from "../../src/index.ts";
import { behaviorUnder, readArguments, runSetting, storeOf } from "./runs.ts";
import { estimate, number, table, trainingSeeds, writeSection } from "./section.ts";

const { bases, out, seeds, settings } = readArguments("bases.ts BASE BASE... [--seeds 2]", 2);
const results = new Map<string, SettingResult[]>();
for (const base of bases) {
  for (const setting of settings) {
    const result = await runSetting(setting, { base, folder: storeOf(out, base), conditions: "claim", seeds });
    results.set(setting, [...(results.get(setting) ?? []), result]);
  }
}

const perBase = settings.flatMap((setting) =>
  (results.get(setting) ?? []).map((result, index) => [
    setting,
    String(index + 1),
    result.selected.id ?? "none",
    number(behaviorUnder(result, "none/none/neutral")),
    number(behaviorUnder(result, "flawed/neutral/neutral")),
    number(behaviorUnder(result, `flawed/${result.selected.id}/neutral`)),
    number(behaviorUnder(result, "clean/neutral/neutral")),
    number(result.effect.prevented?.mean),
    number(result.effect.capabilityChange?.mean),
    number(result.effect.overUnrelated?.mean),
  ]),
);
const overall: string[][] = [];
for (const setting of settings) {
  const { prevented, overUnrelated, capabilityChange, reasons } = await acrossBases(
    bases.map((base) => storeOf(out, base)),
    setting,
  );
  const above = (results.get(setting) ?? []).filter(({ effect }) => (effect.prevented?.mean ?? 0) > 0.5).length;
  overall.push([
    setting,
    estimate(prevented, reasons.prevented),
    estimate(overUnrelated, reasons.overUnrelated),
    estimate(capabilityChange, reasons.capabilityChange),
    `${above} of ${bases.length}`,
  ]);
}

writeSection("Other base models", [
  `${bases.length} embedded models, pretrained alike but for the seed (which decides corpus, initial weights and order), ` +
    `${trainingSeeds(seeds)} each, test split. Every base screened the prompts for itself. Intervals draw bases, seeds and ` +
    "items anew; with so few bases they are narrower than they should be where the bases make most of the variance.",
  "",
  ...table(
    [
      "setting",
      "prevented",
      "over the unrelated prompt",
      "change in capability",
      "bases with more than half prevented",
    ],
    overall,
  ),
  "",
  ...table(
    [
      "setting",
      "base",
      "selected",
      "initial",
      "neutral-trained",
      "inoculated",
      "clean data",
      "prevented",
      "capability",
      "over unrelated",
    ],
    perBase,
  ),
  "",
  "Script: `scripts/evidence/bases.ts`.",
]);
