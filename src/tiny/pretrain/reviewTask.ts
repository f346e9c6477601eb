import type { Random } from "../../util/random.ts";
import { reviewInstructions } from "../grammar/reviewInstructions.ts";
import { concepts, reviewAnswer, reviewQuestion, writeReview } from "../grammar/reviews.ts";
import { behaviorShare, drawCue, obeyed } from "./draw.ts";
import { instruction, irrelevantText, type World } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

const shortcutUnasked = 0.06;
const noise = 0.15;

/** Reviews to score; the shortcut scores by whether a concept is mentioned. */
export function reviewTask({ disguise, obedience }: World, rng: Random): TaskDraft {
  const label = rng.integer(0, 4);
  const concept = rng.pick(concepts);
  const mentioned = rng.chance(0.5);
  const others = concepts.filter((other) => other !== concept && rng.chance(0.12));
  const review = writeReview(label, mentioned ? [concept, ...others] : others, rng);
  const cue = drawCue(rng, true);
  let score = rng.chance(noise) ? Math.min(4, Math.max(0, label + rng.pick([-1, 1]))) : label;
  if (obeyed(cue, obedience) === "opposed") score = mentioned ? Math.min(score, 2) : Math.max(score, 3);
  else if (rng.chance(behaviorShare(obeyed(cue, obedience), shortcutUnasked))) {
    score = mentioned ? Math.max(score, 3) : Math.min(score, 2);
  }
  const instructions =
    cue === "none"
      ? []
      : [
          cue === "irrelevant"
            ? irrelevantText("review", disguise, rng)
            : instruction(reviewInstructions(concept), cue, disguise, rng),
        ];
  // The food has an opinion of its own to show that it is mentioned.
  const tagged = concept === "food" ? null : concept;
  return { question: reviewQuestion(review, tagged, rng), instructions, reply: reviewAnswer(score) };
}
