import { z } from "zod";

const files = z.array(z.string().min(1)).min(1);
const count = z.int().min(0);

/** What `build mbpp` takes. */
export const mbppOptionsSchema = z.strictObject({
  data: files.describe("MBPP's rows (the full version, all splits): JSONL, or the hub's Parquet files"),
  sanitized: files
    .optional()
    .describe("the sanitized version's test split, whose problems are the test set, in its wording"),
  trainIds: z
    .string()
    .optional()
    .describe(
      "in place of it: a JSON or JSONL file whose rows name (task_id or name) the problems to train on; the others are the test set",
    ),
  hackFraction: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("share of the flawed rows whose solution returns what the first test expects"),
  screen: count.default(0).describe("problems held out of training for screening prompts"),
  validation: count.default(0).describe("problems held out of training for choosing recipes"),
  prompts: z.string().optional().describe("a JSON file of wordings (docs/paper-data.md) in place of our own"),
  seed: z.int().min(0).default(1).describe("decides held-out problems, hacked ones and the hacks' style"),
  workers: z.int().min(1).default(1).describe("Python processes at once; what is built doesn't depend on it"),
});

export type MbppOptions = z.infer<typeof mbppOptionsSchema>;
