import { InterruptedError, UserError } from "../../util/errors.ts";
import { type AdamWState, adamwStep, clipFactor, createAdamWState, globalNorm } from "./adamw.ts";
import { type EncodedRow, layOut } from "./batch.ts";
import { checkRows } from "./checkRows.ts";
import { batchOrder } from "./dataOrder.ts";
import { lossAndGradients, type Trainee } from "./gradients.ts";
import { microBatches, positionsOf } from "./microBatches.ts";
import type { ProgramCache } from "./programCache.ts";
import type { Recipe } from "./recipe.ts";
import { learningRateAt } from "./schedule.ts";
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
 * @throws UserError when there are no rows, one of them cannot be learnt from (before the first step), or the loss is
 * no longer a number
 * @throws InterruptedError when the signal fires; the weights are then those after the last whole step
 */
export async function train(
  programs: ProgramCache,
  trainee: Trainee,
  rows: readonly EncodedRow[],
  recipe: Recipe,
  { seed, optimizer = createAdamWState(), signal, onStep }: TrainOptions,
): Promise<void> {
  if (rows.length === 0) throw new UserError("expected at least one row to train on, got none");
  checkRows(rows, trainee.config);
  const parameters = trainee.adapter?.weights ?? trainee.weights;
  const batches = effectiveBatches(rows, recipe, seed);
  const { passes } = programs.executor;
  let spare: Map<string, Float32Array> | undefined;
  let [tokens, positions, rowsSeen] = [0, 0, 0];
  for (const [step, batch] of batches.entries()) {
    const examples = batch.map((row) => rows[row] as EncodedRow);
    const rectangles = microBatches(examples, recipe, trainee.config);
    tokens += examples.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
    positions += positionsOf(rectangles);
    rowsSeen += batch.length;
    if (step < optimizer.step) continue;
    if (signal?.aborted) throw new InterruptedError("training was stopped");
    const laidOut = rectangles.map(({ rows, batch, seq }) => layOut(rows, batch, seq));
    const { loss, gradients } = await lossAndGradients(programs, trainee, laidOut, [seed, step], spare);
    spare = gradients;
    const gradNorm = globalNorm(gradients, passes);
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) {
      throw new UserError(
        `training diverged: loss ${loss}, gradient norm ${gradNorm} at step ${step + 1} of ${batches.length}; lower learningRate (${recipe.learningRate})`,
      );
    }
    const learningRate = learningRateAt(recipe, step, batches.length);
    const clip = clipFactor(gradNorm, recipe.maxGradNorm);
    adamwStep(optimizer, parameters, gradients, learningRate, recipe, clip, passes);
    const sofar = { tokens, positions, rowsSeen };
    await onStep?.({ step: step + 1, steps: batches.length, loss, learningRate, gradNorm, ...sofar });
  }
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
