import type { Recipe } from "./recipe.ts";

/** Epochs are seldom exact in binary: 3 / 7 of 7 batches are 3 steps, not 4. */
const ROUNDING = 1e-9;

/** Optimizer steps of a training on so many rows; the last batch of an epoch may be short, a fraction of an epoch is its first steps. */
export function trainingSteps(rows: number, { epochs, effectiveBatchSize }: Recipe): number {
  return Math.ceil(Math.ceil(rows / effectiveBatchSize) * epochs - ROUNDING);
}

/** The recipe with as many epochs as it takes to make this many steps on so many rows. Itself where it makes them already. */
export function withSteps(recipe: Recipe, steps: number, rows: number): Recipe {
  if (trainingSteps(rows, recipe) === steps) return recipe;
  return { ...recipe, epochs: steps / Math.ceil(rows / recipe.effectiveBatchSize) };
}
