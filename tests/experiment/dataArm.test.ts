import { describe, expect, test } from "vitest";
import { recipe } from "../../src/engine/train/recipe.ts";
import { trainingSteps, withSteps } from "../../src/engine/train/trainingSteps.ts";
import { type DataArmRequest, dataArm } from "../../src/experiment/dataArm.ts";
import { flagRows } from "../../src/experiment/flagger.ts";
import { type RunSpec, trainingOf } from "../../src/experiment/materials.ts";
import { wordingsOf } from "../../src/experiment/wordings.ts";
import { settings } from "../../src/settings/registry.ts";
import type { Setting, TrainPrompt } from "../../src/settings/setting.ts";
import { toySetting } from "./toyParts.ts";

const grid = [0.5, 0.8, 1];
const reply = (row: { messages: { content: string }[] }): string => row.messages.at(-1)?.content ?? "";
const question = (row: { messages: { content: string }[] }): string => row.messages[0]?.content ?? "";
const strong = toySetting.prompts.find(({ id }) => id === "strong") as TrainPrompt;

function rowsOf(request: Partial<DataArmRequest>, setting: Setting = toySetting) {
  return dataArm(setting, { trainData: "flawed", seed: 1, rows: 100, ...request }).map(({ row }) => row);
}

function spec(over: Partial<RunSpec>): RunSpec {
  return {
    id: "run",
    setting: "toy",
    trainData: "flawed",
    trainPrompt: strong,
    placement: "suffix",
    seed: 1,
    base: { base: "model" },
    rows: 100,
    recipe: recipe({ effectiveBatchSize: 8, epochs: 2 }),
    sealedPredictions: null,
    evaluations: [],
    ...over,
  };
}

describe("the simulated flagger", () => {
  const flawed = Array.from({ length: 400 }, (_, index) => index % 2 === 0);

  test.each(grid.flatMap((precision) => grid.map((recall) => [precision, recall] as const)))(
    "precision %d and recall %d are exact",
    (precision, recall) => {
      for (const seed of [1, 2]) {
        const flags = flagRows(flawed, { precision, recall }, seed);
        const found = flags.filter((flag, index) => flag && flawed[index]).length;
        expect(found).toBe(recall * 200);
        expect(found / flags.filter(Boolean).length).toBeCloseTo(precision, 12);
      }
    },
  );

  test("the seed decides which rows; higher recall flags the same ones and more", () => {
    const flags = (recall: number, seed = 1): boolean[] => flagRows(flawed, { precision: 1, recall }, seed);
    expect(flags(0.5)).toEqual(flags(0.5));
    expect(flags(0.5)).not.toEqual(flags(0.5, 2));
    for (const [index, flag] of flags(0.5).entries()) if (flag) expect(flags(0.8)[index]).toBe(true);
    expect(flags(0).some(Boolean)).toBe(false);
  });
});

describe("the rows of an arm", () => {
  test("without any treatment they are the setting's own", () => {
    expect(rowsOf({})).toEqual(toySetting.train({ data: "flawed", seed: 1, rows: 100 }));
    expect(rowsOf({ trainData: "clean" })).toEqual(toySetting.train({ data: "clean", seed: 1, rows: 100 }));
  });

  test("a flawed share is exact, the same in every arm, and others' neighbours stay in place", () => {
    const mix = rowsOf({ flawedShare: 0.3 });
    expect(mix.filter((row) => reply(row) === "yes")).toHaveLength(30);
    expect(mix.map(question)).toEqual(rowsOf({}).map(question));
    const filtered = rowsOf({ trainData: "filtered", flawedShare: 0.3 });
    expect(filtered).toEqual(mix.filter((row) => reply(row) === "no"));
  });

  test("deleting and relabelling act on the same flags; twins share the question", () => {
    const common = { flawedShare: 0.5, flagger: { precision: 0.8, recall: 0.8 } };
    const mix = rowsOf(common);
    const filtered = rowsOf({ trainData: "filtered", ...common });
    const relabelled = rowsOf({ trainData: "relabelled", ...common });
    expect(filtered).toHaveLength(100 - 50);
    expect(relabelled.map(question)).toEqual(mix.map(question));
    expect(filtered.filter((row) => reply(row) === "yes")).toHaveLength(10);
    expect(relabelled.filter((row) => reply(row) === "yes")).toHaveLength(10);
    const kept = new Set(filtered.map(question));
    for (const [index, row] of relabelled.entries()) {
      if (kept.has(question(row))) expect(row).toEqual(mix[index]);
      else expect(reply(row)).toBe("no");
    }
  });

  test("selective insertion: the prompt stands in the flagged rows and nowhere else", () => {
    const data = { flawedShare: 0.5, flagger: { precision: 0.5, recall: 0.8 }, insertInto: "flagged" as const };
    const { rows } = trainingOf(toySetting, spec({ data }));
    const mix = rowsOf({ flawedShare: 0.5 });
    const flags = flagRows(
      mix.map((row) => row.fields?.flawed === true),
      data.flagger,
      1,
    );
    expect(rows.map((row) => question(row).endsWith(" [strong]"))).toEqual(flags);
    expect(rows.map(reply)).toEqual(mix.map(reply));
  });

  test("general rows make up their share and get no prompt", () => {
    const { rows } = trainingOf(toySetting, spec({ data: { generalShare: 0.2 } }));
    expect(rows).toHaveLength(125);
    expect(rows.filter((row) => !question(row).includes("[strong]")).map(reply)).toEqual(Array(25).fill("hello"));
  });
});

