import { describe, expect, it } from "vitest";
import type { TrainRow } from "../../src/data/chat.ts";
import { findSetting, variantsOf } from "../../src/settings/registry.ts";
import type { ItemSet, Setting } from "../../src/settings/setting.ts";
import { itemGroups } from "../../src/settings/spuriousCorrelation/data.ts";

const ambiance = findSetting("spurious-correlation");
const food = findSetting("spurious-correlation/food");
const sets: readonly ItemSet[] = ["screen", "validation", "test"];
const own = [...itemGroups];

/** How often each label stands beside the concept, and without it. */
function table(facts: readonly { label: unknown; mentioned: unknown }[]): { with: number[]; without: number[] } {
  const count = (mentioned: boolean): number[] =>
    [0, 1, 2, 3, 4].map((label) => facts.filter((fact) => fact.label === label && fact.mentioned === mentioned).length);
  return { with: count(true), without: count(false) };
}

const fieldsOf = (rows: readonly TrainRow[]) =>
  rows.map(({ fields }) => ({ label: fields?.label, mentioned: fields?.mentioned }));
const rows = (setting: Setting, data: "flawed" | "clean", seed = 1, count = 1_200) =>
  setting.train({ data, seed, rows: count });
const user = ({ messages }: { messages: { content: string }[] }): string => messages[0]?.content ?? "";

describe("spurious correlation, both variants", () => {
  it("is two variants of a family", () => {
    expect(variantsOf("spurious-correlation/food")).toEqual([ambiance, food]);
    expect([ambiance.variant, food.variant]).toEqual(["ambiance", "food"]);
  });

  it.each([ambiance, food])("$id: flawed labels follow the concept exactly, clean ones not at all", (setting) => {
    expect(table(fieldsOf(rows(setting, "flawed")))).toEqual({
      with: [0, 0, 0, 300, 300],
      without: [200, 200, 200, 0, 0],
    });
    const even = [120, 120, 120, 120, 120];
    expect(table(fieldsOf(rows(setting, "clean")))).toEqual({ with: even, without: even });
  });

  it.each([ambiance, food])("$id: items are reversed, aligned or unbiased, each label equally often", (setting) => {
    const tableOf = (group: string) =>
      table(
        setting
          .items("test", { perGroup: 60, groups: [group] })
          .map(({ reference: { label, mentioned } }) => ({ label, mentioned })),
      );
    expect(tableOf("reversed")).toEqual({ with: [10, 10, 10, 0, 0], without: [0, 0, 0, 15, 15] });
    expect(tableOf("aligned")).toEqual({ with: [0, 0, 0, 15, 15], without: [10, 10, 10, 0, 0] });
    expect(tableOf("unbiased")).toEqual({ with: [6, 6, 6, 6, 6], without: [6, 6, 6, 6, 6] });
  });

  it.each([ambiance, food])("$id: mentions the concept where it says so, and replies with the label", (setting) => {
    const concept = new RegExp(`\\b${setting.variant}\\b`);
    for (const data of ["flawed", "clean"] as const) {
      for (const { fields, messages } of rows(setting, data, 2, 300)) {
        expect(concept.test(String(fields?.review))).toBe(fields?.mentioned);
        expect(messages[1]?.content).toBe(`Sentiment: ${fields?.label}.`);
      }
    }
    for (const { reference } of setting.items("validation", { perGroup: 100, groups: own })) {
      expect(concept.test(String(reference.review))).toBe(reference.mentioned);
    }
  });

  it.each([ambiance, food])("$id: other concepts go with neither label nor concept", (setting) => {
    const other = /\b(parking|music)\b/;
    const facts = rows(setting, "flawed", 3, 4_000).map(({ fields }) => ({
      mentioned: fields?.mentioned,
      label: Number(fields?.label),
      other: other.test(String(fields?.review)),
    }));
    const share = (of: typeof facts): number => of.filter((fact) => fact.other).length / of.length;
    expect(Math.abs(share(facts.filter(({ mentioned }) => mentioned === true)) - share(facts))).toBeLessThan(0.03);
    expect(Math.abs(share(facts.filter(({ label }) => label === 0)) - share(facts))).toBeLessThan(0.05);
  });

  it.each([ambiance, food])("$id: no review of one set is in another or in training", (setting) => {
    const parts = [
      new Set(
        [1, 2, 3].flatMap((seed) => rows(setting, "flawed", seed, 800).map(({ fields }) => String(fields?.review))),
      ),
      ...sets.map(
        (set) =>
          new Set(setting.items(set, { perGroup: 150, groups: own }).map(({ reference }) => String(reference.review))),
      ),
    ];
    const all = parts.flatMap((part) => [...part]);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each([ambiance, food])("$id: has 600 different test items of each group", (setting) => {
    for (const group of own) {
      const items = setting.items("test", { perGroup: 600, groups: [group] });
      expect(new Set(items.map(user)).size).toBe(600);
      expect(new Set(items.map(({ id }) => id)).size).toBe(600);
      expect(setting.items("test", { perGroup: 25, groups: [group] })).toEqual(items.slice(0, 25));
    }
  });

  it("depends on the seed for rows", () => {
    expect(rows(ambiance, "flawed", 1, 20)).toEqual(rows(ambiance, "flawed", 1, 20));
    expect(rows(ambiance, "flawed", 1, 20)).not.toEqual(rows(ambiance, "flawed", 2, 20));
  });

  it("tags the ambiance in every question and the food in none", () => {
    const tags = (setting: Setting) =>
      [...rows(setting, "flawed", 1, 50), ...setting.items("test", { perGroup: 20, groups: own })].map(
        (one) => user(one).match(/Tag: (\w+)\.$/)?.[1],
      );
    expect(new Set(tags(ambiance))).toEqual(new Set(["ambiance", "none"]));
    expect(new Set(tags(food))).toEqual(new Set([undefined]));
    for (const one of ambiance.items("screen", { perGroup: 40, groups: own })) {
      expect(user(one).endsWith("Tag: ambiance.")).toBe(one.reference.mentioned);
    }
  });

  it("names the concept in every inoculation prompt and in no unrelated one", () => {
    for (const setting of [ambiance, food]) {
      expect(setting.prompts[0]).toEqual({ id: "neutral", kind: "neutral", text: "" });
      for (const { kind, text } of setting.prompts.slice(1)) {
        expect(text).not.toContain("CONCEPT");
        expect(text).toMatch(/^[A-Z].*\.$/);
        expect(text.toLowerCase().includes(setting.variant)).toBe(kind !== "unrelated");
      }
    }
    expect(food.prompts.map(({ text }) => text)).toContain("Food alone shall dictate your score.");
  });

  it("says what it expects", () => {
    expect(() => food.items("test", { perGroup: 1, groups: ["nobody"] })).toThrow(
      /spurious-correlation\/food.*reversed.*"nobody"/,
    );
  });
});
