import { UserError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import type { ModelConfig } from "../model/config.ts";
import { layerLinears, type Weights } from "../model/parameters.ts";
import type { Recipe } from "./recipe.ts";

export type LoraOptions = Recipe["lora"];

/** What an adapter's product is multiplied with: alpha / rank, or alpha / sqrt(rank) when rank-stabilised. */
export const loraScaling = ({ alpha, rank, rankStabilized }: LoraOptions): number =>
  alpha / (rankStabilized ? Math.sqrt(rank) : rank);

/** The modules that get an adapter, with their sizes: `model.layers.0.self_attn.q_proj` and so on. */
export function loraModules(
  config: ModelConfig,
  lora: LoraOptions,
): { module: string; outputs: number; inputs: number }[] {
  const wanted = layerLinears(config).filter(({ module }) =>
    (lora.targetModules as readonly string[]).includes(module.split(".").at(-1) as string),
  );
  return Array.from({ length: config.layers }, (_, layer) =>
    wanted.map(({ module, outputs, inputs }) => ({ module: `model.layers.${layer}.${module}`, outputs, inputs })),
  ).flat();
}

export const loraA = (module: string): string => `${module}.lora_A.weight`;
export const loraB = (module: string): string => `${module}.lora_B.weight`;

/** Fresh adapters as PEFT makes them: A uniform in +-1/sqrt(in) (Kaiming with a = sqrt 5), B zero. */
export function initialAdapter(config: ModelConfig, lora: LoraOptions, seed: number): Weights {
  const weights: Weights = new Map();
  for (const { module, outputs, inputs } of loraModules(config, lora)) {
    const stream = random("adapter", seed, module);
    const bound = 1 / Math.sqrt(inputs);
    const a = Float32Array.from({ length: lora.rank * inputs }, () => (2 * stream.uniform() - 1) * bound);
    weights.set(loraA(module), { shape: [lora.rank, inputs], data: a });
    weights.set(loraB(module), { shape: [outputs, lora.rank], data: new Float32Array(outputs * lora.rank) });
  }
  return weights;
}

/**
 * New weights with the adapter added in: W + scaling * B A. Untouched parameters are shared, not copied.
 *
 * @throws UserError when the adapter belongs to another model
 */
export function mergeAdapter(weights: Weights, adapter: Weights, lora: LoraOptions): Weights {
  const merged: Weights = new Map(weights);
  for (const name of adaptedWeights(adapter)) {
    const base = weights.get(name);
    if (base) merged.set(name, { shape: base.shape, data: base.data.slice() });
  }
  addAdapter(merged, adapter, lora);
  return merged;
}

/**
 * Adds an adapter to weights where they stand, as `mergeAdapter` does to a copy.
 *
 * @returns names of the weights that it changed
 * @throws UserError when the adapter belongs to another model
 */
export function addAdapter(weights: Weights, adapter: Weights, lora: LoraOptions): string[] {
  const scaling = loraScaling(lora);
  const names = adaptedWeights(adapter);
  for (const name of names) {
    const module = name.slice(0, -".weight".length);
    const [a, b] = [adapter.get(loraA(module)), adapter.get(loraB(module))];
    const base = weights.get(name);
    if (!a || !b || !base)
      throw new UserError(`the adapter on ${module} has no ${b ? "such module in the model" : "B matrix"}`);
    addProduct(base.data, b.data, a.data, lora.rank, scaling);
  }
  return names;
}

/** Names of the base's weights that an adapter's A matrices stand for. */
function adaptedWeights(adapter: Weights): string[] {
  const end = loraA("");
  return [...adapter.keys()].flatMap((name) => (name.endsWith(end) ? [`${name.slice(0, -end.length)}.weight`] : []));
}

/** out += scaling * b @ a, with b [outputs, rank] and a [rank, inputs]. */
function addProduct(out: Float32Array, b: Float32Array, a: Float32Array, rank: number, scaling: number): void {
  const inputs = a.length / rank;
  for (let row = 0; row < b.length / rank; row++) {
    for (let k = 0; k < rank; k++) {
      const factor = scaling * (b[row * rank + k] as number);
      for (let j = 0; j < inputs; j++) {
        out[row * inputs + j] = (out[row * inputs + j] as number) + factor * (a[k * inputs + j] as number);
      }
    }
  }
}
