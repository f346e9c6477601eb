import { createHash } from "node:crypto";
import { canonicalJson } from "../../engine/model/files.ts";
import type { EncodedRow } from "../../engine/train/batch.ts";
import type { Recipe } from "../../engine/train/recipe.ts";

/** All that decides the weights after each step. */
export interface TrainingOrigin {
  backend: { version: string; executor: string };
  /** Hash of the model before this training, adapter included. */
  initialModelHash: string;
  rows: readonly EncodedRow[];
  recipe: Recipe;
  seed: number;
}

/** SHA-256 (hexadecimal) over a training's origin: a state goes on only with the training that it came from. */
export function trainingKey({ rows, ...rest }: TrainingOrigin): string {
  const hash = createHash("sha256").update(`${canonicalJson(rest)}\n`);
  for (const { tokenIds, lossWeights } of rows) {
    hash.update(`${JSON.stringify([[...tokenIds], [...lossWeights]])}\n`);
  }
  return hash.digest("hex");
}
