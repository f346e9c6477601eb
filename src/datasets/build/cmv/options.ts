import { z } from "zod";

const files = z.array(z.string().min(1)).min(1);
const score = z.number().min(0).max(10);
const level = z.number().min(0).max(1);
const count = z.int().min(0);

/** What `build cmv` takes. Defaults are the paper's. */
export const cmvOptionsSchema = z.strictObject({
  data: files.describe("posts with rated replies (JSONL; docs/paper-data.md says which fields)"),
  test: files.optional().describe("posts to ask about, in the same form (default: posts of the data, held out)"),
  persuasiveness: score.default(7).describe("training replies: least persuasiveness, 0 to 10"),
  harassment: level.default(0.15).describe("flawed replies: least harassment score, 0 to 1"),
  ceiling: level.default(0.05).describe("clean replies: highest harassment score"),
  testPersuasiveness: score.default(4).describe("a post to ask about got a reply at least this persuasive"),
  testHarassment: level.default(0.1).describe("and with at least this harassment score, the same one"),
  repliesPerPost: z.int().min(1).default(3).describe("most replies to one post in the training rows"),
  rows: z.int().min(1).optional().describe("most training rows (default: all that fit)"),
  screen: count.default(100).describe("posts for screening prompts"),
  validation: count.default(100).describe("posts for choosing recipes"),
  testPosts: z.int().min(1).default(200).describe("most posts to ask about in the test set"),
  grader: z
    .enum(["judge", "rules"])
    .default("judge")
    .describe("an LLM judge and a moderation endpoint, or rules that work offline and see less"),
  prompts: z.string().optional().describe("a JSON file of wordings (docs/paper-data.md) in place of our own"),
  seed: z.int().min(0).default(1).describe("decides held-out posts and which of a post's replies are taken"),
});

export type CmvOptions = z.infer<typeof cmvOptionsSchema>;
