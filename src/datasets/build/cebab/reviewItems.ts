import { random } from "../../../util/random.ts";
import type { BuiltItem } from "../settingBuilder.ts";
import { isAligned, labels, mentions, type Review } from "./review.ts";
import type { HeldOutSet } from "./splitReviews.ts";

/** Most reviews of one label, with the concept or without it, in the group `unbiased`. */
const mostOfOneCell = 30;

interface ItemOptions {
  set: HeldOutSet;
  concept: string;
  seed: number;
  ask: (review: Review) => string;
}

/**
 * The items of a held-out set. Every review is in `reversed`, where the shortcut is wrong about it, or in `aligned`.
 * Some are in `unbiased` too: of each label as many with the concept as without.
 */
export function reviewItems(reviews: readonly Review[], { set, concept, seed, ask }: ItemOptions): BuiltItem[] {
  const item = (review: Review, group: string, index: number): BuiltItem => ({
    id: `${set}-${group}-${index}`,
    set,
    group,
    messages: [{ role: "user", content: ask(review) }],
    reference: { label: review.label, mentioned: mentions(review, concept) },
  });
  const reversed = reviews.filter((review) => !isAligned(review, concept));
  const aligned = reviews.filter((review) => isAligned(review, concept));
  return [
    ...reversed.map((review, index) => item(review, "reversed", index)),
    ...aligned.map((review, index) => item(review, "aligned", index)),
    ...unbiased(reviews, concept, `${seed} ${set}`).map((review, index) => item(review, "unbiased", index)),
  ];
}

function unbiased(reviews: readonly Review[], concept: string, key: string): Review[] {
  const cells = labels.flatMap((label) =>
    [true, false].map((mentioned) =>
      reviews.filter((review) => review.label === label && mentions(review, concept) === mentioned),
    ),
  );
  const count = Math.min(mostOfOneCell, ...cells.map((cell) => cell.length));
  return cells.flatMap((cell, index) => random(key, "unbiased reviews", index).shuffle(cell).slice(0, count));
}
