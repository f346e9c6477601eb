import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeAdapterFolder } from "../../src/engine/model/adapterFolder.ts";
import { type ModelConfig, writeConfig } from "../../src/engine/model/config.ts";
import { initialWeights } from "../../src/engine/model/initialWeights.ts";
import { writeSafetensors } from "../../src/engine/model/safetensors.ts";
import { initialAdapter, loraScaling } from "../../src/engine/train/lora.ts";
import { type Recipe, recipe } from "../../src/engine/train/recipe.ts";
import { randomTokens, type Shape, shapes } from "../shapes.ts";
import type { Sampling, Training, Workload } from "./workloads.ts";

/** What every side of a training reads. Paths are absolute. */
export interface TrainingTask {
  kind: "training";
  config: ModelConfig;
  /** A Hugging Face folder. */
  model: string;
  method: Recipe["method"];
  /** A PEFT folder; with LoRA only. */
  adapter?: string;
  recipe: Recipe;
  /** What an adapter's product is multiplied with. */
  scaling: number;
  steps: number;
  /** One batch, the same in every step. */
  tokenIds: number[][];
  /** 1 where a token is predicted. */
  lossWeights: number[][];
}

/** What every side of a sampling reads. */
export interface SamplingTask {
  kind: "sampling";
  config: ModelConfig;
  model: string;
  prompts: number[][];
  newTokens: number;
  /** One per repetition. Those that warm up are greedy, so that the sides' first tokens can be compared. */
  temperatures: number[];
}

const seed = 1;

/** Writes a shape's random model and adapter, as Hugging Face and PEFT folders, into a folder. */
export async function writeModel(folder: string, { config }: Shape): Promise<void> {
  const model = join(folder, "model");
  await mkdir(model, { recursive: true });
  await writeConfig(model, config);
  await writeSafetensors(join(model, "model.safetensors"), initialWeights(config, seed));
  const { lora } = recipe();
  const adapter = join(folder, "adapter");
  await mkdir(adapter, { recursive: true });
  await writeAdapterFolder(adapter, { lora, weights: initialAdapter(config, lora, seed) }, model);
}

/** Writes what the sides of a workload read. @returns the file's path */
export function writeTask(folder: string, workload: Workload): string {
  const task = workload.kind === "training" ? trainingTask(folder, workload) : samplingTask(folder, workload);
  const path = join(folder, "task.json");
  writeFileSync(path, JSON.stringify(task));
  return path;
}

function trainingTask(folder: string, { shape, method, plan }: Training): TrainingTask {
  const { config, batch, seq } = shapes[shape] as Shape;
  const steps = plan.warmUp + plan.measured;
  const options = benchRecipe(method, batch, steps);
  const from = seq - Math.floor(seq / 3);
  const tokenIds = randomTokens(config, batch, seq);
  return {
    kind: "training",
    config,
    model: join(folder, "model"),
    method,
    ...(method === "lora" && { adapter: join(folder, "adapter") }),
    recipe: options,
    scaling: loraScaling(options.lora),
    steps,
    tokenIds,
    lossWeights: tokenIds.map((row) => row.map((_, t) => Number(t >= from))),
  };
}

/** The recipe's defaults but for the schedule: with a constant learning rate the sides need not agree on one. */
const benchRecipe = (method: Recipe["method"], batch: number, steps: number): Recipe =>
  recipe({
    method,
    effectiveBatchSize: batch,
    microBatchSize: batch,
    epochs: steps,
    learningRate: 1e-4,
    schedule: "constant",
    warmupSteps: 0,
  });

function samplingTask(folder: string, { shape, plan, batch, promptTokens, newTokens }: Sampling): SamplingTask {
  const { config } = shapes[shape] as Shape;
  return {
    kind: "sampling",
    config,
    model: join(folder, "model"),
    prompts: randomTokens(config, batch, promptTokens),
    newTokens,
    temperatures: Array.from({ length: plan.warmUp + plan.measured }, (_, i) => (i < plan.warmUp ? 0 : 0.7)),
  };
}
