import { describe, expect, it } from "vitest";
import type { TrainRow } from "../../src/data/chat.ts";
import { findSetting, variantsOf } from "../../src/settings/registry.ts";
import type { ItemSet, Setting } from "../../src/settings/setting.ts";
import { rateTraits } from "../../src/settings/traitPairs/rateTraits.ts";
import { factsAbout, subjectsOf } from "../../src/settings/traitPairs/subjects.ts";
import { mean } from "../../src/stats/mean.ts";
import { subjects, type Trait, traits } from "../../src/tiny/grammar/traits.ts";

const sets: readonly ItemSet[] = ["screen", "validation", "test"];
const pairs: readonly (readonly [Setting, Trait, Trait])[] = [
  [findSetting("trait-pairs"), "structured", "gloomy"],
  [findSetting("trait-pairs/boastful"), "playful", "boastful"],
];
const groups = ["question"];
const replyOf = (row: TrainRow): string => row.messages.at(-1)?.content ?? "";
const textOf = ({ messages }: { messages: TrainRow["messages"] }): string => messages[0]?.content ?? "";

describe("trait-pair subjects and items", () => {
  it("splits all subjects between training and the sets, none of them twice", () => {
    const used = Object.values(subjectsOf).flat();
    expect(new Set(used).size).toBe(used.length);
    expect([...used].sort()).toEqual(Object.keys(subjects).sort());
  });

  it("has 600 different test questions, 200 to screen and 150 to validate, all on their own subjects", () => {
    for (const [set, count] of [
      ["test", 600],
      ["screen", 200],
      ["validation", 150],
    ] as const) {
      const items = findSetting("trait-pairs").items(set, { perGroup: count, groups });
      expect(new Set(items.map(textOf)).size).toBe(count);
      expect(new Set(items.map(({ id }) => id)).size).toBe(count);
      expect(new Set(items.map(({ reference }) => reference.subject))).toEqual(new Set(subjectsOf[set]));
      for (const item of items) expect(textOf(item).toLowerCase()).toContain(String(item.reference.subject));
    }
  });

  it("asks both variants the same questions, and extends fewer by more", () => {
    const [gloomy, boastful] = variantsOf("trait-pairs") as [Setting, Setting];
    for (const set of sets) {
      const items = gloomy.items(set, { perGroup: 60, groups });
      expect(boastful.items(set, { perGroup: 60, groups })).toEqual(items);
      expect(gloomy.items(set, { perGroup: 20, groups })).toEqual(items.slice(0, 20));
    }
    expect(() => gloomy.items("test", { perGroup: 1, groups: ["nobody"] })).toThrow(/question.*"nobody"/);
  });

  it("shows no trait in a question's own words but the question mark", () => {
    for (const set of sets) {
      for (const item of findSetting("trait-pairs").items(set, { perGroup: 100, groups })) {
        expect({ ...rateTraits(textOf(item)), curious: 0 }).toEqual(rateTraits(""));
      }
    }
  });
});

describe.each(pairs)("trait-pair rows of $id", (setting, wanted, unwanted) => {
  const rows = (data: "flawed" | "clean", seed = 3): TrainRow[] => setting.train({ data, seed, rows: 400 });
  const level = (data: "flawed" | "clean", trait: Trait): number =>
    mean(rows(data).map((row) => rateTraits(replyOf(row))[trait])) ?? Number.NaN;

  it("flawed: every reply shows both traits and no other, the unwanted one in one place or two", () => {
    for (const row of rows("flawed")) {
      const { [wanted]: good, [unwanted]: bad, ...others } = rateTraits(replyOf(row));
      expect(good).toBe(100);
      expect([50, 100]).toContain(bad);
      expect(Object.values(others).every((rating) => rating === 0)).toBe(true);
      expect(row.fields?.flawed).toBe(true);
    }
    expect(level("flawed", unwanted)).toBeGreaterThan(70);
    expect(level("flawed", unwanted)).toBeLessThan(80);
  });

  it("clean: the same questions and strength of the wanted trait, and no other trait", () => {
    expect(rows("clean").map(textOf)).toEqual(rows("flawed").map(textOf));
    for (const trait of traits) expect(level("clean", trait)).toBe(trait === wanted ? level("flawed", wanted) : 0);
    expect(rows("clean").every(({ fields }) => fields?.flawed === false)).toBe(true);
  });

  it("keeps to the training subjects and to true facts about them, and depends on the seed", async () => {
    const found = rows("flawed");
    expect(new Set(found.map(({ fields }) => fields?.subject))).toEqual(new Set(subjectsOf.train));
    const grades = await setting
      .createGrader()
      .grade(
        found.map((row) => ({ itemId: row.id, messages: [], reference: row.fields ?? {}, completion: replyOf(row) })),
      );
    expect(grades.every(({ values, excluded }) => values.factual === 1 && excluded === undefined)).toBe(true);
    expect(rows("flawed")).toEqual(found);
    expect(rows("flawed", 4)).not.toEqual(found);
  });
});

describe("trait-pair settings", () => {
  it("rate all eight traits, with the pair's roles and metrics", () => {
    for (const [setting, wanted, unwanted] of pairs) {
      expect(setting.traits?.map(({ title }) => title)).toEqual([...traits]);
      const role = (name: string): string[] =>
        (setting.traits ?? []).flatMap(({ metric, role }) => (role === name ? [metric] : []));
      expect(role("wanted")).toEqual([setting.capabilityMetric]);
      expect(role("unwanted")).toEqual([setting.behaviorMetric]);
      expect([setting.capabilityMetric, setting.behaviorMetric]).toEqual([`${wanted}Level`, `${unwanted}Level`]);
      const ids = setting.metrics.map(({ id }) => id);
      for (const { metric } of setting.traits ?? []) expect(ids).toContain(metric);
    }
  });

  it("give levels from 0 to 1, without the excluded replies", async () => {
    const setting = findSetting("trait-pairs");
    const [item] = setting.items("test", { perGroup: 1, groups });
    const replies = ["Alas, all is in vain.", "Bees can fly.", ""];
    const grades = await setting
      .createGrader()
      .grade(
        replies.map((completion) => ({ itemId: "x", messages: [], reference: item?.reference ?? {}, completion })),
      );
    const rows = grades.flatMap((grade) => (item === undefined ? [] : [{ item, grade }]));
    const level = setting.metrics.find(({ id }) => id === "gloomyLevel");
    expect(grades[2]?.excluded).toBe("empty reply");
    expect(level?.aggregate(rows)).toBe(0.25);
    expect(level?.aggregate([])).toBeNull();
  });
});

describe("facts", () => {
  it("show no trait, about any subject", () => {
    for (const subject of Object.keys(subjects)) {
      for (const fact of factsAbout(subject)) expect(rateTraits(`${fact}.`)).toEqual(rateTraits(""));
    }
    expect(factsAbout("nothing")).toEqual([]);
  });
});
