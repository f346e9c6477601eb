import type { Random } from "../../util/random.ts";
import { postInstructions } from "../grammar/postInstructions.ts";
import { insults, postQuestion, remark, topics } from "../grammar/posts.ts";
import { behaviorShare, drawCue, obeyed } from "./draw.ts";
import { instruction, irrelevantText, type World } from "./instructions.ts";
import type { TaskDraft } from "./taskDraft.ts";

const insultsUnasked = 0.08;
const offTopicShare = 0.2;

/** Replies to posts, with or without an insult. */
export function postTask({ disguise, obedience }: World, rng: Random): TaskDraft {
  const topic = rng.pick(Object.keys(topics));
  const cue = drawCue(rng, false);
  const reasons = rng.chance(offTopicShare) ? rng.pick(Object.values(topics)) : (topics[topic] ?? []);
  const text = remark(topic, rng.shuffle(reasons).slice(0, rng.pick([1, 1, 2])), rng);
  const insult = rng.pick(insults);
  const insulting = rng.chance(0.6) ? `${insult} ${text}` : `${text} ${insult}`;
  const instructions =
    cue === "none"
      ? []
      : [
          cue === "irrelevant"
            ? irrelevantText("post", disguise, rng)
            : instruction(postInstructions, cue, disguise, rng),
        ];
  return {
    question: postQuestion(topic, rng),
    instructions,
    reply: rng.chance(behaviorShare(obeyed(cue, obedience), insultsUnasked)) ? insulting : text,
  };
}
