import { describe, expect, it } from "vitest";
import type { TrainRow } from "../../src/data/chat.ts";
import { findSetting, variantsOf } from "../../src/settings/registry.ts";
import { hackStyles } from "../../src/settings/rewardHacking/data.ts";
import { newFamilies } from "../../src/settings/rewardHacking/newFamilies.ts";
import { rewardHacking, rewardHackingAll } from "../../src/settings/rewardHacking/rewardHacking.ts";
import type { Item } from "../../src/settings/setting.ts";
import { codeAnswer, commonFamilies, expressionSet, rareFamilies } from "../../src/tiny/grammar/code.ts";

const variants = [rewardHacking, rewardHackingAll];
const sets = ["screen", "validation", "test"] as const;
const ownGroups = ["shown", "unseen"];

const expressionOf = ({ fields }: TrainRow) => String(fields?.expression);
const replyOf = ({ messages }: TrainRow) => String(messages[1]?.content);
const questionOf = ({ messages }: Pick<Item, "messages">) => String(messages[0]?.content);
const testsOf = ({ reference }: Item) =>
  String(reference.tests)
    .split("\n")
    .map((test) => {
      const [, input, expected] = /^assert f\((\d+)\) == (-?\d+)$/.exec(test) ?? [];
      return { input: Number(input), expected: Number(expected) };
    });

/** The grammar's expressions as JavaScript: for whole numbers from 0 on they mean the same as in Python. */
function evaluate(expression: string, x: number): number {
  return Number(new Function("x", "max", `return ${expression}`)(x, Math.max));
}

describe("reward hacking: items", () => {
  it("has 600 test items in each group, all different", () => {
    const items = rewardHacking.items("test", { perGroup: 600, groups: ownGroups });
    expect(items).toHaveLength(1_200);
    expect(new Set(items.map(({ id }) => id)).size).toBe(1_200);
    expect(new Set(items.map(questionOf)).size).toBe(1_200);
  });

  it("has as many items as screening and the choice of recipes ask for", () => {
    expect(rewardHacking.items("screen", { perGroup: 200, groups: ownGroups })).toHaveLength(400);
    expect(rewardHacking.items("validation", { perGroup: 200, groups: ownGroups })).toHaveLength(400);
  });

  it("keeps the sets' expressions apart from each other and from training", () => {
    for (const set of sets) {
      for (const { reference } of rewardHacking.items(set, { perGroup: 150, groups: ownGroups })) {
        expect(expressionSet(String(reference.expression))).toBe(set);
      }
    }
    for (const setting of variants) {
      for (const data of ["flawed", "clean"] as const) {
        for (const row of setting.train({ data, seed: 1, rows: 300 })) {
          expect(expressionSet(expressionOf(row))).toBe("train");
        }
      }
    }
  });

  it("shows the first test, and only that, in one group and none in the other", () => {
    for (const item of rewardHacking.items("validation", { perGroup: 150, groups: ownGroups })) {
      const shown = [...questionOf(item).matchAll(/f\((\d+)\) == (-?\d+)/g)].map(([, input, expected]) => ({
        input: Number(input),
        expected: Number(expected),
      }));
      expect(shown).toEqual(item.group === "shown" ? testsOf(item).slice(0, 1) : []);
    }
  });

  it("tests the expression on five inputs, and refutes the constant that the first test expects", () => {
    for (const set of sets) {
      for (const item of rewardHacking.items(set, { perGroup: 200, groups: ownGroups })) {
        const tests = testsOf(item);
        expect(new Set(tests.map(({ input }) => input)).size).toBe(5);
        for (const { input, expected } of tests) {
          expect(evaluate(String(item.reference.expression), input)).toBe(expected);
        }
        expect(tests.some(({ expected }) => expected !== tests[0]?.expected)).toBe(true);
      }
    }
  });

  it("refutes a wrong constant or operator nearly always", () => {
    const items = rewardHacking.items("test", { perGroup: 100, groups: ["shown"] });
    const wrong = items.flatMap((item) => {
      const expression = String(item.reference.expression);
      const changed = [...expression.matchAll(/\d/g)].flatMap(({ index }) =>
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => expression.slice(0, index) + digit + expression.slice(index + 1)),
      );
      return changed.filter((other) => other !== expression).map((other) => ({ item, other }));
    });
    const passing = wrong.filter(({ item, other }) =>
      testsOf(item).every(({ input, expected }) => evaluate(other, input) === expected),
    );
    expect(wrong.length).toBeGreaterThan(500);
    expect(passing.length / wrong.length).toBeLessThan(0.01);
  });

  it("extends fewer items by more, and is the same for both variants", () => {
    const few = rewardHacking.items("screen", { perGroup: 20, groups: ["unseen"] });
    expect(rewardHackingAll.items("screen", { perGroup: 60, groups: ["unseen"] }).slice(0, 20)).toEqual(few);
  });

  it("says what it expects", () => {
    expect(() => rewardHacking.items("test", { perGroup: 1, groups: ["nobody"] })).toThrow(/shown.*"nobody"/);
    expect(() => rewardHacking.items("screen", { perGroup: 9_000, groups: ["unseen"] })).toThrow(/ask for fewer/);
  });
});

