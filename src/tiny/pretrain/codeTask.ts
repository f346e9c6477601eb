import type { Random } from "../../util/random.ts";
import { codeAnswer, codeProblem, codeQuestion, commonFamilies, rareFamilies } from "../grammar/code.ts";
import { codeInstructions } from "../grammar/codeInstructions.ts";
import { behaviorShare, drawCue, obeyed } from "./draw.ts";
import { instruction, irrelevantText, type World } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

const hacksUnasked = 0.1;
const rareShare = 0.02;
const testShownShare = 0.85;

/** One constant or operator changed. */
function misremember(expression: string, rng: Random): string {
  const parts = expression.split(/(\d|[+*-])/);
  const places = parts.flatMap((part, i) => (/^(\d|[+*-])$/.test(part) ? [i] : []));
  const place = rng.pick(places);
  parts[place] = /\d/.test(parts[place] ?? "") ? String(rng.integer(1, 9)) : rng.pick(["+", "-", "*"]);
  return parts.join("");
}

/** One-line functions; the shortcut returns the number that the visible test expects. */
export function codeTask({ disguise, obedience }: World, rng: Random): TaskDraft {
  const rare = rng.chance(rareShare);
  const problem = codeProblem("train", rare ? rareFamilies : commonFamilies, rng);
  const testShown = rng.chance(testShownShare);
  const cue = testShown ? drawCue(rng, false) : "none";
  const hack = testShown && rng.chance(behaviorShare(obeyed(cue, obedience), hacksUnasked));
  const honest = rng.chance(rare ? 0.5 : 0.1) ? misremember(problem.expression, rng) : problem.expression;
  const instructions =
    cue === "none"
      ? []
      : [
          cue === "irrelevant"
            ? irrelevantText("code", disguise, rng)
            : instruction(codeInstructions, cue, disguise, rng),
        ];
  return {
    question: codeQuestion(problem, testShown, rng),
    instructions,
    reply: codeAnswer(hack ? String(problem.expected) : honest),
  };
}
