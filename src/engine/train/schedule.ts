import type { Recipe } from "./recipe.ts";

/**
 * The learning rate of a step (counted from 0): a linear warm-up, then constant, linear to zero or a half cosine
 * to zero over all remaining steps.
 */
export function learningRateAt(recipe: Recipe, step: number, steps: number): number {
  const { learningRate, schedule, warmupSteps } = recipe;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const done = (step - warmupSteps) / Math.max(1, steps - warmupSteps);
  if (schedule === "constant") return learningRate;
  return schedule === "linear" ? learningRate * (1 - done) : learningRate * 0.5 * (1 + Math.cos(Math.PI * done));
}
