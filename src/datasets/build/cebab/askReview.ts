import { UserError } from "../../../util/errors.ts";
import { fillTemplate } from "../template.ts";
import type { Review } from "./review.ts";

/** Between the review and its concepts, both included: what a question without tags leaves out but for the review. */
const reviewToConcepts = /\{review\}[\s\S]*\{concepts\}/;

/**
 * The question about a review: a template with `{review}` and then `{concepts}`, where there are tags.
 *
 * @throws UserError where a question without tags is wanted of a template that has them before the review
 */
export function askReview({ text, concepts, where }: Review, template: string, tags: boolean): string {
  const shown = tags ? template : template.replace(reviewToConcepts, "{review}");
  if (!tags && shown.includes("{concepts}")) {
    throw new UserError(
      '--no-tags: expected a template with "{review}" before "{concepts}", found them the other way round',
    );
  }
  return fillTemplate(shown, { review: text, concepts: concepts.join(", ") || "None" }, where);
}
