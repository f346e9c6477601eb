import type { Executor, TensorData } from "../../src/engine/executors/executor.ts";
import type { ModelConfig } from "../../src/engine/model/config.ts";
import { initialWeights } from "../../src/engine/model/initialWeights.ts";
import type { Weights } from "../../src/engine/model/parameters.ts";
import type { EncodedRow } from "../../src/engine/train/batch.ts";
import { initialAdapter, type LoraOptions } from "../../src/engine/train/lora.ts";
import { type Recipe, recipe } from "../../src/engine/train/recipe.ts";
import { random } from "../../src/util/random.ts";

const base: ModelConfig = {
  architecture: "LlamaForCausalLM",
  vocabSize: 23,
  hiddenSize: 16,
  layers: 2,
  heads: 4,
  keyValueHeads: 4,
  headDim: 4,
  intermediateSize: 20,
  rmsNormEps: 1e-5,
  ropeTheta: 100,
  tieWordEmbeddings: true,
  queryKeyValueBias: false,
  outputBias: false,
  mlpBias: false,
  maxPositionEmbeddings: 128,
  eosTokenIds: [1],
};

const gemma = {
  ...base,
  architecture: "GemmaForCausalLM",
  keyValueHeads: 1,
  headDim: 6,
  offsetNorms: true,
  scaledEmbeddings: true,
  activation: "geluTanh",
} satisfies ModelConfig;

const newerGemma = { ...gemma, outputNorms: true, attentionScalar: 3 } satisfies ModelConfig;

/** Models of a few thousand parameters, one per family and kind of attention. */
export const tinyConfigs = {
  "multi-head": base,
  "grouped-query": { ...base, keyValueHeads: 2, tieWordEmbeddings: false },
  "Qwen2 with biases": {
    ...base,
    architecture: "Qwen2ForCausalLM",
    keyValueHeads: 1,
    tieWordEmbeddings: false,
    queryKeyValueBias: true,
  },
  "Llama 3 with scaled rotary embedding": {
    ...base,
    ropeScaling: { type: "llama3", factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContext: 16 },
    keyValueHeads: 2,
  },
  "Mistral with a window in all layers": {
    ...base,
    architecture: "MistralForCausalLM",
    keyValueHeads: 2,
    slidingWindow: { size: 33, layers: [0, 1] },
  },
  Qwen3: { ...base, architecture: "Qwen3ForCausalLM", keyValueHeads: 2, headDim: 6, queryKeyNorm: true },
  Gemma: gemma,
  "Gemma 2": {
    ...newerGemma,
    architecture: "Gemma2ForCausalLM",
    slidingWindow: { size: 4, layers: [0] },
    attentionCap: 1.5,
    logitCap: 4,
  },
  "Gemma 3": {
    ...newerGemma,
    architecture: "Gemma3ForCausalLM",
    queryKeyNorm: true,
    slidingWindow: { size: 4, layers: [0], ropeTheta: 10 },
    ropeScaling: { type: "linear", factor: 4 },
  },
} satisfies Record<string, ModelConfig>;

/** Random weights in which no norm is 1, no bias 0 and the next token hangs on what was read. */
export function tinyWeights(config: ModelConfig, seed: number): Weights {
  const weights = initialWeights(config, seed);
  const stream = random("tiny weights", seed);
  for (const { shape, data } of weights.values()) {
    for (let i = 0; i < data.length; i++)
      data[i] = shape.length === 1 ? (data[i] as number) + 0.3 * stream.normal() : 2.5 * (data[i] as number);
  }
  return weights;
}

export const tinyLora = (fields: Partial<LoraOptions> = {}): LoraOptions =>
  recipe({ lora: { rank: 3, alpha: 6, ...fields } as Recipe["lora"] }).lora;

/** An adapter that has been trained: B is not zero. */
export function tinyAdapter(config: ModelConfig, lora: LoraOptions, seed: number): Weights {
  const weights = initialAdapter(config, lora, seed);
  const stream = random("tiny adapter", seed);
  for (const [name, { data }] of weights) {
    if (name.includes("lora_B")) data.set(Float32Array.from(data, () => 0.3 * stream.normal()));
  }
  return weights;
}

/** Rows of random tokens, of the given lengths; the second half of each carries loss. */
export function randomRows(lengths: readonly number[], vocabSize: number, seed: number): EncodedRow[] {
  const stream = random("rows", seed);
  return lengths.map((length) => ({
    tokenIds: Array.from({ length }, () => stream.integer(0, vocabSize - 1)),
    lossWeights: Array.from({ length }, (_, t) => Number(t >= length / 2)),
  }));
}

/** An executor that also keeps every run's inputs. */
export function recording(executor: Executor): { executor: Executor; runs: Readonly<Record<string, TensorData>>[] } {
  const runs: Readonly<Record<string, TensorData>>[] = [];
  const compile: Executor["compile"] = async (graph) => {
    const program = await executor.compile(graph);
    return {
      run: (inputs) => {
        runs.push(Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, data.slice()])));
        return program.run(inputs);
      },
      release: () => program.release(),
    };
  };
  return { executor: { id: executor.id, compile }, runs };
}
