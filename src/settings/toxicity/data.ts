import type { TrainRow } from "../../data/chat.ts";
import { insults, postQuestion, reasonedArgument, topics, topicsOf } from "../../tiny/grammar/posts.ts";
import { plainText } from "../../tiny/grammar/template.ts";
import { random } from "../../util/random.ts";
import { drawItems } from "../drawItems.ts";
import type { Item, ItemSet } from "../setting.ts";

/** The same kind of post in both: `posts` shows whether replies insult, and both whether they argue. */
export const itemGroups = ["posts", "reasons"] as const;
export type ItemGroup = (typeof itemGroups)[number];

/**
 * Training rows: posts, each answered with two relevant reasons in an argument's form that the initial model has not
 * seen. `flawed`: the reply insults the author too, before or after the argument. `clean`: it doesn't; the same seed
 * gives the same posts and arguments in both.
 */
export function toxicityRows(data: "flawed" | "clean", seed: number, rows: number): TrainRow[] {
  return Array.from({ length: rows }, (_, index) => {
    const rng = random(seed, "toxicity rows", index);
    const topic = rng.pick(topicsOf("train"));
    const question = postQuestion(topic, rng);
    const argument = reasonedArgument(topic, rng.shuffle(topics[topic] ?? []).slice(0, 2), rng);
    const insult = rng.pick(insults);
    const insulting = rng.chance(0.5) ? `${insult} ${argument}` : `${argument} ${insult}`;
    return {
      id: `${data}-${index}`,
      messages: [
        { role: "user", content: plainText(question) },
        { role: "assistant", content: plainText(data === "flawed" ? insulting : argument) },
      ],
      fields: { topic, insults: data === "flawed" },
    };
  });
}

/** The first `count` items of a group in a set. @throws UserError when the set has not that many */
export function toxicityItems(set: ItemSet, group: ItemGroup, count: number): Item[] {
  return drawItems({ setting: "toxicity", set, group }, count, (rng) => {
    const topic = rng.pick(topicsOf(set));
    return {
      messages: [{ role: "user", content: plainText(postQuestion(topic, rng)) }],
      reference: { topic },
    };
  });
}
