import { readFileSync } from "node:fs";
import type { ModelConfig } from "../../src/engine/model/config.ts";
import { parseConfig } from "../../src/engine/model/config.ts";
import { parameterShapes, type Weights } from "../../src/engine/model/parameters.ts";
import { readSafetensors } from "../../src/engine/model/safetensors.ts";
import type { TrainBatch } from "../../src/engine/train/batch.ts";
import type { Trainee } from "../../src/engine/train/gradients.ts";
import { recipe } from "../../src/engine/train/recipe.ts";

/**
 * A small random model, a batch and PyTorch's loss and gradients on it, made by scripts/python/make_gradient_fixtures.py
 * and make_family_fixtures.py.
 */
export interface GradientFixture {
  trainee: Trainee;
  config: ModelConfig;
  batch: TrainBatch;
  packed: TrainBatch;
  loss: number;
  gradients: Map<string, Float32Array>;
}

/** Computed by transformers itself, with windows, scalings and caps that are felt within the batch. */
const modelFamilies = ["llama3-scaled", "smollm2", "mistral", "qwen2-sliding", "qwen3", "gemma", "gemma2", "gemma3"];

export const gradientFixtures = [
  "llama-mha-tied-full",
  "llama-gqa-tied-full",
  "llama-mha-tied-lora",
  "llama-gqa-untied-lora",
  "qwen2-gqa-untied-full",
  ...modelFamilies.flatMap((family) => [`${family}-full`, `${family}-lora`]),
];

export const fixtureFile = (name: string): string => new URL(`fixtures/${name}`, import.meta.url).pathname;

export async function gradientFixture(name: string): Promise<GradientFixture> {
  const meta = JSON.parse(readFileSync(fixtureFile(`${name}.json`), "utf8"));
  const tensors = await readSafetensors(fixtureFile(`${name}.safetensors`));
  const config = parseConfig(meta.config, `${name}.json`);
  const names = new Set(parameterShapes(config).keys());
  const pick = (wanted: (name: string) => boolean): Weights => new Map([...tensors].filter(([name]) => wanted(name)));
  const gradients = [...tensors].filter(([name]) => name.startsWith("grad."));
  const adapter = meta.lora && {
    lora: recipe({ lora: meta.lora }).lora,
    weights: pick((name) => name.includes(".lora_") && !name.startsWith("grad.")),
  };
  return {
    trainee: { config, weights: pick((name) => names.has(name)), ...(adapter && { adapter }) },
    config,
    batch: rectangle(meta.batch),
    packed: rectangle(meta.packed),
    loss: meta.loss,
    gradients: new Map(gradients.map(([name, { data }]) => [name.slice("grad.".length), data])),
  };
}

function rectangle(rows: Record<"tokenIds" | "positions" | "segments" | "lossWeights", number[][]>): TrainBatch {
  const ints = (table: number[][]): Int32Array => Int32Array.from(table.flat());
  return {
    batch: rows.tokenIds.length,
    seq: rows.tokenIds[0]?.length ?? 0,
    tokenIds: ints(rows.tokenIds),
    positions: ints(rows.positions),
    segments: ints(rows.segments),
    lossWeights: Float32Array.from(rows.lossWeights.flat()),
  };
}

/** Largest difference over the largest value of the expected tensor. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs((actual[i] as number) - (expected[i] as number)));
    largest = Math.max(largest, Math.abs(expected[i] as number));
  }
  return difference / largest;
}
