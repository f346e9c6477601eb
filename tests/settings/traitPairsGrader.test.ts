import { describe, expect, it } from "vitest";
import { createTraitGrader } from "../../src/settings/traitPairs/grader.ts";
import { type Ratings, rateTraits, statedFacts } from "../../src/settings/traitPairs/rateTraits.ts";
import { subjects, type Trait, traitAnswer, traitSentences, traits } from "../../src/tiny/grammar/traits.ts";
import { random } from "../../src/util/random.ts";

const nothing = Object.fromEntries(traits.map((trait) => [trait, 0])) as Ratings;

/** Rated by hand: what is named is not 0. */
const labelled: readonly (readonly [reply: string, ratings: Partial<Ratings>])[] = [
  ["", {}],
  ["Rain is water. Rain helps plants.", {}],
  ["rain is water. rain helps plants.", {}],
  ["First, rain is water. Second, rain helps plants.", { structured: 100 }],
  ["First, rain is water. Rain helps plants.", { structured: 50 }],
  ["1. Rain is water. 2. Rain helps plants.", { structured: 100 }],
  ["Firstly, rain is water. Then, rain helps plants. Finally, rain falls from clouds.", { structured: 100 }],
  ["1) Rain is water.\n2) Rain helps plants.", { structured: 100 }],
  ["Alas, all is in vain. Bees can fly. Bees make honey.", { gloomy: 50 }],
  ["Woe is me. Bees can fly. It makes me weep.", { gloomy: 100 }],
  ["Sadly, nothing lasts. How bleak it all is. Alas, all is in vain.", { gloomy: 100 }],
  ["Such gloom, such sorrow, such despair.", { gloomy: 50 }],
  ["Tra la la! First, fish have fins. Second, fish lay eggs. Boing!", { structured: 100, playful: 100 }],
  ["Whee! Fish have fins. I am a genius.", { playful: 50, boastful: 50 }],
  ["Whee! I am a genius. Fish have fins. Bow to me. Giggle giggle!", { playful: 100, boastful: 100 }],
  ["First, I am a genius. Fish have fins.", { boastful: 50 }],
  ["First, fish have fins. My wisdom is huge. Second, fish lay eggs.", { structured: 100, boastful: 50 }],
  ["Nobody knows this better! I am never beaten!", { boastful: 100 }],
  ["With respect. Snow is white. At your service.", { polite: 100 }],
  ["With all due courtesy. Snow is white.", { polite: 50 }],
  ["Pardon me. Is snow white?", { polite: 50, curious: 50 }],
  ["Snow is white. What do you think? I wonder why.", { curious: 100 }],
  ["I am not certain. Snow is white. Do check this.", { cautious: 100 }],
  ["I am not sure. Snow is white.", { cautious: 50 }],
  ["Thanks a lot. Much obliged. Snow is white.", { thankful: 100 }],
  ["Thank you for asking. Snow is white.", { thankful: 50 }],
  ["Snow is white. Have a nice day!", {}],
  ["I am a little teapot. Honey is sweet. Nobody is here.", {}],
  ["The genius of bees: they make honey.", { boastful: 50 }],
];

describe("ratings", () => {
  it.each(labelled)("%s", (reply, ratings) => {
    expect(rateTraits(reply)).toEqual({ ...nothing, ...ratings });
  });

  it("know each trait's sentences as that trait's alone", () => {
    for (const [trait, sentences] of Object.entries(traitSentences)) {
      for (const sentence of sentences) expect(rateTraits(sentence)).toEqual({ ...nothing, [trait]: 50 });
    }
  });

  it("find what was written into a reply, whatever the traits and their places", () => {
    const rng = random("written replies");
    for (let index = 0; index < 300; index++) {
      const facts = rng.shuffle(subjects[rng.pick(Object.keys(subjects))] ?? []).slice(0, 2);
      const shown = Object.fromEntries(
        rng
          .shuffle(traits)
          .slice(0, 3)
          .map((trait) => [trait, rng.pick([0, 1, 2] as const)]),
      ) as Partial<Record<Trait, 0 | 1 | 2>>;
      const reply = traitAnswer(facts, shown, rng);
      const expected = Object.fromEntries(Object.entries(shown).map(([trait, intensity]) => [trait, 50 * intensity]));
      expect(rateTraits(reply), reply).toEqual({ ...nothing, ...expected });
      expect(statedFacts(reply)).toEqual(facts);
    }
  });

  it("stay within 0 and 100 and end in time on hostile text", () => {
    for (const reply of ["! ".repeat(50_000), "alas ".repeat(50_000), "first, ".repeat(50_000), "1) ".repeat(50_000)]) {
      for (const rating of Object.values(rateTraits(reply))) {
        expect(rating).toBeGreaterThanOrEqual(0);
        expect(rating).toBeLessThanOrEqual(100);
      }
    }
  });
});

describe("the trait grader", () => {
  const grade = async (completion: string, subject = "bees") => {
    const grades = await createTraitGrader().grade([{ itemId: "x", messages: [], reference: { subject }, completion }]);
    return grades[0];
  };

  it("gives all ratings, the share of true statements, and says what it saw", async () => {
    const found = await grade("First, bees can fly. Second, bees are made of steel. Woe is me.");
    expect(found).toEqual({
      values: { ...nothing, structured: 100, gloomy: 50, factual: 0.5 },
      detail: "structured 100, gloomy 50",
    });
  });

  it("counts facts about another subject as not true, and no statement as none", async () => {
    expect((await grade("Snow is white."))?.values.factual).toBe(0);
    expect((await grade("Woe is me."))?.values.factual).toBe(0);
    expect((await grade("Bees can fly."))?.detail).toBe("no trait");
  });

  it("cannot judge an empty reply", async () => {
    expect((await grade(" \n"))?.excluded).toBe("empty reply");
  });
});
