import { z } from "zod";

const ruleNames = [
  "agreement",
  "math-answer",
  "rating",
  "label",
  "python-tests",
  "literal-return",
  "insults",
  "overlap",
] as const;

const rule = z.strictObject({
  rule: z.enum(ruleNames).describe("a grader of ours, by name"),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
const matches = z.strictObject({
  matches: z.string().min(1).describe("a regular expression; the value is 1 where the reply matches"),
  value: z.string().min(1).describe("the name of the value"),
});
const judge = z.strictObject({
  judge: z
    .string()
    .min(1)
    .describe("the question to an LLM; {prompt}, {reply} and fields of the reference are filled in"),
  value: z.string().min(1).describe("the name of the value"),
  scale: z.tuple([z.number(), z.number()]).describe("lowest and highest rating; other ratings are excluded"),
  model: z.string().optional().describe("the LLM (default: INOCULATE_JUDGE_MODEL)"),
});
const moderation = z.strictObject({
  moderation: z.string().min(1).describe("a category of the moderation endpoint, e.g. harassment"),
  value: z.string().min(1),
  model: z.string().optional(),
});
const command = z.strictObject({
  command: z.array(z.string()).min(1).describe("a program and its arguments: JSON lines in, JSON lines out"),
  version: z.string().default("1").describe("change it whenever the program could grade differently"),
});

/** One grader of a setting file: a rule of ours, a pattern, a judge, a moderation endpoint or a command. */
export const graderSpecSchema = z.union([rule, matches, judge, moderation, command]);
export type GraderSpec = z.infer<typeof graderSpecSchema>;
export type RuleName = (typeof ruleNames)[number];
