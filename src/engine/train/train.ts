import { InterruptedError, UserError } from "../../util/errors.ts";
import { processorSeconds } from "../../util/processorSeconds.ts";
import { ensureTrainingMemory } from "../memory/ensureTrainingMemory.ts";
import { type AdamWState, adamwStep, clipFactor, createAdamWState, globalNorm } from "./adamw.ts";
import { bucketLength, type EncodedRow, layOut, type TrainBatch } from "./batch.ts";
import { checkRows } from "./checkRows.ts";
import { batchOrder } from "./dataOrder.ts";
import { lossAndGradients, shapeOf, type Trainee } from "./gradients.ts";
import { modelFlops } from "./modelFlops.ts";
import type { ProgramCache } from "./programCache.ts";
import type { Recipe } from "./recipe.ts";
import { learningRateAt } from "./schedule.ts";
import { differentShapes } from "./trainingGraph.ts";
import { trainingSteps } from "./trainingSteps.ts";

/** What happened in one optimizer step. */
export interface StepReport {
  /** Counted from 1. */
  step: number;
  steps: number;
  loss: number;
  learningRate: number;
  /** Before clipping. */
  gradNorm: number;
  /** Tokens that went through the model so far, prompts included, padding not. */
  tokens: number;
  rowsSeen: number;
}

/** How much work a training was, and how long it took. */
export interface TrainingWork {
  /** Model FLOPs of all steps (`modelFlops.ts`). */
  flops: number;
  /** Processor seconds of all steps, optimizer included; compiling and `onStep` are not. */
  seconds: number;
}

export interface TrainOptions {
  seed: number;
  signal?: AbortSignal;
  /** After every step; the trainee then holds the updated weights. */
  onStep?: (report: StepReport) => void | Promise<void>;
}

/**
 * Trains in place: the adapter's weights if the trainee has one, else all of them (which must then be its own).
 *
 * @throws UserError when there are no rows, one of them cannot be learnt from or the memory would not do (before the
 * first step), or the loss is no longer a number
 * @throws InterruptedError when the signal fires; the weights are then those after the last whole step
 */
export async function train(
  programs: ProgramCache,
  trainee: Trainee,
  rows: readonly EncodedRow[],
  recipe: Recipe,
  { seed, signal, onStep }: TrainOptions,
): Promise<TrainingWork> {
  if (rows.length === 0) throw new UserError("expected at least one row to train on, got none");
  checkRows(rows, trainee.config);
  const parameters = trainee.adapter?.weights ?? trainee.weights;
  const optimizer: AdamWState = createAdamWState();
  const batches = effectiveBatches(rows, recipe, seed);
  const { config, adapter } = trainee;
  const shapes = differentShapes(batches.flatMap((batch) => microBatches(rows, batch, recipe).map(shapeOf)));
  ensureTrainingMemory(programs, { config, lora: adapter?.lora, shapes }, recipe);
  const flopsOfRow = modelFlops(config, adapter?.lora);
  const work: TrainingWork = { flops: 0, seconds: 0 };
  let [tokens, rowsSeen] = [0, 0];
  for (const [step, batch] of batches.entries()) {
    if (signal?.aborted) throw new InterruptedError("training was stopped");
    const start = processorSeconds() - programs.compileSeconds;
    const { loss, gradients } = await lossAndGradients(programs, trainee, microBatches(rows, batch, recipe), [
      seed,
      step,
    ]);
    const gradNorm = globalNorm(gradients);
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
      throw new UserError(
        `training diverged: loss ${loss}, gradient norm ${gradNorm} at step ${step + 1} of ${batches.length}; lower learningRate (${recipe.learningRate})`,
      );
    }
    const learningRate = learningRateAt(recipe, step, batches.length);
    adamwStep(optimizer, parameters, gradients, learningRate, recipe, clipFactor(gradNorm, recipe.maxGradNorm));
    // Otherwise they would stay in memory while the next step makes its own.
    gradients.clear();
    work.seconds += processorSeconds() - programs.compileSeconds - start;
    work.flops += batch.reduce((sum, row) => sum + flopsOfRow(...sizeOfRow(rows[row] as EncodedRow)), 0);
    tokens += batch.reduce((sum, row) => sum + (rows[row] as EncodedRow).tokenIds.length, 0);
    rowsSeen += batch.length;
    await onStep?.({ step: step + 1, steps: batches.length, loss, learningRate, gradNorm, tokens, rowsSeen });
  }
  return work;
}

/** Tokens, and how many of them are learnt from. */
function sizeOfRow({ tokenIds, lossWeights }: EncodedRow): [tokens: number, lossRows: number] {
  let lossRows = 0;
  for (let t = 1; t < lossWeights.length; t++) lossRows += Number(lossWeights[t] !== 0);
  return [tokenIds.length, lossRows];
}

/** The row numbers of every optimizer step, over all epochs; a fraction of an epoch is its first steps. */
function effectiveBatches(rows: readonly EncodedRow[], recipe: Recipe, seed: number): number[][] {
  const lengths = rows.map(({ tokenIds }) => tokenIds.length);
  const steps = trainingSteps(rows.length, recipe);
  const epochs = Array.from({ length: Math.ceil(recipe.epochs) }, (_, epoch) =>
    batchOrder(lengths, recipe.effectiveBatchSize, seed, epoch),
  );
  return epochs.flat().slice(0, steps);
}

function microBatches(
  rows: readonly EncodedRow[],
  batch: readonly number[],
  { microBatchSize, effectiveBatchSize }: Recipe,
): TrainBatch[] {
  const size = Math.min(microBatchSize, effectiveBatchSize);
  const examples = batch.map((row) => rows[row] as EncodedRow);
  return Array.from({ length: Math.ceil(examples.length / size) }, (_, i) => {
    const part = examples.slice(i * size, (i + 1) * size);
    const longest = part.reduce((longest, { tokenIds }) => Math.max(longest, tokenIds.length), 0);
    return layOut(
      part.map((example) => [example]),
      size,
      bucketLength(longest),
    );
  });
}
