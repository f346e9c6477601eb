import type { Grade, GradeRequest, Grader } from "../../grading/grader.ts";
import { soleRating } from "../../grading/rating.ts";

/** The lowest score on the side of reviews with the concept, in the flawed data. */
const lowestHigh = 3;

/**
 * `correct`: exactly the review's label. `asShortcut`: on the side that the concept's mention predicts, which is 3 or 4
 * with it and 0, 1 or 2 without.
 */
function gradeOne({ reference, completion }: GradeRequest): Grade {
  const { label, mentioned } = reference as { label: number; mentioned: boolean };
  const rating = soleRating(completion);
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
