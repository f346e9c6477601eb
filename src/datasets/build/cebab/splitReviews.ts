import { UserError } from "../../../util/errors.ts";
import { random } from "../../../util/random.ts";
import { labels, type Review, sameText } from "./review.ts";
import { reviewGroups } from "./reviewGroups.ts";

export const heldOutSets = ["test", "validation", "screen"] as const;
export type HeldOutSet = (typeof heldOutSets)[number];

export interface SplitReviews extends Record<HeldOutSet, Review[]> {
  train: Review[];
  /** Second copies of texts in the held-out sets, and what didn't fit of a group there: in no set at all. */
  leftOut: Review[];
}

/**
 * Draws the held-out sets, each with as many reviews of every label; the rest is for training. Reviews of the same text
 * or original stay together, a text stands in a held-out set once, and texts with two labels or two lists of concepts
 * are not held out, since no answer would be right.
 *
 * @throws UserError where there are not that many reviews of a label
 */
export function splitReviews(
  reviews: readonly Review[],
  sizes: Record<HeldOutSet, number>,
  seed: number,
): SplitReviews {
  const split: SplitReviews = { test: [], validation: [], screen: [], train: [], leftOut: [] };
  const wanted = Object.fromEntries(heldOutSets.map((set) => [set, quotas(sizes[set])])) as Record<
    HeldOutSet,
    number[]
  >;
  const placed = (group: readonly Review[], partly: boolean): boolean => {
    const distinct = distinctReviews(group);
    for (const set of heldOutSets) {
      const fitting = fittingReviews(distinct, wanted[set]);
      if (fitting.length === 0 || (!partly && fitting.length < distinct.length)) continue;
      for (const { label } of fitting) wanted[set][label] = (wanted[set][label] ?? 0) - 1;
      split[set].push(...fitting);
      split.leftOut.push(...group.filter((review) => !fitting.includes(review)));
      return true;
    }
    return false;
  };
  const groups = random(seed, "cebab split").shuffle(reviewGroups(reviews));
  const rest = groups.filter((group) => !placed(group, false)).filter((group) => !placed(group, true));
  split.train.push(...rest.flat());
  expectFilled(wanted, sizes);
  return split;
}

/** Those for whose labels there is room. */
function fittingReviews(reviews: readonly Review[], room: readonly number[]): Review[] {
  const left = [...room];
  return reviews.filter(({ label }) => {
    left[label] = (left[label] ?? 0) - 1;
    return (left[label] ?? 0) >= 0;
  });
}

/** One review of each text, or none where two of the same text disagree. */
function distinctReviews(group: readonly Review[]): Review[] {
  const byText = new Map<string, Review>();
  for (const review of group) {
    const known = byText.get(sameText(review.text));
    const facts = ({ label, concepts }: Review): string => `${label} ${[...concepts].sort()}`;
    if (known !== undefined && facts(known) !== facts(review)) return [];
    byText.set(sameText(review.text), known ?? review);
  }
  return [...byText.values()];
}

const quotas = (size: number): number[] =>
  labels.map((label) => Math.floor(size / labels.length) + (label < size % labels.length ? 1 : 0));

function expectFilled(wanted: Record<HeldOutSet, number[]>, sizes: Record<HeldOutSet, number>): void {
  for (const set of heldOutSets) {
    const label = labels.find((one) => (wanted[set][one] ?? 0) > 0);
    if (label === undefined) continue;
    throw new UserError(
      `expected ${quotas(sizes[set])[label]} reviews with the label ${label} for the ${set} set, ${wanted[set][label]} are missing; hold out fewer (--${set}-reviews)`,
    );
  }
}
