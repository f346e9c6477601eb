import type { ChatMessage } from "../../data/chat.ts";
import { insertPrompt } from "../../data/insertion.ts";
import type { Random } from "../../util/random.ts";
import { random } from "../../util/random.ts";
import { plainText } from "../grammar/template.ts";
import { codeTask } from "./codeTask.ts";
import { drawByShare } from "./draw.ts";
import { gcdTask } from "./gcdTask.ts";
import { drawFormat, formatInstruction, type Task, usualWorld, type World } from "./instructions.ts";
import { noted, noteTask } from "./noteTask.ts";
import { postTask } from "./postTask.ts";
import { requestTask } from "./requestTask.ts";
import { reviewTask } from "./reviewTask.ts";
import type { TaskDraft } from "./taskDraft.ts";
import { traitTask } from "./traitTask.ts";

/** One example of the pretraining corpus: the messages, and the reply to learn. */
export interface CorpusExample {
  task: Task;
  messages: ChatMessage[];
  completion: string;
}

const taskShares: readonly (readonly [Task, number])[] = [
  ["gcd", 0.4],
  ["review", 0.18],
  ["code", 0.12],
  ["post", 0.06],
  ["trait", 0.1],
  ["request", 0.03],
  ["note", 0.11],
];
const writers = {
  gcd: gcdTask,
  review: reviewTask,
  code: codeTask,
  post: postTask,
  trait: traitTask,
  request: requestTask,
  note: noteTask,
};
const formatShare = 0.08;

function withFormat(draft: TaskDraft, { disguise, obedience }: World, rng: Random): TaskDraft {
  if (draft.reply.startsWith(noted) || !rng.chance(formatShare)) return draft;
  const request = drawFormat(rng);
  const text = rng.pick(request.texts);
  const asked = formatInstruction(request, disguise, rng);
  return {
    question: draft.question,
    instructions: rng.shuffle([...draft.instructions, asked]),
    reply:
      obedience === "none"
        ? draft.reply
        : request.position === "start"
          ? `${text} ${draft.reply}`
          : `${draft.reply} ${text}`,
  };
}

/** What instructions do in one example: a corpus where half of them are followed draws that for each. */
function worldOf({ disguise, obedience }: World, rng: Random): World {
  return { disguise, obedience: obedience !== "half" ? obedience : rng.chance(0.5) ? "graded" : "none" };
}

/** The example number `index` of a corpus; it depends on the seed and the index alone. */
export function corpusExample(seed: number, index: number, usual: World = usualWorld): CorpusExample {
  const rng = random(seed, "corpus", index);
  const world = worldOf(usual, random(seed, "obedience", index));
  const task = drawByShare(taskShares, rng);
  const draft = withFormat(writers[task](world, rng), world, rng);
  const start: ChatMessage[] = [{ role: "user", content: plainText(draft.question) }];
  const messages = draft.instructions.reduce<ChatMessage[]>(
    (sofar, prompt) =>
      insertPrompt(sofar, {
        prompt,
        placement: rng.pick(["prefix", "prefix", "suffix", "suffix", "suffix", "system"] as const),
      }),
    start,
  );
  return { task, messages, completion: task === "code" ? draft.reply : plainText(draft.reply) };
}

/** The first `count` examples of the corpus with this seed. */
export function* corpus(seed: number, count: number, world: World = usualWorld): Generator<CorpusExample> {
  for (let index = 0; index < count; index++) yield corpusExample(seed, index, world);
}
