import { z } from "zod";
import { recipeSchema } from "../../engine/train/recipe.ts";
import { trainDataKinds } from "../result.ts";

/** A list, or one value in its place. */
function oneOrMore<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(schema).min(1));
}

/** The same for a field that may be left out. */
function someOf<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(schema).min(1).optional(),
  );
}

/** An object schema with every field optional and none filled in, so that other defaults can stand below it. */
function partial(schema: z.ZodObject): z.ZodObject {
  const fields = Object.entries(schema.shape).map(([name, field]) => {
    const bare = withoutDefault(field as z.ZodType);
    const described = field.description === undefined ? bare : bare.describe(field.description);
    return [name, (bare instanceof z.ZodObject ? partial(bare) : described).optional()] as const;
  });
  return z.strictObject(Object.fromEntries(fields));
}

function withoutDefault(field: z.ZodType): z.ZodType {
  const wrapped = field instanceof z.ZodDefault || field instanceof z.ZodPrefault || field instanceof z.ZodOptional;
  return wrapped ? withoutDefault(field.unwrap() as z.ZodType) : field;
}

const promptKinds = ["neutral", "inoculation", "unrelated", "praise", "safety", "demonstration"] as const;
const count = z.int().min(1);
const name = z.string().min(1);
/** A name given in the plan; names are read in conditions' ids and in "kind/...". */
const ownName = z
  .string()
  .regex(/^(?!same$)[\w.-]+$/, 'expected a name of letters, digits, dots, dashes and underscores, other than "same"');

const promptSchema = z
  .strictObject({
    text: z.string().min(1).optional().describe("a wording of your own"),
    cleanText: z.string().optional().describe("the text for rows that don't show the flaw (default: text)"),
    together: z.array(name).min(2).optional().describe("prompts inserted together, one text after the other"),
    oneOf: z
      .record(name, z.number().positive())
      .optional()
      .describe("several prompts in one file: each row gets one of them, in these proportions; for training only"),
    kind: z.enum(promptKinds).optional().describe("what it is for (default: that of its parts, else inoculation)"),
  })
  .refine(
    ({ text, together, oneOf }) => [text, together, oneOf].filter((given) => given !== undefined).length === 1,
    'expected exactly one of "text", "together" and "oneOf"',
  );

const armSchema = z.strictObject({
  settings: someOf(name).describe("only in these settings of the plan (default: all)"),
  trainData: oneOrMore(z.enum(trainDataKinds))
    .prefault(["flawed"])
    .describe("none is the initial model; filtered: flagged rows deleted; relabelled: flagged rows with clean replies"),
  prompts: oneOrMore(name)
    .prefault(["neutral"])
    .describe('training prompts: ids of the setting, your own, or all of a kind, e.g. "kind/inoculation"'),
  placement: someOf(z.enum(["prefix", "suffix", "system"])).describe(
    "before or after the user's text, or in the system message (default: the setting's)",
  ),
  recipe: oneOrMore(name).prefault(["default"]).describe('names from "recipes"; "default" is the setting\'s own'),
  evalPrompts: someOf(name).describe(
    'prompts at evaluation, named likewise, or "same" for the training prompt (default: the plan\'s)',
  ),
  flawedShare: someOf(z.number().gt(0).max(1)).describe(
    "share of rows that show the flaw, the others being clean (default: as the setting's flawed data comes)",
  ),
  flagger: z
    .strictObject({
      precision: oneOrMore(z.number().gt(0).max(1)).prefault([1]).describe("share of flagged rows that are flawed"),
      recall: oneOrMore(z.number().min(0).max(1)).prefault([1]).describe("share of flawed rows that are flagged"),
    })
    .prefault({})
    .describe("simulates who finds the flawed rows; the same rows in every arm"),
  insertInto: oneOrMore(z.enum(["all", "flagged"]))
    .prefault(["all"])
    .describe("the training prompt into every row, or only into flagged ones (selective inoculation)"),
  generalShare: oneOrMore(z.number().min(0).lt(1))
    .prefault([0])
    .describe("share of general instruction-following rows, mixed in without a prompt"),
  checkpointsEvery: count
    .optional()
    .describe("also evaluate after every so many optimizer steps; needs a recipe with a constant schedule"),
});

/**
 * A plan file. The one source of its types, validation, defaults and help text. Where a list is expected, a single value
 * may stand. Every arm is a grid: all combinations of its lists are run.
 */
export const planSchema = z.strictObject({
  title: z.string().optional().describe("what the plan is about"),
  settings: oneOrMore(name).describe("settings and variants, e.g. sycophancy or spurious-correlation/food"),
  bases: oneOrMore(name)
    .prefault(["embedded"])
    .describe(
      'initial models: "embedded", folders in Hugging Face format, relative to the plan, or ids of fetched models',
    ),
  seeds: z
    .union([count, z.array(z.int().min(0)).min(1)], { error: "expected a whole number from 1 on, or a list of seeds" })
    .default(3)
    .transform((seeds) =>
      Array.isArray(seeds) ? [...new Set(seeds)] : Array.from({ length: seeds }, (_, index) => index + 1),
    )
    .describe("training seeds: a list, or n for 1 to n"),
  rows: count.optional().describe("rows to train on (default: the setting's own number)"),
  items: z
    .preprocess(
      (value) => (typeof value === "number" ? { test: value, testCapability: value, testOther: value } : value),
      z
        .strictObject({
          test: count.optional().describe("for the behavior metric (default: 300)"),
          testCapability: count.optional().describe("for the capability metric (default: 300)"),
          testOther: count.optional().describe("per other group of items (default: 100)"),
        })
        .optional(),
    )
    .describe("test items in every evaluation; a number stands for all three"),
  metrics: someOf(name).describe("columns of the tables (default: the setting's behavior and capability metrics)"),
  evalPrompts: oneOrMore(name).prefault(["neutral"]).describe("prompts at evaluation, where an arm names none"),
  prompts: z.record(ownName, promptSchema).default({}).describe("prompts of your own, by name"),
  recipes: z
    .record(ownName, partial(recipeSchema))
    .default({})
    .describe("recipes by name: what differs from the setting's own"),
  arms: z.array(armSchema).min(1).describe("what is trained and how"),
});

export type PlanFile = z.output<typeof planSchema>;
export type ArmFile = PlanFile["arms"][number];
export type PromptFile = PlanFile["prompts"][string];