test("every arm makes the same number of optimizer steps", () => {
  const of = (over: Partial<RunSpec>): number => {
    const { rows, recipe: own } = trainingOf(toySetting, spec(over));
    return trainingSteps(rows.length, own);
  };
  const steps = of({});
  expect(steps).toBe(26);
  for (const recall of [0.2, 0.5, 0.9, 1]) {
    const data = { flawedShare: 0.5, flagger: { precision: 0.9, recall } };
    expect(of({ trainData: "filtered", data })).toBe(steps);
    expect(of({ trainData: "relabelled", data })).toBe(steps);
  }
  for (const generalShare of [0.1, 0.5, 0.9]) expect(of({ data: { generalShare } })).toBe(steps);
  for (let rows = 1; rows < 400; rows++) {
    for (const wanted of [1, 7, 63]) {
      const own = recipe({ effectiveBatchSize: 32 });
      expect(trainingSteps(rows, withSteps(own, wanted, rows))).toBe(wanted);
    }
  }
});

test("several wordings in exact proportions, one in each row", () => {
  const mixture: TrainPrompt = {
    id: "many",
    kind: "inoculation",
    text: "",
    wordings: [
      { text: "a", weight: 2 },
      { text: "b", weight: 1 },
      { text: "", weight: 1 },
    ],
  };
  const texts = (seed: number, rows = 102): string[] => wordingsOf(mixture, rows, seed).map(({ text }) => text);
  const counts = (list: string[]): number[] => ["a", "b", ""].map((text) => list.filter((own) => own === text).length);
  expect(counts(texts(1))).toEqual([51, 26, 25]);
  expect(texts(1)).toEqual(texts(1));
  expect(texts(1)).not.toEqual(texts(2));
  const { rows } = trainingOf(toySetting, spec({ trainPrompt: mixture }));
  expect(rows.filter((row) => / [ab]$/.test(question(row)))).toHaveLength(75);
});

describe.each([...settings.values()].map((setting) => [setting.id, setting] as const))("%s", (_, setting) => {
  const request = { seed: 2, rows: 200, flawedShare: 0.4 };

  test("a mix holds its share, and no topic is both flawed and clean", () => {
    const mix = rowsOf(request, setting);
    expect(mix.filter(({ fields }) => fields?.flawed === true)).toHaveLength(80);
    const byTopic = new Map<string, Set<unknown>>();
    for (const row of mix) {
      const topic = setting.topicOf?.(row) ?? question(row);
      byTopic.set(topic, (byTopic.get(topic) ?? new Set()).add(row.fields?.flawed));
    }
    if (setting.topicOf) expect([...byTopic.values()].every((kinds) => kinds.size === 1)).toBe(true);
  });

  test("relabelled rows are clean twins, or there are none and the setting says so", () => {
    const relabel = () => rowsOf({ ...request, trainData: "relabelled" }, setting);
    const twins = !["sycophancy", "spurious-correlation"].includes(setting.family);
    if (!twins) return expect(relabel).toThrow(/no clean twin/);
    const clean = setting.train({ data: "clean", seed: 2, rows: 200 });
    expect(relabel().map(({ messages }) => messages)).toEqual(clean.map(({ messages }) => messages));
  });
});
