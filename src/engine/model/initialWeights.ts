import { random } from "../../util/random.ts";
import type { ModelConfig } from "./config.ts";
import { embeddingName, headName, parameterShapes, type Weights } from "./parameters.ts";

/** Standard deviation of a fresh embedding: logits of a tied head then start near unit size. */
const embeddingDeviation = 0.1;

/**
 * Random weights to train from scratch: norms 1 (stored as 0 where they are offset), biases 0, linear maps normal with deviation 1 / sqrt(in), those
 * that write into the residual stream divided by sqrt(2 * layers) (Radford et al. 2019).
 */
export function initialWeights(config: ModelConfig, seed: number): Weights {
  const weights: Weights = new Map();
  for (const [name, shape] of parameterShapes(config)) {
    const size = shape.reduce((product, length) => product * length, 1);
    const deviation = deviationOf(config, name, shape);
    const stream = random("initial weights", seed, name);
    const data = new Float32Array(size);
    if (shape.length === 1) data.fill(name.endsWith(".bias") || config.offsetNorms ? 0 : 1);
    else for (let i = 0; i < size; i++) data[i] = deviation * stream.normal();
    weights.set(name, { shape, data });
  }
  return weights;
}

function deviationOf(config: ModelConfig, name: string, shape: readonly number[]): number {
  if (name === embeddingName || name === headName) return embeddingDeviation;
  const writesResidual = /\.(o_proj|down_proj)\.weight$/.test(name);
  return 1 / Math.sqrt((shape[1] as number) * (writesResidual ? 2 * config.layers : 1));
}
