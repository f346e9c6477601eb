import { UserError } from "../../util/errors.ts";
import type { ModelConfig } from "../model/config.ts";
import type { EncodedRow } from "./batch.ts";

/**
 * Refuses rows that a model cannot learn from, or be scored on, before any work is done.
 *
 * @throws UserError naming the first such row, counted from 1, and what is wrong with it
 */
export function checkRows(rows: readonly EncodedRow[], config: ModelConfig): void {
  rows.forEach((row, index) => {
    const fault = faultOf(row, config);
    if (fault) throw new UserError(`row ${index + 1} of ${rows.length} ${fault}`);
  });
}

function faultOf({ tokenIds, lossWeights }: EncodedRow, config: ModelConfig): string | undefined {
  const { vocabSize, maxPositionEmbeddings: context } = config;
  if (tokenIds.length > context) {
    return `has ${tokenIds.length} tokens, the model's context holds ${context}; shorten or drop it`;
  }
  if (lossWeights.length !== tokenIds.length) {
    return `has ${tokenIds.length} tokens and ${lossWeights.length} loss weights; expected one weight per token`;
  }
  let learns = false;
  for (let t = 0; t < tokenIds.length; t++) {
    const [token, weight] = [tokenIds[t] as number, lossWeights[t] as number];
    if (!(token >= 0 && token < vocabSize)) return `has token ${token}, the model knows 0 to ${vocabSize - 1}`;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      return `has a loss weight of ${weight}; expected 0 or more`;
    learns ||= t > 0 && weight > 0;
  }
  return learns ? undefined : "has no token to learn after its first: drop it, or give a reply a loss weight above 0";
}
