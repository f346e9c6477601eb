/**
 * Where does the rule "what a prompt elicits, training need not teach" fall short? What every prompt prevented beyond
 * what it elicited, beside how it changes the initial model's fit to the training replies.
 *
 * Usage: npx tsx scripts/evidence/surplus.ts RUNS [--settings a,b]
 * Runs: npx inoculate reproduce --conditions all --seeds 5 --out RUNS
 */
import { readResults } from "../../src/index.ts";
import { spearman } from "../../src/stats/spearman.ts";
import { foretoldBy } from "./foretold.ts";
import { readArguments } from "./runs.ts";
import { number, table, writeSection } from "./section.ts";

const { bases, settings } = readArguments("surplus.ts RUNS [--settings a,b]", 1);
const [folder] = bases as [string];
const rows: string[][] = [];
const summary: string[][] = [];
for (const result of await readResults(folder, settings)) {
  const { id, title, screening, conditions } = result;
  const known = foretoldBy(result).flatMap(({ prompt, kind, predictedPrevented, prevented }) => {
    const lossGain = screening.points.find((point) => point.prompt === prompt)?.lossGain ?? null;
    return prevented === null || lossGain === null
      ? []
      : [{ prompt, kind, predictedPrevented, prevented, lossGain, surplus: prevented - predictedPrevented }];
  });
  rows.push(
    ...known
      .toSorted((a, b) => b.surplus - a.surplus)
      .map(({ prompt, kind, predictedPrevented, prevented, surplus, lossGain }) => [
        id,
        prompt,
        kind,
        ...[predictedPrevented, prevented, surplus, lossGain].map(number),
      ]),
  );
  const surplus = known.map((point) => point.surplus);
  const lossGain = known.map((point) => point.lossGain);
  summary.push([
    title,
    String(known.length),
    String(conditions.find((condition) => condition.id === "flawed/neutral/neutral")?.seeds.length ?? 0),
    number(spearman(surplus, lossGain)),
  ]);
}
writeSection("What prompts prevent beyond what they elicit", [
  "Every prompt that was trained with, all conditions, test split. Predicted: the share that the prompt brings about in " +
    "the initial model. Loss gain: how much likelier the prompt makes the flawed training replies (nats a token) before " +
    "training; a negative one means that it leads the model away from them, so that training in its context has to undo " +
    "that first.",
  "",
  ...table(["setting", "prompts", "seeds", "Spearman of surplus and loss gain"], summary),
  "",
  ...table(["setting", "prompt", "kind", "predicted", "prevented", "surplus", "loss gain"], rows),
  "",
  "Script: `scripts/evidence/surplus.ts`.",
]);
