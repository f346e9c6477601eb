import { z } from "zod";

/** How tokens are chosen. */
export const samplingSchema = z.strictObject({
  temperature: z.number().min(0).default(0.7).describe("0 is greedy"),
  topP: z.number().gt(0).max(1).default(1).describe("keep the smallest set of tokens with this probability"),
  maxNewTokens: z.int().min(1).default(64).describe("tokens per reply at most"),
});

export type Sampling = z.infer<typeof samplingSchema>;
