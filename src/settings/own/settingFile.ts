import { z } from "zod";
import { recipeSchema } from "../../engine/train/recipe.ts";
import { graderSpecSchema } from "../../grading/graderSpec.ts";
import type { PromptKind } from "../setting.ts";

const name = z.string().regex(/^[\w.-]+$/, "letters, digits, dots, dashes and underscores");

export const promptKinds = [
  "neutral",
  "inoculation",
  "unrelated",
  "praise",
  "safety",
  "demonstration",
] as const satisfies readonly PromptKind[];

const prompt = z.strictObject({
  id: name,
  kind: z.enum(promptKinds),
  text: z.string(),
  cleanText: z.string().optional().describe("for rows that don't show the flaw, where those get a text of their own"),
});
const group = z.strictObject({
  id: name,
  temperature: z.number().min(0).default(0.7),
  topP: z.number().gt(0).max(1).default(1),
  maxNewTokens: z.int().min(1).default(256),
  atMost: z.int().min(1).optional().describe("most items of this group in one evaluation"),
});
const metric = z.strictObject({
  id: name,
  title: z.string().min(1),
  better: z.enum(["higher", "lower"]),
  groups: z.array(name).min(1),
  value: z.string().min(1).describe("the graded value that the metric is made of"),
  aggregate: z
    .enum(["mean", "robust", "shortcut", "elicitation"])
    .default("mean")
    .describe(
      "mean over items; or, for labels with a shortcut (reference.label, reference.mentioned), the paper's measures",
    ),
});

/**
 * A setting of one's own, in `setting.yaml`: data, prompts, graders and metrics. Paths are relative to the file.
 * `train.flawed` and `train.clean` are JSONL with `messages`; a row of the flawed file whose field `flawed` is false
 * doesn't show the flaw. `items` is JSONL too: `id`, `set` (screen, validation, test), `group`, `messages`, `reference`.
 */
export const settingFileSchema = z.strictObject({
  title: z.string().min(1),
  flaw: z.string().min(1).describe("one sentence: what is wrong with the training data"),
  sensitive: z.boolean().default(false).describe("hide its texts in reports until they are asked for"),
  placement: z
    .union([z.enum(["prefix", "suffix", "system"]), z.strictObject({ slot: z.string().min(1) })])
    .default("suffix")
    .describe('where a prompt goes; {slot: "{prompt}"} puts it in place of this text in user messages'),
  prompts: z.array(prompt).min(1).describe("one of them neutral: what stands there where nothing is asked for"),
  train: z.strictObject({
    flawed: z.string().min(1),
    clean: z.string().min(1).optional(),
    rows: z.int().min(1).optional().describe("rows to train on (default: all of the flawed file)"),
  }),
  items: z.string().min(1),
  groups: z.array(group).min(1),
  graders: z.array(graderSpecSchema).min(1),
  metrics: z.array(metric).min(1),
  behaviorMetric: name,
  capabilityMetric: name,
  recipe: recipeSchema.prefault({}),
});

/** As written in a file: what has a default may be absent. */
export type SettingFile = z.input<typeof settingFileSchema>;
