import { recipe } from "../../engine/train/recipe.ts";

/** How the embedded initial model is trained from scratch: every weight, one pass over the corpus. */
export const pretrainingRecipe = recipe({
  method: "full",
  learningRate: 3e-3,
  schedule: "cosine",
  warmupSteps: 100,
  epochs: 1,
  effectiveBatchSize: 64,
  microBatchSize: 16,
  weightDecay: 0.02,
});

/** Examples of the corpus, about 36 tokens each. */
export const corpusExamples = 280_000;

/** Examples from which the vocabulary is collected. */
export const vocabularyExamples = 40_000;

/** The committed model's seed. */
export const pretrainingSeed = 1;
