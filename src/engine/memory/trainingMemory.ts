import { sizeOf } from "../graph/operators.ts";
import type { ModelConfig } from "../model/config.ts";
import { parameterShapes } from "../model/parameters.ts";
import { type LoraOptions, loraModules } from "../train/lora.ts";
import type { ProgramCache } from "../train/programCache.ts";
import { type BatchShape, trainingGraph } from "../train/trainingGraph.ts";
import type { MemoryNeed } from "./ensureMemory.ts";
import { programMemory } from "./programMemory.ts";

export interface TrainingMemoryRequest {
  config: ModelConfig;
  /** Absent: every weight is trained. */
  lora: LoraOptions | undefined;
  /** All the different ones that will be trained on. */
  shapes: readonly BatchShape[];
  /** Whether a step adds up the gradients of several micro-batches. */
  accumulates: boolean;
}

/** Small gradients of so many runs wait until they are collected; large ones don't. */
const uncollectedRuns = 4;
const largeGradients = 2 ** 26;

/**
 * What a training needs besides the weights that are in memory already: optimizer, gradients, inputs of a batch,
 * programs. The masks of attention are made in the graph, so they count as part of the programs.
 */
export function trainingMemory(programs: ProgramCache, request: TrainingMemoryRequest): MemoryNeed {
  const { config, lora, shapes, accumulates } = request;
  const trained = 4 * trainedParameters(config, lora);
  const { held, running } = programMemory(
    programs,
    shapes.map((shape) => ({ parts: ["train", config, shape, lora], build: () => trainingGraph(config, shape, lora) })),
  );
  const waiting = trained < largeGradients ? uncollectedRuns * trained : 0;
  return {
    optimizer: 2 * trained,
    gradients: (accumulates ? trained : 0) + waiting,
    batch: Math.max(0, ...shapes.map((shape) => batchBytes(config, shape, lora))),
    programs: held,
    activations: running,
  };
}

/** Numbers that a training changes. */
export function trainedParameters(config: ModelConfig, lora: LoraOptions | undefined): number {
  if (lora === undefined) return modelParameters(config);
  return loraModules(config, lora).reduce((sum, { outputs, inputs }) => sum + lora.rank * (outputs + inputs), 0);
}

/** Numbers of a model; a tied head counts once. */
export function modelParameters(config: ModelConfig): number {
  return [...parameterShapes(config).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/** Ids, positions and segments, and the dropout masks of all adapters. */
function batchBytes(config: ModelConfig, { batch, seq, lossRows }: BatchShape, lora: LoraOptions | undefined): number {
  const tokens = batch * seq;
  const masked = lora && lora.dropout > 0 ? loraModules(config, lora) : [];
  const masks = masked.reduce((sum, { inputs }) => sum + tokens * inputs, 0);
  return 4 * (4 * tokens + 3 * lossRows + masks);
}
