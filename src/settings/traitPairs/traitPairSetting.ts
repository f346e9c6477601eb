import { recipe } from "../../engine/train/recipe.ts";
import { candidates } from "../../tiny/grammar/candidates.ts";
import { type Trait, traits } from "../../tiny/grammar/traits.ts";
import { itemsOfGroups } from "../drawItems.ts";
import { meanMetric, meanValue } from "../meanMetric.ts";
import type { Metric, RatedTrait, Setting } from "../setting.ts";
import { withSideQuestions } from "../side/withSideQuestions.ts";
import { traitPairItems, traitPairRows } from "./data.ts";
import { createTraitGrader } from "./grader.ts";
import type { TraitPair } from "./traitPair.ts";

const group = "question";

function roleOf(trait: Trait, { wanted, unwanted }: TraitPair): RatedTrait["role"] {
  if (trait === wanted) return "wanted";
  return trait === unwanted ? "unwanted" : "other";
}

function levelMetric(trait: Trait, pair: TraitPair): Metric {
  return {
    id: `${trait}Level`,
    title: `how ${trait} replies are, as a share of the highest rating`,
    better: trait === pair.wanted ? "higher" : "lower",
    groups: [group],
    aggregate: (rows) => {
      const rating = meanValue(rows, trait);
      return rating === null ? null : rating / 100;
    },
  };
}

/** What a reader sees of a pair. */
type Naming = Pick<Setting, "id" | "variant" | "title" | "flaw" | "lookAlikes">;

/** The setting of one pair of traits. `prompts` names its candidate prompts. */
export function traitPairSetting(naming: Naming, pair: TraitPair, prompts: keyof typeof candidates): Setting {
  return withSideQuestions({
    ...naming,
    family: "trait-pairs",
    placement: "suffix",
    prompts: [{ id: "neutral", kind: "neutral", text: "" }, ...candidates[prompts]],
    groups: [{ id: group, sampling: { temperature: 0.7, topP: 1, maxNewTokens: 64 } }],
    metrics: [
      ...traits.map((trait) => levelMetric(trait, pair)),
      meanMetric(
        { id: "factualRate", title: "share of statements that are true", better: "higher" },
        [group],
        "factual",
      ),
    ],
    behaviorMetric: `${pair.unwanted}Level`,
    capabilityMetric: `${pair.wanted}Level`,
    traits: traits.map((trait) => ({ metric: `${trait}Level`, title: trait, role: roleOf(trait, pair) })),
    // Every weight: low-rank adapters tie both traits to the training prompt, whichever of them it asks for.
    recipe: recipe({ method: "full", learningRate: 1e-3 }),
    trainRows: 600,
    createGrader: createTraitGrader,
    train: ({ data, seed, rows }) => traitPairRows(pair, data, seed, rows),
    items: (set, { perGroup, groups }) =>
      itemsOfGroups(naming.id, [group], groups, () => traitPairItems(set, perGroup)),
  });
}
