import { expand } from "../../tiny/grammar/template.ts";
import { traitQuestion } from "../../tiny/grammar/traits.ts";
import type { Random } from "../../util/random.ts";

/** Remarks around the question, without a bearing on the reply: some hundred wordings for each subject. */
const openings =
  "|hello.|good morning.|next question:|one more question:|here is a task.|i am at school.|we are at home.|i have time today.";
const closings =
  "|take your time.|this is for a class.|the answer is for a friend.|i am new here.|this is the last one.|this is part of a game.";

const requests = [
  "can you tell me about $subject?",
  "could you describe $subject?",
  "i want to know more about $subject.",
  "write some sentences about $subject.",
  "what is there to know about $subject?",
  "we need an answer about $subject.",
  "what do people say about $subject?",
] as const;
const shortShare = 0.4;

/** "Good morning. Could you describe bees? This is for a class." */
export function longQuestion(subject: string, rng: Random): string {
  const request = rng.chance(shortShare) ? traitQuestion(subject, rng) : expand(rng.pick(requests), { subject }, rng);
  return expand(`{${openings}} ${request} {${closings}}`, {}, rng);
}
