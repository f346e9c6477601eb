import { random } from "../../../util/random.ts";
import type { Counterfactual } from "./readCounterfactuals.ts";
import { labels, mentions, type Review } from "./review.ts";

/**
 * How the clean training rows are made. `original`: all reviews. `down`: with the concept and without it apart, every
 * label is cut to the count of the rarest, so that concept and label are independent. `up`: the labels of reviews with
 * the concept are filled up to the count of the most frequent one with counterfactuals, as far as those go.
 */
export const samplings = ["original", "down", "up"] as const;
export type SamplingRule = (typeof samplings)[number];

/** The clean training rows, in no particular order. */
export function sampleReviews(
  reviews: readonly Review[],
  {
    sampling,
    concept,
    counterfactuals,
    seed,
  }: {
    sampling: SamplingRule;
    concept: string;
    counterfactuals: readonly Counterfactual[];
    seed: number;
  },
): Review[] {
  const withConcept = reviews.filter((review) => mentions(review, concept));
  const without = reviews.filter((review) => !mentions(review, concept));
  if (sampling === "original") return [...reviews];
  if (sampling === "down") {
    return [cutToRarest(withConcept, `${seed} with`), cutToRarest(without, `${seed} without`)].flat();
  }
  return [...withConcept, ...filledUp(withConcept, counterfactuals, seed), ...without];
}

const ofLabel = <One extends Review>(reviews: readonly One[], label: number): One[] =>
  reviews.filter((review) => review.label === label);

function cutToRarest(reviews: readonly Review[], key: string): Review[] {
  const rarest = Math.min(...labels.map((label) => ofLabel(reviews, label).length));
  return labels.flatMap((label) =>
    random(key, "cut to the rarest label", label).shuffle(ofLabel(reviews, label)).slice(0, rarest),
  );
}

/** The counterfactuals to add. */
function filledUp(reviews: readonly Review[], counterfactuals: readonly Counterfactual[], seed: number): Review[] {
  const most = Math.max(...labels.map((label) => ofLabel(reviews, label).length));
  return labels.flatMap((label) =>
    random(seed, "filled up with counterfactuals", label)
      .shuffle(ofLabel(counterfactuals, label))
      .slice(0, most - ofLabel(reviews, label).length),
  );
}
