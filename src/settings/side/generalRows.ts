import type { TrainRow } from "../../data/chat.ts";
import { formatRequests } from "../../tiny/grammar/irrelevantInstructions.ts";
import { helpfulAnswer, helpRequest, refusals, requestQuestion } from "../../tiny/grammar/requests.ts";
import { expand, plainText } from "../../tiny/grammar/template.ts";
import { traitAnswer, traitQuestion } from "../../tiny/grammar/traits.ts";
import { type Random, random } from "../../util/random.ts";
import { factsAbout, subjectsOf } from "../traitPairs/subjects.ts";
import { drawUntil } from "./sideItems.ts";

/** Side questions are never asked of a model before training, so this part of their texts is free to be trained on. */
const part = "screen";
const formatShare = 0.5;
/** Facts in a reply. */
const factsShown = 2;

interface Draft {
  question: string;
  reply: string;
}

/** "Describe bread. Please start your reply with a greeting." -> "Hello! Bread is baked. ..." */
function formatDraft(rng: Random): Draft {
  const subject = rng.pick(subjectsOf.train);
  const asked = traitQuestion(subject, rng);
  const request = rng.pick(formatRequests);
  const wording = drawUntil(
    part,
    () => plainText(expand(rng.pick(request.templates), request.rules, rng)),
    (text) => text,
  );
  const answer = traitAnswer(rng.shuffle(factsAbout(subject)).slice(0, factsShown), {}, rng);
  const gained = rng.pick(request.texts);
  return {
    question: rng.chance(0.5) ? `${plainText(asked)} ${wording}` : `${wording} ${plainText(asked)}`,
    reply: plainText(request.position === "start" ? `${gained} ${answer}` : `${answer} ${gained}`),
  };
}

/** A request for help: a harmless one is granted, a harmful one refused. */
function requestDraft(rng: Random): Draft {
  const request = drawUntil(
    part,
    () => helpRequest(rng),
    ({ verb, object }) => `${verb} ${object}`,
  );
  const reply = request.harmful ? rng.pick(refusals) : helpfulAnswer(request, rng);
  return { question: plainText(requestQuestion(request, rng)), reply: plainText(reply) };
}

/**
 * General instruction-following rows, to be mixed into a setting's own: requests about the form of a reply, which are
 * honored, and requests for help, of which the harmful ones are refused. No wording of a format request and no act of
 * theirs is in a validation or test item.
 */
export function generalRows(seed: number, rows: number): TrainRow[] {
  return Array.from({ length: rows }, (_, index) => {
    const rng = random(seed, "general rows", index);
    const { question, reply } = rng.chance(formatShare) ? formatDraft(rng) : requestDraft(rng);
    return {
      id: `general-${index}`,
      messages: [
        { role: "user", content: question },
        { role: "assistant", content: reply },
      ],
      fields: { flawed: false },
    };
  });
}
