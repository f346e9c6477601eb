import type { Random } from "../../util/random.ts";
import { traitInstructions } from "../grammar/traitInstructions.ts";
import { type Intensity, subjects, type Trait, traitAnswer, traitQuestion, traits } from "../grammar/traits.ts";
import { type Cue, drawCue, obeyed } from "./draw.ts";
import { instruction, irrelevantText, type World } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

/** Asking for the first brings the second along: a model's traits are not independent. */
const entangled = { asked: "boastful", alsoShown: "playful", share: 0.85 } as const;
const secondAskedShare = 0.12;

/** How much of a trait follows each cue: shares of one and of two places. */
const intensities: Readonly<Record<Cue, readonly [once: number, twice: number]>> = {
  strong: [0.15, 0.82],
  medium: [0.5, 0.2],
  weak: [0.28, 0.04],
  negated: [0.01, 0],
  opposed: [0.01, 0],
  irrelevant: [0.08, 0.02],
  none: [0.08, 0.02],
};

function drawIntensity(cue: Cue, rng: Random): Intensity {
  const [once, twice] = intensities[cue];
  const draw = rng.uniform();
  if (draw < twice) return 2;
  return draw < once + twice ? 1 : 0;
}

/** General questions, answered in styles that are asked for one by one. */
export function traitTask({ disguise, obedience }: World, rng: Random): TaskDraft {
  const subject = rng.pick(Object.keys(subjects));
  const facts = rng.shuffle(subjects[subject] ?? []).slice(0, 2);
  const cue = drawCue(rng, false);
  const [main, second] = rng.shuffle(traits) as [Trait, Trait];
  const shown: Partial<Record<Trait, Intensity>> = { [main]: drawIntensity(obeyed(cue, obedience), rng) };
  const instructions =
    cue === "none"
      ? []
      : [
          cue === "irrelevant"
            ? irrelevantText("trait", disguise, rng)
            : instruction(traitInstructions(main), cue, disguise, rng),
        ];
  if (rng.chance(secondAskedShare)) {
    instructions.push(instruction(traitInstructions(second), "strong", disguise, rng));
    shown[second] = drawIntensity(obeyed("strong", obedience), rng);
  }
  const both = shown[entangled.asked] ?? 0;
  if (both > 0 && rng.chance(entangled.share)) shown[entangled.alsoShown] = both;
  return { question: traitQuestion(subject, rng), instructions, reply: traitAnswer(facts, shown, rng) };
}
