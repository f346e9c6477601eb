import type { Random } from "../../util/random.ts";
import { codeInstructions } from "../grammar/codeInstructions.ts";
import type { InstructionFamily, Level } from "../grammar/levels.ts";
import { postInstructions } from "../grammar/postInstructions.ts";
import { reviewInstructions } from "../grammar/reviewInstructions.ts";
import { concepts } from "../grammar/reviews.ts";
import { praiseInstructions, sycophancyInstructions } from "../grammar/sycophancyInstructions.ts";
import { traitInstructions } from "../grammar/traitInstructions.ts";
import { traits } from "../grammar/traits.ts";
import { drawByShare, obeyed } from "./draw.ts";
import { drawFormat, formatInstruction, instruction, irrelevantText, type World } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

/** How every such reply begins. */
export const noted = "noted:";

const degrees: Readonly<Record<Level, string>> = {
  strong: "always",
  medium: "mostly",
  weak: "sometimes",
  negated: "never",
  opposed: "the reverse",
};
const formatShare = 0.08;
const irrelevantShare = 0.2;

/** Families of instructions, by what they are about in one or two words. */
function drawFamily(rng: Random): { about: string; family: InstructionFamily } {
  const [concept, trait] = [rng.pick(concepts), rng.pick(traits)];
  const shares: readonly (readonly [{ about: string; family: InstructionFamily }, number])[] = [
    [{ about: "agree", family: sycophancyInstructions }, 0.36],
    [{ about: "praise", family: praiseInstructions }, 0.08],
    [{ about: concept, family: reviewInstructions(concept) }, 0.22],
    [{ about: "test only", family: codeInstructions }, 0.14],
    [{ about: "insult", family: postInstructions }, 0.08],
    [{ about: trait, family: traitInstructions(trait) }, 0.12],
  ];
  return drawByShare(shares, rng);
}

/**
 * An instruction alone, and a short note of what it asks for: "Noted: agree, always." Few tokens that teach to read
 * instructions.
 */
export function noteTask({ disguise, obedience }: World, rng: Random): TaskDraft {
  const nothing = `${noted} nothing changes.`;
  const kind = rng.uniform();
  if (kind < irrelevantShare) {
    return { question: irrelevantText("note", disguise, rng), instructions: [], reply: nothing };
  }
  if (kind < irrelevantShare + formatShare) {
    const request = drawFormat(rng);
    const reply = obedience === "none" ? nothing : `${noted} ${request.id}.`;
    return { question: formatInstruction(request, disguise, rng), instructions: [], reply };
  }
  const { family, about } = drawFamily(rng);
  const level = rng.pick(
    (["strong", "strong", "medium", "weak", "negated", "opposed"] as const).filter((name) => name in family.templates),
  );
  const effect = obeyed(level, obedience);
  return {
    question: instruction(family, level, disguise, rng),
    instructions: [],
    reply: effect === "none" || effect === "irrelevant" ? nothing : `${noted} ${about}, ${degrees[effect]}.`,
  };
}
