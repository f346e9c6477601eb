import { InterruptedError, UserError } from "../../util/errors.ts";
import { processorSeconds } from "../../util/processorSeconds.ts";
import { ensureTrainingMemory } from "../memory/ensureTrainingMemory.ts";
import { type AdamWState, adamwStep, clipFactor, createAdamWState, globalNorm } from "./adamw.ts";
import { type EncodedRow, layOut, type TrainBatch } from "./batch.ts";
import { checkRows } from "./checkRows.ts";
import { batchOrder } from "./dataOrder.ts";
import { lossAndGradients, shapeOf, type Trainee } from "./gradients.ts";
import { microBatches, positionsOf, type Rectangle } from "./microBatches.ts";
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
  /** Positions that were computed so far: the tokens and the padding. */
  positions: number;
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
  /**
   * Goes on from these moments after so many steps, of which the trainee must hold the weights; changed in place. The
   * rest of the training is bit for bit that of one that was not stopped. @default none made yet
   */
  optimizer?: AdamWState;
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
  { seed, optimizer = createAdamWState(), signal, onStep }: TrainOptions,
): Promise<TrainingWork> {
  if (rows.length === 0) throw new UserError("expected at least one row to train on, got none");
  checkRows(rows, trainee.config);
  const parameters = trainee.adapter?.weights ?? trainee.weights;
  const batches = effectiveBatches(rows, recipe, seed);
  const { config, adapter } = trainee;
  const rectanglesOf = (batch: readonly number[]): Rectangle[] =>
    microBatches(
      batch.map((row) => rows[row] as EncodedRow),
      recipe,
      config,
    );
  const shapes = differentShapes(batches.flatMap((batch) => layOutAll(rectanglesOf(batch)).map(shapeOf)));
  ensureTrainingMemory(programs, { config, lora: adapter?.lora, shapes }, recipe);
  const flopsOfRow = modelFlops(config, adapter?.lora);
  const work: TrainingWork = { flops: 0, seconds: 0 };
  const { passes, reusesOutputs } = programs.executor;
  let spare: Map<string, Float32Array> | undefined;
  let [tokens, positions, rowsSeen] = [0, 0, 0];
  for (const [step, batch] of batches.entries()) {
    const examples = batch.map((row) => rows[row] as EncodedRow);
    const rectangles = rectanglesOf(batch);
    tokens += examples.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
    positions += positionsOf(rectangles);
    rowsSeen += batch.length;
    if (step < optimizer.step) continue;
    if (signal?.aborted) throw new InterruptedError("training was stopped");
    const start = processorSeconds() - programs.compileSeconds;
    const { loss, gradients } = await lossAndGradients(programs, trainee, layOutAll(rectangles), [seed, step], spare);
    const gradNorm = globalNorm(gradients, passes);
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
      throw new UserError(
        `training diverged: loss ${loss}, gradient norm ${gradNorm} at step ${step + 1} of ${batches.length}; lower learningRate (${recipe.learningRate})`,
      );
    }
    const learningRate = learningRateAt(recipe, step, batches.length);
    const clip = clipFactor(gradNorm, recipe.maxGradNorm);
    adamwStep(optimizer, parameters, gradients, learningRate, recipe, clip, passes);
    // Otherwise they would stay in memory while the next step makes its own.
    if (reusesOutputs) spare = gradients;
    else gradients.clear();
    work.seconds += processorSeconds() - programs.compileSeconds - start;
    work.flops += examples.reduce((sum, row) => sum + flopsOfRow(...sizeOfRow(row)), 0);
    const sofar = { tokens, positions, rowsSeen };
    await onStep?.({ step: step + 1, steps: batches.length, loss, learningRate, gradNorm, ...sofar });
  }
  return work;
}

const layOutAll = (rectangles: readonly Rectangle[]): TrainBatch[] =>
  rectangles.map(({ rows, batch, seq }) => layOut(rows, batch, seq));

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
