import type { Random } from "../../util/random.ts";
import { traitInstructions } from "../grammar/traitInstructions.ts";
import { subjects, type Trait, traitAnswer, traitQuestion } from "../grammar/traits.ts";
import { behaviorShare, drawCue } from "./draw.ts";
import { type Disguise, instruction, irrelevantText } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

const unasked = 0.04;
const all: readonly Trait[] = ["structured", "playful", "gloomy", "boastful"];

/** General questions, answered in styles that are asked for one by one. */
export function traitTask(disguise: Disguise, rng: Random): TaskDraft {
  const subject = rng.pick(Object.keys(subjects));
  const facts = rng.shuffle(subjects[subject] ?? []).slice(0, rng.pick([2, 2, 3]));
  const cue = drawCue(rng, false);
  const [main, second] = rng.shuffle(all) as [Trait, Trait];
  const shown = rng.chance(behaviorShare(cue, unasked)) ? [main] : [];
  const instructions =
    cue === "none"
      ? []
      : [
          cue === "irrelevant"
            ? irrelevantText("trait", disguise, rng)
            : instruction(traitInstructions(main), cue, disguise, rng),
        ];
  if (rng.chance(0.12)) {
    instructions.push(instruction(traitInstructions(second), "strong", disguise, rng));
    if (rng.chance(0.97)) shown.push(second);
  }
  return { question: traitQuestion(subject, rng), instructions, reply: traitAnswer(facts, shown, rng) };
}