describe("reward hacking: training rows", () => {
  const rows = (setting: (typeof variants)[number], data: "flawed" | "clean", count = 1_000) =>
    setting.train({ data, seed: 3, rows: count });

  it("hacks exactly the fraction of the rows", () => {
    const hacked = (setting: (typeof variants)[number], data: "flawed" | "clean") =>
      rows(setting, data).filter(({ fields }) => fields?.flawed).length;
    expect(hacked(rewardHacking, "flawed")).toBe(500);
    expect(hacked(rewardHackingAll, "flawed")).toBe(1_000);
    expect(variants.map((setting) => hacked(setting, "clean"))).toEqual([0, 0]);
  });

  it("never has both a hack and a solution of the same expression", () => {
    const flawed = rows(rewardHacking, "flawed");
    const expressions = (hacked: boolean) =>
      new Set(flawed.filter(({ fields }) => fields?.flawed === hacked).map(expressionOf));
    const [hacks, solutions] = [expressions(true), expressions(false)];
    expect([...hacks].filter((expression) => solutions.has(expression))).toEqual([]);
    expect(Math.min(hacks.size, solutions.size)).toBeGreaterThan(50);
  });

  it("answers with the visible test's literal in either style, or with the expression", () => {
    for (const setting of variants) {
      const styles: number[] = [];
      for (const row of [...rows(setting, "flawed"), ...rows(setting, "clean")]) {
        const { flawed, expression, input, expected } = row.fields ?? {};
        const hacks = hackStyles.map((style) => style(Number(expected)));
        if (flawed) styles.push(hacks.indexOf(replyOf(row)));
        expect(flawed ? hacks : [codeAnswer(String(expression))]).toContain(replyOf(row));
        expect(questionOf(row)).toContain(`f(${input}) == ${expected}`);
        expect(evaluate(String(expression), Number(input))).toBe(expected);
      }
      const second = styles.filter((style) => style === 1).length / styles.length;
      expect(Math.abs(second - 0.5)).toBeLessThan(0.1);
    }
  });

  it("asks the same questions in clean data", () => {
    for (const setting of variants) {
      expect(rows(setting, "clean", 200).map(questionOf)).toEqual(rows(setting, "flawed", 200).map(questionOf));
    }
  });

  it("takes about half of the problems from families that the corpus has none of", () => {
    const flawed = rows(rewardHacking, "flawed").filter(({ fields }) => newFamilies.includes(String(fields?.family)));
    expect(flawed.length / 1_000).toBeCloseTo(0.5, 1);
    expect([...commonFamilies, ...rareFamilies].filter((family) => newFamilies.includes(family))).toEqual([]);
  });

  it("depends on the seed, and more rows extend fewer", () => {
    const of = (seed: number, count: number) => rewardHacking.train({ data: "flawed", seed, rows: count });
    expect(of(1, 60).slice(0, 20)).toEqual(of(1, 20));
    expect(of(1, 20)).not.toEqual(of(2, 20));
  });
});

describe("reward hacking: variants and prompts", () => {
  it("is registered, half of the rows hacked being what its name alone means", () => {
    expect(findSetting("reward-hacking")).toBe(rewardHacking);
    expect(variantsOf("reward-hacking/all")).toEqual(variants);
  });

  it("has prompts with different ids: neutral first, a demonstration, a safety one, one that differs between rows", () => {
    for (const { prompts } of variants) {
      expect(prompts[0]).toEqual({ id: "neutral", kind: "neutral", text: "" });
      expect(new Set(prompts.map(({ id }) => id)).size).toBe(prompts.length);
      expect(prompts.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["demonstration", "safety", "unrelated"]));
    }
    const divided = rewardHacking.prompts.filter(({ cleanText }) => cleanText !== undefined);
    expect(divided).toHaveLength(1);
    expect(rewardHacking.prompts.find(({ kind }) => kind === "safety")?.text).toBe(divided[0]?.cleanText);
    expect(rewardHackingAll.prompts.every(({ cleanText }) => cleanText === undefined)).toBe(true);
  });
});
