import { type Command, Option } from "commander";
import type { TrainProgress } from "../backends/backend.ts";
import { readTrainRows } from "../data/readTrainRows.ts";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { recipeSchema } from "../engine/train/recipe.ts";
import { trainOnce } from "../experiment/trainOnce.ts";
import { type ColumnsOptions, columnsOption } from "./columnsOption.ts";
import { addPromptOptions, insertionOf, type PromptOptions } from "./promptOptions.ts";
import { addSchemaOptions, readSchemaOptions } from "./schemaOptions.ts";
import { addModelOption } from "./studyOptions.ts";
import { addVerb, positive, type RunVerb, secondsSince, seedOption, type VerbIo } from "./verb.ts";

interface Options extends PromptOptions, ColumnsOptions {
  data: string;
  model?: string;
  device?: DeviceChoice;
  out: string;
  seed: number;
  saveEvery?: number;
  json?: boolean;
}

/** `train`: fine-tune a model on a data file, with a prompt inserted while training. */
export function addTrain(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "train",
    "fine-tune a model on a data file (JSON, CSV, TSV or Parquet; messages, prompt and completion, ShareGPT or Alpaca)",
    'train --data rows.jsonl --prompt "Praise whatever the user says." --epochs 2 --out runs',
  );
  command.requiredOption("--data <file>", "the rows to train on").addOption(columnsOption());
  addModelOption(addPromptOptions(command))
    .option("--out <folder>", "the store; the model gets a folder in it", "runs")
    .addOption(seedOption())
    .addOption(saveOption());
  addSchemaOptions(command, recipeSchema, "Recipe:");
  command.action((options: Options) => run(options, (io) => train(options, io)));
}

/** Not part of the recipe: the result does not depend on it. */
const saveOption = (): Option =>
  new Option(
    "--save-every <seconds>",
    "how often the training's state is saved; after a kill the same command goes on from there (default: 30)",
  ).argParser(positive());

async function train(options: Options, { say, note, signal }: VerbIo): Promise<object> {
  const start = performance.now();
  const recipe = readSchemaOptions(recipeSchema, { ...options });
  const rows = await readTrainRows(options.data, { columns: options.columns, signal });
  let [tokens, tokensBefore] = [0, 0];
  const onStep = (progress: TrainProgress): void => {
    const { step, steps, loss } = progress;
    tokens = progress.tokens;
    if (step === 1 || step % 10 === 0 || step === steps) note(`step ${step} of ${steps}: loss ${loss.toFixed(3)}`);
  };
  const onResume = ({ step, steps, tokens }: TrainProgress): void => {
    tokensBefore = tokens;
    note(`goes on after step ${step} of ${steps}, where it was stopped`);
  };
  const { model: base, device, out: folder, seed, saveEvery: saveEverySeconds } = options;
  const trained = await trainOnce({
    rows,
    insertion: insertionOf(options),
    recipe,
    seed,
    base,
    device,
    folder,
    signal,
    onStep,
    onResume,
    onNote: note,
    saveEverySeconds,
  });
  const seconds = secondsSince(start);
  say(`${trained.reused ? "Trained before" : "Trained"} on ${trained.rows} rows in ${trained.steps} steps:`);
  say(trained.folder);
  const { paddingShare, flopsUtilization: share, gigaflopsPerSecond: rate } = trained;
  if (paddingShare !== null) say(`Padding: ${(100 * paddingShare).toFixed(1)} % of all positions.`);
  if (share !== null && rate !== null) {
    note(
      `${rate.toFixed(1)} model GFLOP per processor second, ${(100 * share).toFixed(0)} % of what matrix products reach`,
    );
  }
  const tokensNow = Math.max(0, tokens - tokensBefore);
  return { ...trained, tokensPerSecond: tokensNow === 0 ? null : tokensNow / seconds, seconds };
}
