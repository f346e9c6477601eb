import type { Command } from "commander";
import type { TrainProgress } from "../backends/backend.ts";
import { insertPrompt } from "../data/insertion.ts";
import { readTrainRows } from "../data/readTrainRows.ts";
import { recipeSchema } from "../engine/train/recipe.ts";
import { createBackend } from "../experiment/embedded.ts";
import { fineTune } from "../experiment/fineTune.ts";
import { openStore } from "../experiment/store.ts";
import { addModelOptions, type ModelOptions, modelRef } from "./modelOptions.ts";
import { addPromptOptions, insertionOf, type PromptOptions } from "./promptOptions.ts";
import { readSchemaOptions, schemaOptions } from "./schemaOptions.ts";
import { addVerb, integer, type RunVerb, seedOption, type VerbIo } from "./verb.ts";

interface Options extends ModelOptions, PromptOptions {
  data: string;
  out: string;
  seed: number;
  threads: number;
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
  addModelOptions(addPromptOptions(command), { adapter: false });
  command
    .option("--out <folder>", "the store; the model gets a folder in it", "runs")
    .addOption(seedOption())
    .option("--threads <n>", "threads to train with; other numbers than 1 may change the last bits", integer(1), 1);
  for (const option of schemaOptions(recipeSchema)) command.addOption(option);
  command.action((options: Options) => run(options, (io) => train(options, io)));
}

async function train(options: Options, { say, note, signal }: VerbIo): Promise<object> {
  const recipe = readSchemaOptions(recipeSchema, { ...options });
  const insertion = insertionOf(options);
  const rows = (await readTrainRows(options.data)).map((row) => ({
    ...row,
    messages: insertPrompt(row.messages, insertion),
  }));
  const store = openStore(options.out);
  const backend = await createBackend({ threads: options.threads });
  try {
    const start = performance.now();
    const onStep = ({ step, steps, loss }: TrainProgress): void => {
      if (step === 1 || step % 10 === 0 || step === steps) note(`step ${step} of ${steps}: loss ${loss.toFixed(3)}`);
    };
    const request = { base: modelRef(options), rows, recipe, seed: options.seed };
    const { id, model, reused } = await fineTune(request, { backend, store }, { signal, onStep });
    const seconds = (performance.now() - start) / 1000;
    const { step, loss, tokens } = store.readProgress(id).at(-1) as TrainProgress;
    say(`${reused ? "Trained before" : "Trained"} on ${rows.length} rows, last loss ${loss.toFixed(3)}:`);
    say(store.modelFolder(id));
    return {
      trainingId: id,
      folder: store.modelFolder(id),
      model,
      rows: rows.length,
      steps: step,
      loss,
      tokensPerSecond: reused ? null : tokens / seconds,
      reused,
      seconds,
    };
  } finally {
    await backend.close();
  }
}
