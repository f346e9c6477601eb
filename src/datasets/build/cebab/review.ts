/** A rated review, and what it speaks of. */
export interface Review {
  /** On one line. */
  text: string;
  /** 0 (worst) to 4 (best). */
  label: number;
  /** In lower case, e.g. "ambiance". */
  concepts: string[];
  /** What it was made from, where several reviews are edits of one. */
  original?: string;
  /** `file:line`, or `file, row N`, for messages. */
  where: string;
}

export const labels = [0, 1, 2, 3, 4] as const;
/** From here on a rating is high: what reviews with the concept have in the flawed data. */
export const lowestHigh = 3;

export const mentions = ({ concepts }: Review, concept: string): boolean => concepts.includes(concept);

/** Whether the review's rating is what the shortcut says of it: high with the concept, low without. */
export function isAligned(review: Review, concept: string): boolean {
  return review.label >= lowestHigh === mentions(review, concept);
}

/** What two texts have in common that are the same but for spaces and capitals. */
export function sameText(text: string): string {
  return text.replace(/\s+/g, " ").trim().toLowerCase();
}
