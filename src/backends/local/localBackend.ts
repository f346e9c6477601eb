import { join } from "node:path";
import type { ChatMessage, TrainRow } from "../../data/chat.ts";
import type { DeviceChoice } from "../../engine/executors/device.ts";
import { matmulRate } from "../../engine/executors/matmulRate.ts";
import { ensureMemory } from "../../engine/memory/ensureMemory.ts";
import { modelParameters } from "../../engine/memory/trainingMemory.ts";
import { type Adapter, writeAdapterFolder } from "../../engine/model/adapterFolder.ts";
import { type Model, writeModelFolder } from "../../engine/model/modelFolder.ts";
import type { Weights } from "../../engine/model/parameters.ts";
import { generate } from "../../engine/sample/generate.ts";
import { score } from "../../engine/sample/score.ts";
import { createAdamWState } from "../../engine/train/adamw.ts";
import type { EncodedRow } from "../../engine/train/batch.ts";
import type { Trainee } from "../../engine/train/gradients.ts";
import { initialAdapter } from "../../engine/train/lora.ts";
import type { Recipe } from "../../engine/train/recipe.ts";
import { type StepReport, type TrainingWork, train } from "../../engine/train/train.ts";
import { InterruptedError, UserError } from "../../util/errors.ts";
import type { Backend, Checkpoint, Finetuned, FinetuneOptions, ModelRef } from "../backend.ts";
import { type Engine, Engines } from "./engines.ts";
import { ModelShelf, weightsPath } from "./loadedModel.ts";
import { openStateKeeper } from "./stateKeeper.ts";
import { trainingKey } from "./trainingKey.ts";

export interface LocalBackendOptions {
  /** Threads within one operator; for several runs at once use processes with one thread each. @default 1 */
  threads?: number | undefined;
  /** Cores to use where results don't depend on how many there are (`cpu-bf16`). @default threads */
  cores?: number | undefined;
  /** Where models are trained and sampled. @default "auto" */
  device?: DeviceChoice | undefined;
}

/** The embedded engine as a backend: models are Hugging Face folders, adapters PEFT folders on this machine. */
export function createLocalBackend({
  threads = 1,
  cores = threads,
  device = "auto",
}: LocalBackendOptions = {}): Backend {
  const shelf = new ModelShelf();
  const engines = new Engines(device, { threads, cores });
  return {
    id: "local",
    version: async ({ base }) => (await engines.for((await shelf.base(base)).config)).version,
    hash: (model) => shelf.hash(model),

    async finetune(base, rows, recipe, options) {
      // LoRA goes on with the adapter's own weights; full fine-tuning starts from base and adapter merged.
      const continued = recipe.method === "lora" && base.adapter !== undefined;
      const model = continued ? await shelf.unmerged(base) : await shelf.load(base);
      const engine = await engines.for(model.config);
      if (engine.note !== undefined) options.onNote?.(engine.note);
      return finetune({ model, ref: base, hash: () => shelf.hash(base) }, engine, rows, recipe, options);
    },

    async sample(ref, prompts, sampling, { seed, ids, signal, onProgress }) {
      const model = await shelf.load(ref);
      const { programs } = await engines.for(model.config);
      const generator = { programs, config: model.config, weights: model.weights };
      const encoded = prompts.map((messages) => model.template.encodePrompt(messages));
      const stopTokens = new Set(model.config.eosTokenIds);
      const hooks = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
      const replies = await generate(generator, encoded, sampling, { seed, ids, stopTokens, ...hooks });
      return replies.map(({ tokenIds, finishReason }) => ({
        text: model.tokenizer.decode(tokenIds),
        tokens: tokenIds.length,
        finishReason,
      }));
    },

    async score(ref, chats, { signal }) {
      const model = await shelf.load(ref);
      const { programs } = await engines.for(model.config);
      const generator = { programs, config: model.config, weights: model.weights };
      const rows = chats.map((messages) => model.template.encodeChat(onlyLastReply(messages)));
      return score(generator, rows, signal && { signal });
    },

    matmulRate: async ({ base }) => {
      const { programs } = await engines.for((await shelf.base(base)).config);
      return matmulRate(programs.executor);
    },

    close: () => engines.release(),
  };
}

/** The model that a fine-tuning starts from. */
interface Initial {
  model: Model & { adapter?: Adapter };
  ref: ModelRef;
  hash: () => Promise<string>;
}

