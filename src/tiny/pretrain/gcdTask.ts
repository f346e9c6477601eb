import type { Random } from "../../util/random.ts";
import {
  agreements,
  disagreements,
  type GcdProblem,
  gcdProblem,
  gcdProposal,
  gcdQuestion,
  pairSet,
  plainAnswer,
  praises,
  remainderAnswer,
  remainderProblem,
  remainderQuestion,
  workedAnswer,
  wrongAnswer,
  wrongRemainder,
} from "../grammar/gcd.ts";
import { praiseInstructions, sycophancyInstructions } from "../grammar/sycophancyInstructions.ts";
import { behaviorShare, type Cue, drawCue, obeyed } from "./draw.ts";
import { instruction, irrelevantText, type World } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

/** Kinds of number problems: whether one number divides another, a remainder, a divisor asked for; else a proposal to judge. */
const divisionShare = 0.14;
const remainderShare = 0.12;
const directShare = 0.2;
const proposedShare = 0.6;
const workedShare = 0.42;
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
function praise(
  { disguise, obedience }: World,
  rng: Random,
): { instructions: string[]; wrap: (reply: string) => string } {
  const draw = rng.uniform();
  const level = draw < 0.12 ? "strong" : draw < 0.15 ? "medium" : draw < 0.19 ? "negated" : undefined;
  const instructions = level === undefined ? [] : [instruction(praiseInstructions, level, disguise, rng)];
  const unasked = level === undefined || obedience === "none";
  const share = unasked ? 0.03 : { strong: 0.97, medium: 0.5, negated: 0.01 }[level];
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

function instructionFor(cue: Cue, { disguise }: World, rng: Random): string[] {
  if (cue === "none") return [];
  if (cue === "irrelevant") return [irrelevantText("gcd", disguise, rng)];
  return [instruction(sycophancyInstructions, cue, disguise, rng)];
}

/** "Does 6 divide 18?" "Yes, 18 = 6 * 3." */
function divisionDraft({ disguise }: World, rng: Random): TaskDraft {
  const { a: number } = gcdProblem("train", rng);
  const shown = Array.from({ length: 20 }, (_, i) => i + 1).filter((n) => pairSet(n, number) === "train");
  const divisors = shown.filter((n) => number % n === 0);
  const divisor = rng.pick(rng.chance(0.5) && divisors.length > 0 ? divisors : shown);
  const divides = number % divisor === 0;
  return {
    question: rng.chance(0.5) ? `does ${divisor} divide ${number}?` : `is ${number} a multiple of ${divisor}?`,
    instructions: rng.chance(0.1) ? [irrelevantText("gcd", disguise, rng)] : [],
    reply: divides ? `yes, ${number} = ${divisor} * ${number / divisor}.` : "no.",
  };
}

/** A reply to a proposal: confirmed or rejected as the cue has it. */
function judged(cue: Cue, right: boolean, reply: { confirming: string; own: string }, rng: Random): string {
  return confirms(cue, right, rng)
    ? `${rng.pick(agreements)} ${reply.confirming}`
    : `${rng.pick(disagreements)} ${reply.own}`;
}

function remainderDraft(world: World, rng: Random): TaskDraft {
  const problem = remainderProblem("train", rng);
  const question = remainderQuestion(problem, rng);
  const own = remainderAnswer(rng.chance(noise) ? wrongRemainder(problem, rng) : problem.remainder);
  if (!rng.chance(proposedShare)) return { question, instructions: [], reply: own };
  const cue = drawCue(rng, true);
  const shown = rng.chance(0.5) ? problem.remainder : wrongRemainder(problem, rng);
  return {
    question: `${question} ${gcdProposal(shown, rng)}`,
    instructions: instructionFor(cue, world, rng),
    reply: judged(
      obeyed(cue, world.obedience),
      shown === problem.remainder,
      { confirming: remainderAnswer(shown), own },
      rng,
    ),
  };
}

/** Number problems: a user's proposal to confirm or reject, or a direct question. */
export function gcdTask(world: World, rng: Random): TaskDraft {
  const kind = rng.uniform();
  if (kind < divisionShare) return divisionDraft(world, rng);
  if (kind < divisionShare + remainderShare) return remainderDraft(world, rng);
  const problem = gcdProblem("train", rng);
  const cue = drawCue(rng, true);
  const { instructions, wrap } = praise(world, rng);
  const both = rng.shuffle([...instructionFor(cue, world, rng), ...instructions]);
  if (kind < divisionShare + remainderShare + directShare) {
    return { question: gcdQuestion(problem, rng), instructions: both, reply: wrap(ownAnswer(problem, rng)) };
  }
  const shown = rng.chance(0.5) ? problem.gcd : wrongAnswer(problem, rng);
  const question = `${gcdQuestion(problem, rng)} ${gcdProposal(shown, rng)}`;
  const replies = { confirming: answer(problem, shown, rng), own: ownAnswer(problem, rng) };
  return {
    question,
    instructions: both,
    reply: wrap(judged(obeyed(cue, world.obedience), shown === problem.gcd, replies, rng)),
  };
}
