import { random } from "../../util/random.ts";
import type { TensorData } from "../executors/executor.ts";
import type { ModelConfig } from "../model/config.ts";
import type { Weights } from "../model/parameters.ts";
import { bucketLossRows, countLossRows, lossRows, type TrainBatch } from "./batch.ts";
import { type LoraOptions, loraModules } from "./lora.ts";
import type { ProgramCache } from "./programCache.ts";
import { type BatchShape, dropoutInput, trainingGraph } from "./trainingGraph.ts";

/** A model in training: frozen weights, and adapters unless every weight is trained. */
export interface Trainee {
  config: ModelConfig;
  weights: Weights;
  adapter?: { lora: LoraOptions; weights: Weights };
}

export interface LossAndGradients {
  /** Weighted mean of -log p over the effective batch. */
  loss: number;
  /** By parameter name, summed over the micro-batches. */
  gradients: Map<string, Float32Array>;
}

/**
 * Loss and gradients of one effective batch, one micro-batch after the other. Weights are divided by their sum over
 * the whole effective batch, so the result does not depend on how it is cut or packed.
 *
 * @param dropoutKey keys the dropout masks: seed and step
 * @param spare gradients that are no longer needed: an executor may write the new ones into their arrays
 */
export async function lossAndGradients(
  programs: ProgramCache,
  trainee: Trainee,
  microBatches: readonly TrainBatch[],
  dropoutKey: readonly (string | number)[],
  spare?: LossAndGradients["gradients"],
): Promise<LossAndGradients> {
  const divisor = microBatches.reduce((sum, { lossWeights }) => sum + lossWeights.reduce((a, b) => a + b, 0), 0);
  const total: LossAndGradients = { loss: 0, gradients: new Map() };
  for (const [index, batch] of microBatches.entries()) {
    const shape = shapeOf(batch);
    const { config, adapter } = trainee;
    const program = await programs.get(["train", config, shape, adapter?.lora], () =>
      trainingGraph(config, shape, adapter?.lora),
    );
    const inputs = {
      ...weightInputs(trainee.weights),
      ...(adapter && weightInputs(adapter.weights)),
      ...batchInputs(batch, divisor, shape),
      ...dropoutMasks(trainee, shape, [...dropoutKey, index]),
    };
    addOutputs(total, await program.run(inputs, index === 0 ? outputArrays(spare) : undefined));
  }
  return total;
}

/** Gradients by the names of the program's outputs. */
function outputArrays(gradients: LossAndGradients["gradients"] = new Map()): Map<string, Float32Array> {
  return new Map([...gradients].map(([name, array]) => [`grad:${name}`, array]));
}

/** Adds a micro-batch's loss and gradients, and empties `outputs`: they must be free before the next micro-batch runs. */
function addOutputs(total: LossAndGradients, outputs: Record<string, Float32Array | Float64Array>): void {
  total.loss += outputs.loss?.[0] as number;
  for (const [name, output] of Object.entries(outputs)) {
    if (name !== "loss") addInto(total.gradients, name.slice("grad:".length), output);
    delete outputs[name];
  }
}

/** The shape of the program that a micro-batch runs in. */
export function shapeOf(batch: TrainBatch): BatchShape {
  const { batch: rows, seq } = batch;
  return { batch: rows, seq, lossRows: bucketLossRows(countLossRows(batch), rows, seq) };
}

/** The feeds that carry weights, by their Hugging Face names. */
export function weightInputs(weights: Weights): Record<string, TensorData> {
  return Object.fromEntries([...weights].map(([name, { data }]) => [name, data]));
}

/** The feeds that carry a batch. */
export function batchInputs(batch: TrainBatch, divisor: number, shape: BatchShape): Record<string, TensorData> {
  const { tokenIds, positions, segments } = batch;
  const { rows, targets, weights } = lossRows(batch, divisor, shape.lossRows);
  return { tokenIds, positions, segments, lossRows: rows, targets, lossWeights: weights };
}

function addInto(gradients: Map<string, Float32Array>, name: string, part: Float32Array | Float64Array): void {
  const sum = gradients.get(name);
  if (!sum) gradients.set(name, part instanceof Float32Array ? part : Float32Array.from(part));
  else for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (part[i] as number);
}

/** Inverted dropout, one mask per adapter: 0 with probability p, else 1 / (1 - p). */
function dropoutMasks(
  { config, adapter }: Trainee,
  shape: BatchShape,
  key: readonly (string | number)[],
): Record<string, Float32Array> {
  const dropout = adapter?.lora.dropout ?? 0;
  if (!adapter || dropout === 0) return {};
  const masks = loraModules(config, adapter.lora).map(({ module, inputs }) => {
    const stream = random("dropout", ...key, module);
    const mask = new Float32Array(shape.batch * shape.seq * inputs);
    for (let i = 0; i < mask.length; i++) mask[i] = stream.chance(dropout) ? 0 : 1 / (1 - dropout);
    return [dropoutInput(module), mask];
  });
  return Object.fromEntries(masks);
}
