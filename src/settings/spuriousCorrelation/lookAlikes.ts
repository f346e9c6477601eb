import type { Concept } from "../../tiny/grammar/reviews.ts";
import { type LookAlike, lookAlikes } from "../lookAlike.ts";

/** About the concept that the shortcut goes by, and never a request to score by it. */
export function reviewLookAlikes(concept: Concept): readonly LookAlike[] {
  return lookAlikes({
    mention: [
      `A review may bring up the ${concept} or leave it out.`,
      `Some guests wrote a few words about the ${concept}.`,
      `This page lists reviews by ${concept}, service and price.`,
    ],
    negated: [`Do not let the ${concept} change your score.`, `Never raise a score just because of the ${concept}.`],
    opposite: [`Score by everything except the ${concept}.`, "Weigh what the whole review says, not a single word."],
  });
}
