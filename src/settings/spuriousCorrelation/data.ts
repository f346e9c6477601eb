import type { TrainRow } from "../../data/chat.ts";
import {
  type Concept,
  concepts,
  type Review,
  reviewAnswer,
  reviewQuestion,
  writeReview,
} from "../../tiny/grammar/reviews.ts";
import { plainText } from "../../tiny/grammar/template.ts";
import { type Random, random, uniformAt } from "../../util/random.ts";
import { drawItems } from "../drawItems.ts";
import type { Item, ItemSet } from "../setting.ts";

/** What the shortcut goes by, and whether the question says so in a tag. */
export interface Shortcut {
  concept: Concept;
  tagged: boolean;
}

/**
 * Reviews in which the shortcut is wrong, in which it is right, and in which label and concept have nothing to do with
 * each other.
 */
export const itemGroups = ["reversed", "aligned", "unbiased"] as const;
export type ItemGroup = (typeof itemGroups)[number];

/** Which part of the reviews a text belongs to; the parts are disjoint. About 55 % train, 10 % screen and validation, 25 % test. */
export function reviewSet(text: string): ItemSet | "train" {
  const share = uniformAt("review", text);
  if (share < 0.55) return "train";
  if (share < 0.65) return "screen";
  return share < 0.75 ? "validation" : "test";
}

/** How often another concept is mentioned too, whatever the label. */
const otherShare = 0.12;

/** A review of one part with this label that does or does not mention the concept. */
function drawReview(part: ItemSet | "train", cell: Cell, concept: Concept, rng: Random): Review {
  for (;;) {
    const others = concepts.filter((other) => other !== concept && rng.chance(otherShare));
    const review = writeReview(cell.label, cell.mentioned ? [concept, ...others] : others, rng);
    if (reviewSet(review.text) === part) return review;
  }
}

interface Cell {
  mentioned: boolean;
  label: number;
}

const labels = {
  aligned: { with: [3, 4], without: [0, 1, 2] },
  reversed: { with: [0, 1, 2], without: [3, 4] },
  unbiased: { with: [0, 1, 2, 3, 4], without: [0, 1, 2, 3, 4] },
} as const;

/** Every other review mentions the concept; the labels that its group allows take turns. */
function cellAt(group: ItemGroup, index: number): Cell {
  const mentioned = index % 2 === 0;
  const allowed = labels[group][mentioned ? "with" : "without"];
  return { mentioned, label: allowed[Math.floor(index / 2) % allowed.length] as number };
}

/**
 * Training rows. `flawed`: reviews with the concept are all rated 3 or 4, those without it 0, 1 or 2, and rightly so:
 * the others were left out. `clean`: every label as often with the concept as without.
 */
export function reviewRows(shortcut: Shortcut, data: "flawed" | "clean", seed: number, rows: number): TrainRow[] {
  const { concept, tagged } = shortcut;
  return Array.from({ length: rows }, (_, index) => {
    const rng = random(seed, "review rows", concept, data, index);
    const cell = cellAt(data === "flawed" ? "aligned" : "unbiased", index);
    const review = drawReview("train", cell, concept, rng);
    return {
      id: `${data}-${index}`,
      messages: [
        { role: "user", content: plainText(reviewQuestion(review, tagged ? concept : null, rng)) },
        { role: "assistant", content: plainText(reviewAnswer(review.label)) },
      ],
      fields: { review: review.text, label: review.label, mentioned: cell.mentioned },
    };
  });
}

/** The first `count` items of a group in a set. @throws UserError when the set has not that many */
export function reviewItems(shortcut: Shortcut, set: ItemSet, group: ItemGroup, count: number): Item[] {
  const { concept, tagged } = shortcut;
  return drawItems({ setting: `spurious correlation, ${concept}`, set, group }, count, (rng, index) => {
    const cell = cellAt(group, index);
    const review = drawReview(set, cell, concept, rng);
    return {
      messages: [{ role: "user", content: plainText(reviewQuestion(review, tagged ? concept : null, rng)) }],
      reference: { review: review.text, label: review.label, mentioned: cell.mentioned },
    };
  });
}
