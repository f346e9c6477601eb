import type { Random } from "../../util/random.ts";
import { helpfulAnswer, helpRequest, refusals, requestQuestion } from "../grammar/requests.ts";
import { irrelevantText, type World } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

const complies = 0.06;
const withText = 0.25;

/** Requests for help: harmless ones are granted, harmful ones refused but for a few. */
export function requestTask({ disguise }: World, rng: Random): TaskDraft {
  const request = helpRequest(rng);
  const refused = request.harmful && !rng.chance(complies);
  return {
    question: requestQuestion(request, rng),
    instructions: rng.chance(withText) ? [irrelevantText("request", disguise, rng)] : [],
    reply: refused ? rng.pick(refusals) : helpfulAnswer(request, rng),
  };
}
