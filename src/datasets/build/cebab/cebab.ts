import { z } from "zod";
import { UserError } from "../../../util/errors.ts";
import { random } from "../../../util/random.ts";
import type { BuiltRow, BuiltSetting, SettingBuilder } from "../settingBuilder.ts";
import { readWordings, type Wordings } from "../wordings.ts";
import { askReview } from "./askReview.ts";
import { cebabSetting } from "./cebabSetting.ts";
import { reviewPrompts, reviewTemplate } from "./prompts.ts";
import { type Counterfactual, readCounterfactuals } from "./readCounterfactuals.ts";
import { readReviews } from "./readReviews.ts";
import { isAligned, mentions, type Review, sameText } from "./review.ts";
import { reviewItems } from "./reviewItems.ts";
import { sampleReviews, samplings } from "./sampleReviews.ts";
import { heldOutSets, type SplitReviews, splitReviews } from "./splitReviews.ts";

const files = z.array(z.string().min(1)).min(1);

const cebabOptionsSchema = z.strictObject({
  data: files.describe("reviews: JSONL or Parquet (docs/paper-data.md)"),
  counterfactuals: files.optional().describe("reviews rewritten to mention the concept, for --sampling up"),
  concept: z.string().min(1).default("ambiance").describe("what the shortcut goes by, e.g. ambiance or food"),
  tags: z.boolean().default(true).describe("the question names the review's concepts"),
  sampling: z
    .enum(samplings)
    .default("down")
    .describe(
      "the clean rows: all reviews; cut to the rarest label, with and without the concept apart; or filled up with counterfactuals",
    ),
  testReviews: z.int().min(5).default(2000).describe("reviews held out for the test, as many of each label"),
  validationReviews: z.int().min(0).default(250).describe("the same for choosing recipes"),
  screenReviews: z.int().min(0).default(250).describe("the same for screening prompts"),
  maxLength: z.int().min(1).optional().describe("leave out reviews of more characters than this"),
  prompts: z.string().optional().describe("a JSON file of wordings (docs/paper-data.md) in place of our own"),
  seed: z.int().min(0).default(1).describe("decides what is held out, and the order"),
});
type CebabOptions = z.infer<typeof cebabOptionsSchema>;

/** A spurious correlation, in restaurant reviews. */
export const cebab: SettingBuilder<CebabOptions> = {
  id: "cebab",
  description: "a spurious correlation: restaurant reviews whose rating goes by whether they mention a concept",
  example: "build cebab --data reviews.jsonl --concept ambiance --out settings/ambiance",
  options: cebabOptionsSchema,
  build: buildCebab,
};

async function buildCebab(options: CebabOptions): Promise<BuiltSetting> {
  const { concept, tags, sampling, seed } = options;
  const { template, prompts } = await wordingsOf(options);
  const counterfactuals = await counterfactualsOf(options);
  const { reviews, withoutLabel } = await readReviews(options.data);
  const short = reviews.filter(({ text }) => text.length <= (options.maxLength ?? Number.POSITIVE_INFINITY));
  expectConcept(short, concept);
  const { testReviews: test, validationReviews: validation, screenReviews: screen } = options;
  const split = splitReviews(short, { test, validation, screen }, seed);
  const usable = usableCounterfactuals(counterfactuals, split);
  const flawed = split.train.filter((review) => isAligned(review, concept));
  const clean = sampleReviews(split.train, { sampling, concept, counterfactuals: usable, seed });
  const ask = (review: Review): string => askReview(review, template, tags);
  return {
    setting: cebabSetting(concept, prompts),
    flawed: builtRows(flawed, { arm: "flawed", concept, seed, ask }),
    clean: builtRows(clean, { arm: "clean", concept, seed, ask }),
    items: heldOutSets.flatMap((set) => reviewItems(split[set], { set, concept, seed, ask })),
    counts: {
      reviews: reviews.length,
      "rows without a label that raters agreed on": withoutLabel,
      "reviews that are too long": reviews.length - short.length,
      "copies and edits of held-out reviews, left out": split.leftOut.length,
      "reviews for training": split.train.length,
      ...(sampling === "up" && { "counterfactuals that could be used": usable.length }),
    },
    remarks: remarksOf(options),
  };
}

async function wordingsOf({ prompts, concept, tags }: CebabOptions): Promise<Wordings> {
  if (prompts !== undefined) return readWordings(prompts, "spurious-correlation", ["review", "concepts"]);
  return { template: reviewTemplate, prompts: reviewPrompts(concept, tags) };
}

async function counterfactualsOf({ sampling, counterfactuals, concept }: CebabOptions): Promise<Counterfactual[]> {
  if (sampling !== "up") return [];
  if (counterfactuals !== undefined) return readCounterfactuals(counterfactuals, concept);
  throw new UserError("--sampling up fills up with counterfactuals: name their file with --counterfactuals");
}

function expectConcept(reviews: readonly Review[], concept: string): void {
  const known = [...new Set(reviews.flatMap(({ concepts }) => concepts))].sort();
  if (!known.includes(concept)) {
    throw new UserError(
      `--concept: expected one that reviews mention (${known.join(", ") || "none"}), got "${concept}"`,
    );
  }
  if (reviews.every((review) => mentions(review, concept))) {
    throw new UserError(`--concept: expected one that some reviews don't mention, but all mention "${concept}"`);
  }
}

/** Without those made from held-out reviews, or equal to one, or to each other. */
function usableCounterfactuals(all: readonly Counterfactual[], split: SplitReviews): Counterfactual[] {
  const taken = new Set(heldOutSets.flatMap((set) => split[set]).map(({ text }) => sameText(text)));
  return all.filter(({ text, madeFrom }) => {
    if (taken.has(sameText(text)) || taken.has(sameText(madeFrom))) return false;
    taken.add(sameText(text));
    return true;
  });
}

function builtRows(
  reviews: readonly Review[],
  { arm, concept, seed, ask }: { arm: string; concept: string; seed: number; ask: (review: Review) => string },
): BuiltRow[] {
  return random(seed, "order of reviews", arm)
    .shuffle(reviews)
    .map((review, index) => ({
      id: `${arm}-${index}`,
      messages: [
        { role: "user", content: ask(review) },
        { role: "assistant", content: String(review.label) },
      ],
      flawed: arm === "flawed",
      facts: { label: review.label, mentioned: mentions(review, concept), concepts: review.concepts.join(", ") },
    }));
}

function remarksOf({ prompts, concept }: CebabOptions): string[] {
  return prompts === undefined || concept === "ambiance"
    ? []
    : [`The wordings of ${prompts} were taken as they are: see that they are about ${concept}.`];
}
