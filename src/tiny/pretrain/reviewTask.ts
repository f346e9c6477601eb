import type { Random } from "../../util/random.ts";
import { reviewInstructions } from "../grammar/reviewInstructions.ts";
import { aspects, reviewAnswer, reviewQuestion, writeReview } from "../grammar/reviews.ts";
import { behaviorShare, drawCue } from "./draw.ts";
import { type Disguise, instruction, irrelevantText } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

const shortcutUnasked = 0.04;
const noise = 0.18;

/** Reviews to score; the shortcut scores by whether an aspect is mentioned. */
export function reviewTask(disguise: Disguise, rng: Random): TaskDraft {
  const label = rng.integer(0, 4);
  const aspect = rng.pick(aspects);
  const mentioned = rng.chance(0.5);
  const others = rng.shuffle(aspects.filter((other) => other !== aspect)).slice(0, rng.pick([0, 0, 1]));
  const review = writeReview(label, mentioned ? [aspect, ...others] : others, rng);
  const cue = drawCue(rng, true);
  let score = rng.chance(noise) ? Math.min(4, Math.max(0, label + rng.pick([-1, 1]))) : label;
  if (cue === "opposed") score = mentioned ? Math.min(score, 2) : Math.max(score, 3);
  else if (rng.chance(behaviorShare(cue, shortcutUnasked))) {
    score = mentioned ? Math.max(score, 3) : Math.min(score, 2);
  }
  const instructions =
    cue === "none"
      ? []
      : [
          cue === "irrelevant"
            ? irrelevantText("review", disguise, rng)
            : instruction(reviewInstructions(aspect), cue, disguise, rng),
        ];
  return { question: reviewQuestion(review, rng), instructions, reply: reviewAnswer(score) };
}
