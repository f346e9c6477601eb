/**
 * Where does inoculation break? The selected prompt against neutral and clean training over learning rates and lengths.
 *
 * Usage: npx tsx scripts/evidence/recipeMap.ts models/tiny [--seeds 1] [--out runs/evidence] [--settings sycophancy]
 */
import { findSetting, recipe } from "../../src/index.ts";
import { behaviorUnder, readArguments, runSetting, storeOf } from "./runs.ts";
import { number, table, trainingSeeds, writeSection } from "./section.ts";

const learningRates = [5e-4, 1e-3, 2e-3, 4e-3];
const epochs = [0.5, 1, 2, 4];

const { bases, out, seeds, settings } = readArguments("recipeMap.ts BASE [--seeds 1] [--settings a,b]", 1);
const [base] = bases as [string];
const lines: string[] = [];
for (const id of settings) {
  const setting = findSetting(id);
  const cells = new Map<string, string>();
  for (const length of epochs) {
    for (const learningRate of learningRates) {
      const result = await runSetting(id, {
        base,
        folder: `${storeOf(out, base)}-recipes`,
        conditions: "claim",
        seeds,
        recipe: recipe({ ...setting.recipe, epochs: length, learningRate }),
      });
      const of = (condition: string): string => number(behaviorUnder(result, condition));
      const capability = (condition: string): string =>
        number(
          result.conditions.find((found) => found.id === condition)?.metrics[result.capabilityMetric]?.mean ?? null,
        );
      const inoculated = `flawed/${result.selected.id}/neutral`;
      const behavior = [of("flawed/neutral/neutral"), of(inoculated), of("clean/neutral/neutral")].join(" / ");
      cells.set(`${length} ${learningRate}`, `${behavior} (${capability(inoculated)})`);
    }
  }
  lines.push(
    `### ${setting.title}`,
    "",
    ...table(
      ["epochs", ...learningRates.map((rate) => `learning rate ${rate}`)],
      epochs.map((length) => [
        `${length} (${Math.ceil((setting.trainRows * length) / setting.recipe.effectiveBatchSize)} steps)`,
        ...learningRates.map((rate) => cells.get(`${length} ${rate}`) ?? ""),
      ]),
    ),
    "",
  );
}
writeSection("Where inoculation breaks", [
  `Behavior after neutral / inoculated / clean training (in brackets: capability after inoculated training), test split, ${trainingSeeds(seeds)}. ` +
    "The settings' own recipes were chosen on the neutral and clean arms before; this map chose nothing.",
  "",
  ...lines,
  "Script: `scripts/evidence/recipeMap.ts`.",
]);