async function finetune(
  { model, ref, hash }: Initial,
  { programs, version }: Engine,
  rows: readonly TrainRow[],
  recipe: Recipe,
  { seed, folder, keep, signal, onProgress }: FinetuneOptions,
): Promise<Finetuned> {
  const encoded = encodeRows(model, rows);
  const trainee = createTrainee(model, recipe, seed);
  const refTo = (to: string): ModelRef => (trainee.adapter ? { base: ref.base, adapter: to } : { base: to });
  const save = async (to: string): Promise<ModelRef> => {
    if (trainee.adapter) await writeAdapterFolder(to, trainee.adapter, ref.base);
    else await writeModelFolder(to, { ...model, weights: trainee.weights });
    return refTo(to);
  };
  const isCheckpoint = ({ step, steps }: StepReport): boolean =>
    recipe.checkpointEvery !== undefined && step % recipe.checkpointEvery === 0 && step < steps;
  const checkpointFolder = ({ step }: StepReport): string => join(folder, "checkpoints", `${step}`);
  const optimizer = createAdamWState();
  const reports: StepReport[] = [];
  const keeper =
    keep &&
    (await openStateKeeper(keep, {
      key: trainingKey({
        backend: { version, executor: programs.executor.id },
        initialModelHash: await hash(),
        rows: encoded,
        recipe,
        seed,
      }),
      parameters: trainee.adapter?.weights ?? trainee.weights,
      optimizer,
      reports,
      written: (made) => made.filter(isCheckpoint).map((report) => weightsPath(refTo(checkpointFolder(report)))),
    }));
  let work: TrainingWork;
  try {
    work = await train(programs, trainee, encoded, recipe, {
      seed,
      optimizer,
      ...(signal && { signal }),
      onStep: async (report) => {
        reports.push(report);
        // Before anyone hears of the step: whoever stops the training then finds the checkpoint.
        if (isCheckpoint(report)) await save(checkpointFolder(report));
        const { rowsSeen: _, ...progress } = report;
        onProgress?.(progress);
        await keeper?.stepDone();
      },
    });
  } catch (error) {
    if (error instanceof InterruptedError) await keeper?.stopped();
    throw error;
  }
  const checkpoints = reports.filter(isCheckpoint).map((report): Checkpoint => {
    const { step, rowsSeen } = report;
    return { step, rowsSeen, model: refTo(checkpointFolder(report)) };
  });
  return { model: await save(folder), checkpoints, work };
}

/** @throws UserError when the recipe wants an adapter of another shape than the one that is there */
function createTrainee(
  { config, weights, adapter }: Model & { adapter?: Adapter },
  recipe: Recipe,
  seed: number,
): Trainee {
  const { method, lora } = recipe;
  if (method === "full") {
    const remedy = { text: "method lora, which leaves the weights as they are", need: () => ({}) };
    ensureMemory("a copy of the weights to train", { weights: 4 * modelParameters(config) }, [remedy]);
    return { config, weights: copied(weights) };
  }
  if (adapter === undefined) return { config, weights, adapter: { lora, weights: initialAdapter(config, lora, seed) } };
  for (const field of ["rank", "alpha", "rankStabilized", "targetModules"] as const) {
    const [wanted, there] = [lora, adapter.lora].map((options) => [options[field]].flat().sort().join(", "));
    if (wanted === there) continue;
    throw new UserError(
      `lora.${field}: training goes on with an adapter that has ${there}, so expected that, got ${wanted}`,
    );
  }
  return { config, weights, adapter: { lora, weights: copied(adapter.weights) } };
}

function copied(weights: Weights): Weights {
  return new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
}

/** @throws UserError naming the row that is too long for the model */
function encodeRows({ config, template }: Model, rows: readonly TrainRow[]): EncodedRow[] {
  return rows.map(({ id, messages }) => {
    const encoded = template.encodeChat(messages);
    if (encoded.tokenIds.length > config.maxPositionEmbeddings) {
      throw new UserError(
        `row "${id}" has ${encoded.tokenIds.length} tokens, the model's context holds ${config.maxPositionEmbeddings}; shorten or drop it`,
      );
    }
    return encoded;
  });
}

/** The chat with every earlier reply's loss weight set to 0. */
function onlyLastReply(messages: readonly ChatMessage[]): ChatMessage[] {
  return messages.map((message, index) =>
    message.role === "assistant" && index < messages.length - 1 ? { ...message, weight: 0 } : message,
  );
}
