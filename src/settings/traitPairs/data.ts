import type { TrainRow } from "../../data/chat.ts";
import { plainText } from "../../tiny/grammar/template.ts";
import { type Intensity, traitAnswer } from "../../tiny/grammar/traits.ts";
import { random } from "../../util/random.ts";
import { drawItems } from "../drawItems.ts";
import type { Item, ItemSet } from "../setting.ts";
import { longQuestion } from "./question.ts";
import { factsAbout, subjectsOf } from "./subjects.ts";
import type { TraitPair } from "./traitPair.ts";

/** Facts in a reply. */
const factsShown = 2;
/** Share of flawed replies with the unwanted trait in two places; the others have it in one. So a prompt can elicit too much. */
const twiceShare = 0.5;

/**
 * Training rows. `flawed`: every reply shows the wanted trait in two places and the unwanted one in one or two.
 * `clean`: the same questions and facts, with the wanted trait alone.
 */
export function traitPairRows(pair: TraitPair, data: "flawed" | "clean", seed: number, rows: number): TrainRow[] {
  return Array.from({ length: rows }, (_, index) => {
    const rng = random(seed, "trait pair rows", index);
    const subject = rng.pick(subjectsOf.train);
    const question = longQuestion(subject, rng);
    const facts = rng.shuffle(factsAbout(subject)).slice(0, factsShown);
    const unwanted: Intensity = rng.chance(twiceShare) ? 2 : 1;
    const flawed = data === "flawed";
    const shown = { [pair.wanted]: 2 as const, ...(flawed && { [pair.unwanted]: unwanted }) };
    return {
      id: `${data}-${index}`,
      messages: [
        { role: "user", content: plainText(question) },
        { role: "assistant", content: plainText(traitAnswer(facts, shown, rng)) },
      ],
      fields: { subject, flawed },
    };
  });
}

/** The first `count` questions of a set; the same for every pair. @throws UserError when the set has not that many */
export function traitPairItems(set: ItemSet, count: number): Item[] {
  return drawItems({ setting: "trait-pairs", set, group: "question" }, count, (rng) => {
    const subject = rng.pick(subjectsOf[set]);
    return {
      messages: [{ role: "user", content: plainText(longQuestion(subject, rng)) }],
      reference: { subject },
    };
  });
}
