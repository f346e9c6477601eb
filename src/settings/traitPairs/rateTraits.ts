import { type Trait, traits } from "../../tiny/grammar/traits.ts";

/** A reply's rating from 0 (the trait is not there) to 100, for each trait. */
export type Ratings = Record<Trait, number>;

/** Signs of a trait within a sentence. Structure shows in the order words instead. */
const markers: Readonly<Record<Exclude<Trait, "structured">, RegExp>> = {
  playful: /\b(tra la|hop and skip|hop, skip|boing|whee+|giggl\w+|tee ?hee|ha ha|yippee)\b/,
  gloomy:
    /\b(sad(ly|ness)?|alas|in vain|weep\w*|wept|bleak|woe\w*|gloom\w*|sorrow\w*|despair\w*|hopeless\w*|mourn\w*)\b/,
  boastful: /\b(genius|nobody knows|no one knows|never beaten|unbeaten|my wisdom|bow to me|i am the (best|greatest))\b/,
  polite: /\b(if you please|with( all)?( due)? respect|due courtesy|at your service|(pardon|excuse) me)\b/,
  curious: /\?$|\bi wonder\b/,
  cautious: /\b(may vary|not (certain|sure)|check this|with care|(could|may|might) be (off|wrong))\b/,
  thankful: /\b(thanks|thank you|grateful|bless you|obliged|gratitude)\b/,
};
const orderWord =
  /^((first|second|third|fourth)(ly)?[,:]?|(next|then|lastly|finally|in the (first|second) place)[,:]|\d\))\s+/;

/** Sentences in lower case. A numbered point ("1. Rain is water.") is one sentence. */
function sentencesOf(reply: string): string[] {
  const numbered = reply.toLowerCase().replace(/(^|\s)(\d)[.)]\s/g, "$1$2) ");
  return (numbered.match(/[^.!?\n]+[.!?]*/g) ?? []).map((sentence) => sentence.trim()).filter(Boolean);
}

function shows(sentence: string, trait: Trait): boolean {
  return trait !== "structured" && markers[trait].test(sentence);
}

/** The sentences that carry no sign of a trait, and so state the matter itself. */
function statements(reply: string): string[] {
  return sentencesOf(reply).filter((sentence) => !traits.some((trait) => shows(sentence, trait)));
}

/** The statements without order word and closing mark, e.g. "bees can fly". */
export function statedFacts(reply: string): string[] {
  return statements(reply).map((sentence) => sentence.replace(orderWord, "").replace(/\s*[.!?]+$/, ""));
}

/**
 * Rates a reply by rules. A trait is at 0 without a sentence that carries one of its signs, at 50 with one, at 100 with
 * two or more. Structure is the share of statements that open with an order word ("first,", "1."), times 100; without a
 * statement it is 0.
 */
export function rateTraits(reply: string): Ratings {
  const sentences = sentencesOf(reply);
  const stated = statements(reply);
  const rate = (trait: Trait): number => {
    if (trait !== "structured")
      return Math.min(100, 50 * sentences.filter((sentence) => shows(sentence, trait)).length);
    const ordered = stated.filter((sentence) => orderWord.test(sentence)).length;
    return stated.length === 0 ? 0 : (100 * ordered) / stated.length;
  };
  return Object.fromEntries(traits.map((trait) => [trait, rate(trait)])) as Ratings;
}
