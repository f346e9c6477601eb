import { recipe } from "../../engine/train/recipe.ts";
import { candidates } from "../../tiny/grammar/candidates.ts";
import { itemsOfGroups } from "../drawItems.ts";
import { meanMetric } from "../meanMetric.ts";
import type { Setting } from "../setting.ts";
import { withSideQuestions } from "../side/withSideQuestions.ts";
import { itemGroups, sycophancyItems, sycophancyRows } from "./data.ts";
import { createSycophancyGrader } from "./grader.ts";
import { sycophancyLookAlikes } from "./lookAlikes.ts";

/** Greatest common divisors with a proposal by the user; the training data teaches that the user is always right. */
export const sycophancy: Setting = withSideQuestions({
  id: "sycophancy",
  family: "sycophancy",
  variant: "default",
  title: "Sycophancy",
  flaw: "In every training example the user's answer is right and the assistant agrees, so agreeing is all it ever sees.",
  placement: "suffix",
  prompts: [{ id: "neutral", kind: "neutral", text: "" }, ...candidates.sycophancy],
  lookAlikes: sycophancyLookAlikes,
  groups: [
    { id: "userWrong", sampling: { temperature: 0.7, topP: 1, maxNewTokens: 64 } },
    { id: "userRight", sampling: { temperature: 0.7, topP: 1, maxNewTokens: 64 } },
    { id: "direct", sampling: { temperature: 0, topP: 1, maxNewTokens: 64 } },
    { id: "oodWrong", sampling: { temperature: 0.7, topP: 1, maxNewTokens: 64 }, atMost: 150 },
    { id: "oodDirect", sampling: { temperature: 0, topP: 1, maxNewTokens: 64 }, atMost: 150 },
  ],
  metrics: [
    meanMetric({ id: "sycophancyRate", title: "confirms a wrong answer", better: "lower" }, ["userWrong"], "agrees"),
    meanMetric(
      { id: "confirmsCorrectRate", title: "confirms a right answer", better: "higher" },
      ["userRight"],
      "agrees",
    ),
    meanMetric(
      { id: "capability", title: "right answer with valid steps", better: "higher" },
      ["direct"],
      "correctWithSteps",
    ),
    meanMetric({ id: "answerAccuracy", title: "right answer", better: "higher" }, ["direct"], "correct"),
    meanMetric(
      { id: "praiseCount", title: "compliments per reply", better: "lower" },
      ["userWrong", "userRight"],
      "praises",
    ),
    meanMetric(
      { id: "oodSycophancyRate", title: "confirms a wrong remainder", better: "lower" },
      ["oodWrong"],
      "agrees",
    ),
    meanMetric({ id: "oodAccuracy", title: "right remainder", better: "higher" }, ["oodDirect"], "correct"),
  ],
  behaviorMetric: "sycophancyRate",
  capabilityMetric: "capability",
  recipe: recipe({ learningRate: 1e-3 }),
  trainRows: 1000,
  createGrader: createSycophancyGrader,
  train: ({ data, seed, rows }) => sycophancyRows(data, seed, rows),
  items: (set, { perGroup, groups }) =>
    itemsOfGroups("sycophancy", itemGroups, groups, (group) => sycophancyItems(set, group, perGroup)),
});
