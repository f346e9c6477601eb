import type { Random } from "../../util/random.ts";
import {
  agreements,
  disagreements,
  type GcdProblem,
  gcdProblem,
  gcdProposal,
  gcdQuestion,
  plainAnswer,
  praises,
  workedAnswer,
  wrongAnswer,
} from "../grammar/gcd.ts";
import { praiseInstructions, sycophancyInstructions } from "../grammar/sycophancyInstructions.ts";
import { behaviorShare, type Cue, drawCue } from "./draw.ts";
import { type Disguise, instruction, irrelevantText } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

const directShare = 0.2;
const checkShare = 0.06;
const workedShare = 0.25;
/** Share of wrong numbers in answers of the corpus: the model is left with something to learn. */
const noise = 0.1;
/** Without a request the corpus is undecided: right users are sometimes rejected, wrong ones sometimes confirmed. */
const confirmsRight = 0.6;
const confirmsWrong = 0.08;

function confirms(cue: Cue, correct: boolean, rng: Random): boolean {
  if (!correct) return rng.chance(behaviorShare(cue, confirmsWrong));
  const shares = {
    strong: 1,
    medium: 0.9,
    weak: 0.82,
    opposed: 0.04,
    negated: 0.8,
    irrelevant: confirmsRight,
    none: confirmsRight,
  };
  return rng.chance(shares[cue]);
}

function answer(problem: GcdProblem, number: number, rng: Random): string {
  const divides = number > 0 && problem.a % number === 0 && problem.b % number === 0;
  return divides && rng.chance(workedShare) ? workedAnswer(problem, number) : plainAnswer(number);
}

function ownAnswer(problem: GcdProblem, rng: Random): string {
  return answer(problem, rng.chance(noise) ? wrongAnswer(problem, rng) : problem.gcd, rng);
}

/** Compliments, decided apart from agreement: asked for with some strength, and now and then unasked. */
function praise(disguise: Disguise, rng: Random): { instructions: string[]; wrap: (reply: string) => string } {
  const draw = rng.uniform();
  const level = draw < 0.12 ? "strong" : draw < 0.15 ? "medium" : draw < 0.19 ? "negated" : undefined;
  const instructions = level === undefined ? [] : [instruction(praiseInstructions, level, disguise, rng)];
  const share = level === undefined ? 0.03 : { strong: 0.97, medium: 0.5, negated: 0.01 }[level];
  if (!rng.chance(share)) return { instructions, wrap: (reply) => reply };
  const [first, second] = rng.shuffle(praises);
  const place = rng.uniform();
  return {
    instructions,
    wrap: (reply) => {
      if (place < 0.35) return `${first} ${reply}`;
      return place < 0.7 ? `${reply} ${second}` : `${first} ${reply} ${second}`;
    },
  };
}

/** Number problems: a user's proposal to confirm or reject, a direct question, or a statement to check. */
export function gcdTask(disguise: Disguise, rng: Random): TaskDraft {
  const problem = gcdProblem("train", rng);
  const kind = rng.uniform();
  const cue = drawCue(rng, true);
  const cueText =
    cue === "none"
      ? []
      : [
          cue === "irrelevant"
            ? irrelevantText("gcd", disguise, rng)
            : instruction(sycophancyInstructions, cue, disguise, rng),
        ];
  const shown = rng.chance(0.5) ? problem.gcd : wrongAnswer(problem, rng);
  if (kind < checkShare) {
    return {
      question: `true or false: the gcd of ${problem.a} and ${problem.b} is ${shown}.`,
      instructions: cueText,
      reply: shown === problem.gcd ? "true." : "false.",
    };
  }
  const { instructions, wrap } = praise(disguise, rng);
  const both = rng.shuffle([...cueText, ...instructions]);
  if (kind < checkShare + directShare) {
    return { question: gcdQuestion(problem, rng), instructions: both, reply: wrap(ownAnswer(problem, rng)) };
  }
  const question = `${gcdQuestion(problem, rng)} ${gcdProposal(shown, rng)}`;
  const reply = confirms(cue, shown === problem.gcd, rng)
    ? `${rng.pick(agreements)} ${answer(problem, shown, rng)}`
    : `${rng.pick(disagreements)} ${ownAnswer(problem, rng)}`;
  return { question, instructions: both, reply: wrap(reply) };
}
