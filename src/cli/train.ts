import type { Command } from "commander";
import type { TrainProgress } from "../backends/backend.ts";
import { readTrainRows } from "../data/readTrainRows.ts";
import { recipeSchema } from "../engine/train/recipe.ts";
import { trainOnce } from "../experiment/trainOnce.ts";
import { addPromptOptions, insertionOf, type PromptOptions } from "./promptOptions.ts";
import { addSchemaOptions, readSchemaOptions } from "./schemaOptions.ts";
import { addModelOption } from "./studyOptions.ts";
import { addVerb, type RunVerb, secondsSince, seedOption, type VerbIo } from "./verb.ts";

interface Options extends PromptOptions {
  data: string;
  model?: string;
  out: string;
  seed: number;
  json?: boolean;
}

/** `train`: fine-tune a model on a chat file, with a prompt inserted while training. */
export function addTrain(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "train",
    'fine-tune a model on a chat file (JSONL with "messages", or with "prompt" and "completion")',
    'train --data rows.jsonl --prompt "Praise whatever the user says." --epochs 2 --out runs',
  );
  command.requiredOption("--data <file>", "the rows to train on");
  addModelOption(addPromptOptions(command))
    .option("--out <folder>", "the store; the model gets a folder in it", "runs")
    .addOption(seedOption());
  addSchemaOptions(command, recipeSchema, "Recipe:");
  command.action((options: Options) => run(options, (io) => train(options, io)));
}

async function train(options: Options, { say, note, signal }: VerbIo): Promise<object> {
  const start = performance.now();
  const recipe = readSchemaOptions(recipeSchema, { ...options });
  const rows = await readTrainRows(options.data);
  let tokens = 0;
  const onStep = (progress: TrainProgress): void => {
    const { step, steps, loss } = progress;
    tokens = progress.tokens;
    if (step === 1 || step % 10 === 0 || step === steps) note(`step ${step} of ${steps}: loss ${loss.toFixed(3)}`);
  };
  const { model: base, out: folder, seed } = options;
  const trained = await trainOnce({
    rows,
    insertion: insertionOf(options),
    recipe,
    seed,
    base,
    folder,
    signal,
    onStep,
  });
  const seconds = secondsSince(start);
  say(`${trained.reused ? "Trained before" : "Trained"} on ${trained.rows} rows in ${trained.steps} steps:`);
  say(trained.folder);
  const { flopsUtilization: share, gigaflopsPerSecond: rate } = trained;
  if (share !== null && rate !== null) {
    note(
      `${rate.toFixed(1)} model GFLOP per processor second, ${(100 * share).toFixed(0)} % of what matrix products reach`,
    );
  }
  return { ...trained, tokensPerSecond: trained.reused ? null : tokens / seconds, seconds };
}
