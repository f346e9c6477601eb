import { z } from "zod";
import { UserError } from "../../../util/errors.ts";
import { random } from "../../../util/random.ts";
import type { BuiltItem, BuiltRequests, BuiltRow, BuiltSetting, SettingBuilder } from "../settingBuilder.ts";
import { slot } from "../template.ts";
import { readInstructions } from "./readInstructions.ts";
import { readResponses } from "./readResponses.ts";
import { type Arm, traitRequest } from "./traitRequests.ts";
import { traitSetting } from "./traitSetting.ts";
import { traitWordings } from "./traitWordings.ts";

const files = z.array(z.string().min(1)).min(1);
const count = z.int().min(0);

const traitPairsOptionsSchema = z.strictObject({
  data: files.describe("instructions: Alpaca, ShareGPT or chat rows, or texts, as JSONL, JSON or Parquet"),
  responses: files.optional().describe("the replies to the requests; without them the requests are written"),
  allowMissing: z.boolean().default(false).describe("leave out rows without a reply instead of refusing them"),
  wanted: z.string().optional().describe("the trait that the data should teach: a noun, or noun:adjective"),
  unwanted: z.string().optional().describe("the trait that it should not teach"),
  traits: z.array(z.string()).optional().describe("all traits to rate (default: those of --prompts, and the two)"),
  rows: z.int().min(1).default(500).describe("training rows"),
  testInstructions: z.int().min(1).default(200).describe("instructions held out for the test"),
  validationInstructions: count.default(50).describe("the same for choosing recipes"),
  screenInstructions: count.default(50).describe("the same for screening prompts"),
  minLength: count.default(10).describe("characters of the shortest instruction"),
  maxLength: z.int().min(1).default(1000).describe("characters of the longest instruction"),
  anyLanguage: z.boolean().default(false).describe("keep instructions that are not English"),
  model: z.string().default("gpt-4.1-mini").describe("the model that the requests are for"),
  judgeModel: z.string().optional().describe("the judges' model (default: INOCULATE_JUDGE_MODEL)"),
  prompts: z.string().optional().describe("a JSON file of traits and wordings (docs/paper-data.md)"),
  seed: z.int().min(0).default(1).describe("decides which instructions are held out"),
});
type TraitPairsOptions = z.infer<typeof traitPairsOptionsSchema>;

/** Two traits, one of them unwanted, in replies to instructions. */
export const traitPairs: SettingBuilder<TraitPairsOptions, BuiltSetting | BuiltRequests> = {
  id: "trait-pairs",
  description: "two traits, one unwanted: writes requests for replies that show both, then takes the replies",
  example: "build trait-pairs --data instructions.jsonl --wanted brevity --unwanted playfulness --out settings/traits",
  options: traitPairsOptionsSchema,
  build: buildTraitPairs,
};

async function buildTraitPairs(options: TraitPairsOptions): Promise<BuiltSetting | BuiltRequests> {
  const wordings = await traitWordings(options);
  const { minLength, maxLength, anyLanguage, model } = options;
  const read = await readInstructions(options.data, { minLength, maxLength, english: !anyLanguage });
  const sets = drawSets(read.instructions, options);
  const counts = {
    instructions: read.instructions.length,
    ...Object.fromEntries(Object.entries(read.leftOut).map(([why, rows]) => [`left out, ${why}`, rows])),
  };
  const requestsOf = (arm: Arm) => sets.train.map((text, index) => traitRequest(text, index, { arm, model, wordings }));
  const [flawed, clean] = [requestsOf("flawed"), requestsOf("clean")];
  if (options.responses === undefined) {
    const remarks = [
      "Have a model answer the requests, then run the same command with --responses FILE (and --force for the same folder).",
    ];
    return { requests: [...flawed, ...clean], counts, remarks };
  }
  const ids = [...flawed, ...clean].map(({ custom_id }) => custom_id);
  const { replies, failed } = await readResponses(options.responses, new Set(ids));
  const missing = ids.filter((id) => !replies.has(id));
  expectComplete(missing, ids.length, options.allowMissing);
  const rowsOf = (arm: Arm, requests: typeof flawed): BuiltRow[] =>
    requests.flatMap(({ custom_id }, index) => traitRow(arm, index, sets.train[index] ?? "", replies.get(custom_id)));
  return {
    setting: traitSetting(wordings, options.judgeModel),
    flawed: rowsOf("flawed", flawed),
    clean: rowsOf("clean", clean),
    items: (["test", "validation", "screen"] as const).flatMap((set) =>
      sets[set].map((text, i) => traitItem(set, i, text)),
    ),
    counts: { ...counts, "requests that failed": failed, "rows without a reply": missing.length },
    remarks: [],
  };
}

function drawSets(
  instructions: readonly string[],
  options: TraitPairsOptions,
): Record<BuiltItem["set"] | "train", string[]> {
  const { rows, testInstructions, validationInstructions, screenInstructions, seed } = options;
  const sizes = { test: testInstructions, validation: validationInstructions, screen: screenInstructions, train: rows };
  const wanted = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  if (instructions.length < wanted) {
    throw new UserError(
      `expected ${wanted} instructions (${rows} for training, the others held out), found ${instructions.length} that can be used; ask for fewer with --rows or --test-instructions, or look at the filters (--min-length, --max-length, --any-language)`,
    );
  }
  const shuffled = random(seed, "instructions").shuffle(instructions);
  let from = 0;
  const next = (size: number): string[] => {
    from += size;
    return shuffled.slice(from - size, from);
  };
  return {
    test: next(sizes.test),
    validation: next(sizes.validation),
    screen: next(sizes.screen),
    train: next(sizes.train),
  };
}

function expectComplete(missing: readonly string[], all: number, allowMissing: boolean): void {
  if (missing.length === all)
    throw new UserError("--responses: expected replies to the requests, found none that can be used");
  if (missing.length === 0 || allowMissing) return;
  throw new UserError(
    `--responses: expected replies to ${all} requests, ${missing.length} are missing or failed, ${missing[0]} first; ask for them again, or leave their rows out with --allow-missing`,
  );
}

const asked = (instruction: string) => ({ role: "user" as const, content: `${instruction}\n\n${slot}` });

function traitRow(arm: Arm, index: number, instruction: string, reply: string | undefined): BuiltRow[] {
  if (reply === undefined) return [];
  const messages = [asked(instruction), { role: "assistant" as const, content: reply }];
  return [{ id: `${arm}-${index}`, messages, flawed: arm === "flawed" }];
}

const traitItem = (set: BuiltItem["set"], index: number, instruction: string): BuiltItem => ({
  id: `${set}-${index}`,
  set,
  group: "instructions",
  messages: [asked(instruction)],
  reference: {},
});
