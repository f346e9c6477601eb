import { join } from "node:path";
import type { ChatMessage, TrainRow } from "../../data/chat.ts";
import { matmulRate } from "../../engine/executors/matmulRate.ts";
import { createOnnxExecutor } from "../../engine/executors/onnx.ts";
import { ensureMemory } from "../../engine/memory/ensureMemory.ts";
import { modelParameters } from "../../engine/memory/trainingMemory.ts";
import { type Adapter, writeAdapterFolder } from "../../engine/model/adapterFolder.ts";
import { type Model, writeModelFolder } from "../../engine/model/modelFolder.ts";
import type { Weights } from "../../engine/model/parameters.ts";
import { generate } from "../../engine/sample/generate.ts";
import { score } from "../../engine/sample/score.ts";
import type { EncodedRow } from "../../engine/train/batch.ts";
import type { Trainee } from "../../engine/train/gradients.ts";
import { initialAdapter } from "../../engine/train/lora.ts";
import { ProgramCache } from "../../engine/train/programCache.ts";
import type { Recipe } from "../../engine/train/recipe.ts";
import { train } from "../../engine/train/train.ts";
import { UserError } from "../../util/errors.ts";
import type { Backend, Checkpoint, Finetuned, FinetuneOptions, ModelRef } from "../backend.ts";
import { ModelShelf } from "./loadedModel.ts";

/** Changes whenever the same request could give other numbers. */
const version = "1 (onnxruntime 1.30.0)";

export interface LocalBackendOptions {
  /** Threads within one operator; for several runs at once use processes with one thread each. @default 1 */
  threads?: number;
}

/** The embedded engine as a backend: models are Hugging Face folders, adapters PEFT folders on this machine. */
export function createLocalBackend({ threads = 1 }: LocalBackendOptions = {}): Backend {
  const shelf = new ModelShelf();
  const executor = createOnnxExecutor({ threads });
  const programs = new ProgramCache(executor);
  return {
    id: "local",
    version,
    hash: (model) => shelf.hash(model),

    async finetune(base, rows, recipe, options) {
      // LoRA goes on with the adapter's own weights; full fine-tuning starts from base and adapter merged.
      const continued = recipe.method === "lora" && base.adapter !== undefined;
      const model = continued ? await shelf.unmerged(base) : await shelf.load(base);
      return finetune(model, base, programs, rows, recipe, options);
    },

    async sample(ref, prompts, sampling, { seed, ids, signal, onProgress }) {
      const model = await shelf.load(ref);
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
      const generator = { programs, config: model.config, weights: model.weights };
      const rows = chats.map((messages) => model.template.encodeChat(onlyLastReply(messages)));
      return score(generator, rows, signal && { signal });
    },

    matmulRate: () => matmulRate(executor),

    close: () => programs.release(),
  };
}

async function finetune(
  model: Model & { adapter?: Adapter },
  base: ModelRef,
  programs: ProgramCache,
  rows: readonly TrainRow[],
  recipe: Recipe,
  { seed, folder, signal, onProgress }: FinetuneOptions,
): Promise<Finetuned> {
  const encoded = encodeRows(model, rows);
  const trainee = createTrainee(model, recipe, seed);
  const save = async (to: string): Promise<ModelRef> => {
    if (!trainee.adapter) {
      await writeModelFolder(to, { ...model, weights: trainee.weights });
      return { base: to };
    }
    await writeAdapterFolder(to, trainee.adapter, base.base);
    return { base: base.base, adapter: to };
  };
  const checkpoints: Checkpoint[] = [];
  const work = await train(programs, trainee, encoded, recipe, {
    seed,
    ...(signal && { signal }),
    onStep: async ({ rowsSeen, ...progress }) => {
      onProgress?.(progress);
      const { step, steps } = progress;
      const due = recipe.checkpointEvery !== undefined && step % recipe.checkpointEvery === 0 && step < steps;
      if (due) checkpoints.push({ step, rowsSeen, model: await save(join(folder, "checkpoints", `${step}`)) });
    },
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
