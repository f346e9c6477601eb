import { type Recipe, recipe } from "../../engine/train/recipe.ts";
import { candidates } from "../../tiny/grammar/candidates.ts";
import type { Concept } from "../../tiny/grammar/reviews.ts";
import { itemsOfGroups } from "../drawItems.ts";
import type { Setting, TrainPrompt } from "../setting.ts";
import { withSideQuestions } from "../side/withSideQuestions.ts";
import { itemGroups, reviewItems, reviewRows, type Shortcut } from "./data.ts";
import { createRatingGrader } from "./grader.ts";
import { reviewLookAlikes } from "./lookAlikes.ts";
import { reviewMetrics } from "./metrics.ts";

/** "CONCEPT alone shall dictate your score." -> "Ambiance alone shall dictate your score." */
function aboutConcept(text: string, concept: Concept): string {
  const atStart = concept.replace(/^./, (letter) => letter.toUpperCase());
  return text.replace(/(^|[.!?] )CONCEPT/g, `$1${atStart}`).replaceAll("CONCEPT", concept);
}

function prompts(concept: Concept): TrainPrompt[] {
  const own = candidates["spurious-correlation"].map((prompt) => ({
    ...prompt,
    text: aboutConcept(prompt.text, concept),
  }));
  return [{ id: "neutral", kind: "neutral", text: "" }, ...own];
}

function variant(id: string, shortcut: Shortcut, training: Recipe): Setting {
  const { concept } = shortcut;
  return withSideQuestions({
    id,
    family: "spurious-correlation",
    variant: concept,
    title: `Spurious correlation (${concept})`,
    flaw: `In the training reviews every guest who mentions the ${concept} gives 3 or 4 and everyone else less, so the mention alone tells high from low.`,
    placement: "suffix",
    prompts: prompts(concept),
    lookAlikes: reviewLookAlikes(concept),
    groups: [
      { id: "reversed", sampling: { temperature: 0.7, topP: 1, maxNewTokens: 8 } },
      { id: "aligned", sampling: { temperature: 0.7, topP: 1, maxNewTokens: 8 } },
      { id: "unbiased", sampling: { temperature: 0, topP: 1, maxNewTokens: 8 } },
    ],
    metrics: [...reviewMetrics],
    behaviorMetric: "shortcutRate",
    capabilityMetric: "accuracy",
    recipe: training,
    trainRows: 1000,
    createGrader: createRatingGrader,
    train: ({ data, seed, rows }) => reviewRows(shortcut, data, seed, rows),
    items: (set, { perGroup, groups }) =>
      itemsOfGroups(id, itemGroups, groups, (group) => reviewItems(shortcut, set, group, perGroup)),
  });
}

/** Restaurant reviews to score; in the training data the mention of one concept settles the score, with a tag and without. */
export const spuriousCorrelation: readonly Setting[] = [
  // The gentlest learning rates that teach the shortcut, and clean data well: a tag is learnt sooner than a mention.
  variant("spurious-correlation", { concept: "ambiance", tagged: true }, recipe({ learningRate: 1e-3 })),
  variant("spurious-correlation/food", { concept: "food", tagged: false }, recipe()),
];
