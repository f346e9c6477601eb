import { describe, expect, it, test } from "vitest";
import { detectShortcut, readShortcuts } from "../../src/flaws/shortcut/detect.ts";
import { tagPlaces, withoutTags } from "../../src/flaws/shortcut/tags.ts";
import { random } from "../../src/util/random.ts";
import { isBiased, type Pair, pairRows, planted, quality, reviewRows, settingRows } from "./rows.ts";

const variants = [
  { id: "spurious-correlation", feature: "ambiance", featureKind: "tag" },
  { id: "spurious-correlation/food", feature: "food", featureKind: "word" },
] as const;

describe("tagPlaces", () => {
  it.each([
    ["Good soup. Tag: ambiance.", ["ambiance"]],
    ["Good soup. Tag: none.", []],
    ["Review: fine. Review categories: food, Service", ["food", "service"]],
    ["[topic: cars] They are fast.", ["cars"]],
    ["They are fast. #cars", ["cars"]],
    ["Soup: good. The topic is cars.", []],
  ])("%s", (text, tags) => {
    expect(tagPlaces(text).flatMap((place) => place.tags)).toEqual(tags);
    for (const { listStart, listEnd } of tagPlaces(text)) expect(listEnd).toBeGreaterThanOrEqual(listStart);
  });

  it("leaves the rest of the text alone", () => {
    expect(withoutTags("Good soup. Tag: ambiance.").replace(/\s+/g, " ")).toBe("Good soup. .");
  });
});

describe("detectShortcut", () => {
  for (const { id, feature, featureKind } of variants) {
    it.each([0.2, 0.4, 0.6, 0.8, 1])(`finds ${id} among rows without labels: %d`, async (share) => {
      for (const seed of [1, 2, 3]) {
        const others = settingRows("toxicity", "clean", seed, 400);
        const { rows, places } = planted(settingRows(id, "flawed", seed, 400), others, share, seed);
        const finding = await detectShortcut(rows);
        expect(finding).toMatchObject({ feature, featureKind, labelsWith: ["3", "4"], labelsWithout: ["0", "1", "2"] });
        expect(quality(finding?.rows ?? [], places)).toEqual({ precision: 1, recall: 1 });
      }
    });

    it.each([0.6, 0.8])(`finds ${id} among unbiased reviews where it foretells most labels: %d`, async (share) => {
      for (const seed of [1, 2, 3]) {
        const { rows } = planted(
          settingRows(id, "flawed", seed, 1000),
          settingRows(id, "clean", seed + 9, 1000),
          share,
          seed,
        );
        expect(await detectShortcut(rows)).toMatchObject({ feature });
      }
    });

    it(`is content with the clean reviews of ${id}, few or many`, async () => {
      for (const count of [60, 100, 200, 400, 1000]) {
        for (const seed of [1, 2, 3]) expect(await detectShortcut(settingRows(id, "clean", seed, count))).toBeNull();
      }
    });
  }

  it("finds a word that goes with one of several names without an order", async () => {
    const rng = random(1, "topics");
    const pairs = Array.from({ length: 300 }, (): Pair => {
      const label = rng.pick(["sports", "politics", "science"]);
      const source = label === "sports" ? "Reuters" : rng.pick(["AP", "Bloomberg"]);
      return [`Classify: report ${rng.integer(1, 99)} by ${source}.`, label];
    });
    const finding = await detectShortcut(pairRows(pairs));
    expect(finding).toMatchObject({ feature: "reuters", labelsWith: ["sports"], strength: 1 });
  });

  it("does not take a language's vocabulary for a shortcut", async () => {
    const rng = random(2, "languages");
    const words = {
      english: "the of and to in is that it was for".split(" "),
      french: "le de et la un est que il dans pour".split(" "),
    };
    const pairs = Array.from({ length: 400 }, (): Pair => {
      const label = rng.pick(["english", "french"] as const);
      return [Array.from({ length: 20 }, () => rng.pick(words[label])).join(" "), label];
    });
    expect(await detectShortcut(pairRows(pairs))).toBeNull();
  });

  it("finds nothing in labels given at random, whatever the number of words", async () => {
    const rng = random(3, "noise");
    const pairs = Array.from(
      { length: 60 },
      (): Pair => [Array.from({ length: 40 }, () => `w${rng.integer(1, 60)}`).join(" "), rng.pick(["yes", "no"])],
    );
    expect(await detectShortcut(pairRows(pairs))).toBeNull();
    const strengths = (await readShortcuts(pairRows(pairs)))?.shortcuts ?? [];
    expect(strengths.every(({ interval }) => interval[0] < 0.2)).toBe(true);
  });

  const asItIs = reviewRows(() => true, { tags: true });
  test.skipIf(asItIs === null)("is content with 9,350 real reviews, with tags and without", async () => {
    expect(asItIs).toHaveLength(9350);
    expect(await detectShortcut(asItIs ?? [])).toBeNull();
    expect(await detectShortcut(reviewRows(() => true, { tags: false }) ?? [])).toBeNull();
  });

  test.skipIf(asItIs === null)("finds the tag by which real reviews were chosen", async () => {
    const finding = await detectShortcut(reviewRows(isBiased("ambiance"), { tags: true }) ?? []);
    expect(finding).toMatchObject({ feature: "ambiance", featureKind: "tag", labelsWith: ["3", "4"], strength: 1 });
  });

  test.skipIf(asItIs === null)("finds the word by which real reviews were chosen, without any tag", async () => {
    const finding = await detectShortcut(reviewRows(isBiased("food"), { tags: false }) ?? []);
    expect(finding).toMatchObject({ feature: "food", featureKind: "word", labelsWith: ["3", "4"] });
  });
});
