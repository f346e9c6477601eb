import { z } from "zod";

export const targetModules = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;

/** How to fine-tune. The one source for the type, the validation, the defaults and the help text. */
export const recipeSchema = z.strictObject({
  method: z.enum(["lora", "full"]).default("lora").describe("train low-rank adapters, or every weight"),
  lora: z
    .strictObject({
      rank: z.int().min(1).default(16).describe("rank of the adapters"),
      alpha: z.number().positive().default(32).describe("scaling = alpha / rank (rank-stabilised: alpha / sqrt(rank))"),
      dropout: z.number().min(0).max(0.9).default(0).describe("dropout on an adapter's input while training"),
      rankStabilized: z.boolean().default(false).describe("divide alpha by sqrt(rank) instead of rank"),
      targetModules: z
        .array(z.enum(targetModules))
        .min(1)
        .default([...targetModules])
        .describe("linear layers that get an adapter"),
    })
    .prefault({}),
  learningRate: z.number().positive().default(2e-3).describe("peak learning rate"),
  schedule: z
    .enum(["linear", "constant", "cosine"])
    .default("linear")
    .describe("after the warm-up: fall to zero, or stay"),
  warmupSteps: z.int().min(0).default(5).describe("steps over which the learning rate rises from zero"),
  epochs: z.number().positive().default(2).describe("passes over the rows"),
  effectiveBatchSize: z.int().min(1).default(32).describe("rows per optimizer step"),
  microBatchSize: z
    .int()
    .min(1)
    .default(8)
    .describe("rows per forward and backward pass; smaller ones are accumulated"),
  packing: z
    .boolean()
    .optional()
    // Off is the same as absent: one name for one training.
    .overwrite((on) => on || undefined)
    .describe(
      "put several short rows into one where that saves work: with rows of very different lengths, above all with micro-batches of many rows; the updates stay the same, but dropout draws other masks",
    ),
  weightDecay: z.number().min(0).default(0).describe("decoupled weight decay (AdamW)"),
  beta1: z.number().min(0).lt(1).default(0.9).describe("AdamW, first moment"),
  beta2: z.number().min(0).lt(1).default(0.98).describe("AdamW, second moment"),
  epsilon: z.number().positive().default(1e-8).describe("AdamW, added to the denominator"),
  maxGradNorm: z.number().positive().default(1).describe("gradients are scaled down to this global norm"),
  checkpointEvery: z.int().min(1).optional().describe("optimizer steps between checkpoints; absent: only the last"),
});

export type Recipe = z.infer<typeof recipeSchema>;

/** A full recipe from the fields that differ from the defaults. @throws ZodError naming unknown or invalid fields */
export function recipe(fields: z.input<typeof recipeSchema> = {}): Recipe {
  return recipeSchema.parse(fields);
}
