import { type Moments, type ParameterPasses, plainPasses, type UpdateFactors } from "../executors/parameterPasses.ts";
import type { Recipe } from "./recipe.ts";

export interface AdamWState {
  /** Updates made so far. */
  step: number;
  moments: Map<string, Moments>;
}

export const createAdamWState = (): AdamWState => ({ step: 0, moments: new Map() });

type Hyperparameters = Pick<Recipe, "beta1" | "beta2" | "epsilon" | "weightDecay">;

/**
 * One AdamW update in place (Loshchilov & Hutter 2019, algorithm 2; PyTorch's bias correction and defaults: every
 * parameter is decayed).
 *
 * @param gradientScale multiplied onto every gradient first (clipping)
 */
export function adamwStep(
  state: AdamWState,
  parameters: ReadonlyMap<string, { data: Float32Array }>,
  gradients: ReadonlyMap<string, Float32Array>,
  learningRate: number,
  { beta1, beta2, epsilon, weightDecay }: Hyperparameters,
  gradientScale: number,
  passes: ParameterPasses = plainPasses,
): void {
  state.step++;
  const factors: UpdateFactors = {
    ...{ beta1, beta2, epsilon, gradientScale },
    keep: 1 - learningRate * weightDecay,
    stepSize: learningRate / (1 - beta1 ** state.step),
    secondCorrection: 1 / Math.sqrt(1 - beta2 ** state.step),
  };
  for (const [name, { data }] of parameters) {
    const gradient = gradients.get(name);
    if (gradient) passes.adamw(data, gradient, momentsOf(state, name, data.length), factors);
  }
}

function momentsOf(state: AdamWState, name: string, length: number): Moments {
  const known = state.moments.get(name);
  if (known) return known;
  const fresh = { first: new Float32Array(length), second: new Float32Array(length) };
  state.moments.set(name, fresh);
  return fresh;
}

/** The Euclidean norm over all gradients together. */
export function globalNorm(
  gradients: ReadonlyMap<string, Float32Array>,
  passes: ParameterPasses = plainPasses,
): number {
  let sum = 0;
  for (const gradient of gradients.values()) sum = passes.addSquares(sum, gradient);
  return Math.sqrt(sum);
}

/** The factor that brings a norm down to `maxNorm` (1 when it is below), as `torch.nn.utils.clip_grad_norm_` has it. */
export const clipFactor = (norm: number, maxNorm: number): number => Math.min(1, maxNorm / (norm + 1e-6));
