import type { Recipe } from "./recipe.ts";

/** First and second moments of one parameter. */
export interface Moments {
  first: Float32Array;
  second: Float32Array;
}

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
): void {
  state.step++;
  const stepSize = learningRate / (1 - beta1 ** state.step);
  const secondCorrection = 1 / Math.sqrt(1 - beta2 ** state.step);
  const keep = 1 - learningRate * weightDecay;
  for (const [name, { data }] of parameters) {
    const gradient = gradients.get(name);
    if (!gradient) continue;
    const { first, second } = momentsOf(state, name, data.length);
    for (let i = 0; i < data.length; i++) {
      const g = (gradient[i] as number) * gradientScale;
      const m = beta1 * (first[i] as number) + (1 - beta1) * g;
      const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = v;
      data[i] = (data[i] as number) * keep - (stepSize * m) / (Math.sqrt(v) * secondCorrection + epsilon);
    }
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
export function globalNorm(gradients: ReadonlyMap<string, Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients.values())
    for (let i = 0; i < gradient.length; i++) sum += (gradient[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** The factor that brings a norm down to `maxNorm` (1 when it is below), as `torch.nn.utils.clip_grad_norm_` has it. */
export const clipFactor = (norm: number, maxNorm: number): number => Math.min(1, maxNorm / (norm + 1e-6));
