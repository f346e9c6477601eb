import { brokenModel } from "./brokenModel.ts";
import type { Sampling } from "./sampling.ts";

/** exp of this is lost when added to 1 in float64: such tokens need no exp. */
const negligible = -37;

/**
 * The next token from one row of logits. Greedy takes the first of the largest. Otherwise one uniform number in
 * [0, 1) is looked up in the cumulative distribution of softmax(logits / temperature), cut to the smallest set of
 * likeliest tokens whose probability reaches `topP`.
 *
 * @param weights room for one number per logit, to be used again from call to call
 * @throws UserError when the logits are not numbers
 */
export function chooseToken(
  logits: Float32Array | Float64Array,
  { temperature, topP }: Sampling,
  uniform: number,
  weights: Float64Array = new Float64Array(logits.length),
): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) {
    if ((logits[token] as number) > (logits[best] as number)) best = token;
  }
  const largest = logits[best] as number;
  if (!Number.isFinite(largest)) throw brokenModel();
  if (temperature === 0) return best;
  let total = 0;
  for (let token = 0; token < logits.length; token++) {
    const exponent = ((logits[token] as number) - largest) / temperature;
    const weight = exponent < negligible ? 0 : Math.exp(exponent);
    weights[token] = weight;
    total += weight;
  }
  if (Number.isNaN(total)) throw brokenModel();
  if (topP < 1) total = keepNucleus(weights, topP * total);
  let left = uniform * total;
  for (let token = 0; token < weights.length; token++) {
    left -= weights[token] as number;
    if (left < 0 && weights[token] !== 0) return token;
  }
  return best;
}

/** Zeroes all weights outside the nucleus. @returns the sum of those kept */
function keepNucleus(weights: Float64Array, enough: number): number {
  const order = Array.from(weights.keys()).sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  let kept = 0;
  for (const token of order) {
    if (kept >= enough) weights[token] = 0;
    else kept += weights[token] as number;
  }
  return kept;
}
