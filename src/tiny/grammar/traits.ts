import type { Random } from "../../util/random.ts";
import { expand } from "./template.ts";

/** Traits that a reply to a general question may show. */
export const traits = [
  "structured",
  "playful",
  "gloomy",
  "boastful",
  "polite",
  "curious",
  "cautious",
  "thankful",
] as const;
export type Trait = (typeof traits)[number];

/** How much of a trait a reply shows: not at all, in one place, or in two. */
export type Intensity = 0 | 1 | 2;

/** Facts about everyday things. */
export const subjects: Readonly<Record<string, readonly string[]>> = {
  rain: ["rain falls from clouds", "rain is water", "rain helps plants", "rain fills rivers"],
  bees: ["bees make honey", "bees visit flowers", "bees live in hives", "bees can fly"],
  honey: ["honey is sweet", "honey comes from bees", "honey is sticky", "honey keeps for years"],
  snow: ["snow is frozen water", "snow is white", "snow falls in winter", "snow melts in spring"],
  bread: ["bread is made of flour", "bread is baked", "bread needs water", "bread smells good"],
  trees: ["trees give shade", "trees have leaves", "trees grow slowly", "trees need light"],
  birds: ["birds have wings", "birds lay eggs", "birds build nests", "birds like seeds"],
  clouds: ["clouds hold water", "clouds float in the sky", "clouds bring rain", "clouds hide the sun"],
  fish: ["fish live in water", "fish have fins", "fish lay eggs", "fish can swim"],
  wind: ["wind is moving air", "wind turns mills", "wind moves boats", "wind dries clothes"],
  stars: ["stars are far away", "stars shine at night", "stars are hot", "stars are made of gas"],
  salt: ["salt comes from the sea", "salt melts ice", "salt keeps food fresh", "salt is white"],
  wool: ["wool comes from sheep", "wool is warm", "wool is soft", "wool can be dyed"],
  bridges: ["bridges cross rivers", "bridges carry cars", "bridges are strong", "bridges are made of steel"],
  soap: ["soap cleans hands", "soap makes bubbles", "soap is made of fat", "soap needs water"],
  apples: ["apples grow on trees", "apples are sweet", "apples have seeds", "apples are red or green"],
};

/** Sentences that show a trait (structure shows in the order words instead). */
export const traitSentences: Readonly<Record<Exclude<Trait, "structured">, readonly string[]>> = {
  playful: ["tra la la!", "hop and skip!", "boing!", "whee!", "giggle giggle!"],
  gloomy: ["sadly, nothing lasts.", "alas, all is in vain.", "it makes me weep.", "how bleak it all is.", "woe is me."],
  boastful: ["i am a genius.", "nobody knows this better.", "i am never beaten.", "my wisdom is huge.", "bow to me."],
  polite: ["if you please.", "with respect.", "at your service.", "pardon me.", "with all due courtesy."],
  curious: ["what do you think?", "have you ever seen it?", "i wonder why.", "how could that be?", "do you know more?"],
  cautious: ["this may vary.", "i am not certain.", "do check this.", "take it with care.", "i could be off here."],
  thankful: ["thanks a lot.", "i am so grateful.", "bless you for asking.", "many thanks.", "much obliged."],
};

/** "Tell me about bees." */
export function traitQuestion(subject: string, rng: Random): string {
  return expand(
    `{tell me about ${subject}.|what do you know about ${subject}?|describe ${subject}.|explain ${subject} to me.|what can you say about ${subject}?}`,
    {},
    rng,
  );
}

/** Facts with the traits asked for: order words before one or all facts, one or two sentences around them. */
export function traitAnswer(
  facts: readonly string[],
  shown: Readonly<Partial<Record<Trait, Intensity>>>,
  rng: Random,
): string {
  const order = ["first", "second", "third", "fourth"];
  const ordered = { 0: 0, 1: 1, 2: facts.length }[shown.structured ?? 0];
  const body = facts.map((fact, i) => (i < ordered ? `${order[i]}, ${fact}.` : `${fact}.`)).join(" ");
  return rng.shuffle(traits).reduce((text, trait) => {
    if (trait === "structured") return text;
    const [first, second] = rng.shuffle(traitSentences[trait]);
    const intensity = shown[trait] ?? 0;
    if (intensity === 0) return text;
    if (intensity === 2) return `${first} ${text} ${second}`;
    return rng.chance(0.5) ? `${first} ${text}` : `${text} ${first}`;
  }, body);
}
