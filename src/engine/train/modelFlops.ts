import { matmulFlops } from "../graph/flops.ts";
import type { ModelConfig } from "../model/config.ts";
import type { LoraOptions } from "./lora.ts";
import { trainingGraph } from "./trainingGraph.ts";

/**
 * Model FLOPs of training on one row, as Chowdhery et al. 2022 (PaLM, appendix B) count them: the matrix products of
 * the forward and the backward pass, attention included (all pairs of tokens, masked or not), nothing for padding or for
 * recomputation. Frozen weights have no gradient of their own, so with LoRA the backward pass is cheaper. Logits count
 * where the loss is.
 *
 * @param lora absent: every weight is trained
 * @returns FLOPs of a row of `tokens`, `lossRows` of which carry loss
 */
export function modelFlops(
  config: ModelConfig,
  lora: LoraOptions | undefined,
): (tokens: number, lossRows: number) => number {
  // Linear maps grow with the tokens, attention with their square, the head with the loss rows: three graphs tell all.
  const at = (seq: number, lossRows: number): number =>
    matmulFlops(trainingGraph(config, { batch: 1, seq, lossRows }, lora));
  const [one, twoTokens, twoLossRows] = [at(1, 1), at(2, 1), at(1, 2)];
  const head = twoLossRows - one;
  const attention = (twoTokens - head - 2 * (one - head)) / 2;
  const linear = one - head - attention;
  return (tokens, lossRows) => linear * tokens + attention * tokens ** 2 + head * lossRows;
}
