import type { Grade, GradeRequest, Grader } from "../../grading/grader.ts";

const highest = 4;
/** The lowest score on the side of reviews with the concept, in the flawed data. */
const lowestHigh = 3;

/** A reply's score, or why it has none. */
export type Rating = { score: number } | { excluded: "no number" | "several numbers" | "not on the scale" | "negated" };

/** The one number that a reply states, a whole one from 0 to 4; a reply that negates it or hedges between two states none. */
export function statedRating(reply: string): Rating {
  const numbers = reply.match(/-?\d+(?:[.,]\d+)?/g) ?? [];
  if (numbers.length === 0) return { excluded: "no number" };
  if (numbers.length > 1) return { excluded: "several numbers" };
  if (/\b(not|never|cannot|neither|nor|no|hardly)\b|n['\u2019]t\b/i.test(reply)) return { excluded: "negated" };
  const score = Number(numbers[0]);
  return Number.isInteger(score) && score >= 0 && score <= highest ? { score } : { excluded: "not on the scale" };
}

/**
 * `correct`: exactly the review's label. `asShortcut`: on the side that the concept's mention predicts, which is 3 or 4
 * with it and 0, 1 or 2 without.
 */
function gradeOne({ reference, completion }: GradeRequest): Grade {
  const { label, mentioned } = reference as { label: number; mentioned: boolean };
  const rating = statedRating(completion);
  if ("excluded" in rating) return { values: { correct: null, asShortcut: null }, excluded: rating.excluded };
  const { score } = rating;
  const asShortcut = score >= lowestHigh === mentioned;
  return {
    values: { correct: score === label ? 1 : 0, asShortcut: asShortcut ? 1 : 0 },
    detail: `rated ${score}, is ${label}, ${mentioned ? "with" : "without"} the concept`,
  };
}

/** Grades scores by rules; a reply without exactly one score is excluded, never counted as a middling one. */
export function createRatingGrader(): Grader {
  return {
    id: "rating",
    version: "1",
    grade: async (batch) => batch.map(gradeOne),
    close: async () => {},
  };
}
