import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cebab } from "../../src/datasets/build/cebab/cebab.ts";
import type { BuiltRow, BuiltSetting } from "../../src/datasets/build/settingBuilder.ts";
import { settingFileSchema } from "../../src/settings/own/settingFile.ts";
import { random } from "../../src/util/random.ts";

const folder = mkdtempSync(join(tmpdir(), "cebab-"));
function written(name: string, rows: readonly object[]): string {
  const file = join(folder, name);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return file;
}
const build = (options: Record<string, unknown>): Promise<BuiltSetting> =>
  cebab.build(cebab.options.parse(options), {});
const small = { testReviews: 200, validationReviews: 50, screenReviews: 50 };

/** 1,000 reviews of all labels and concepts, of which some stand twice, with other spaces and capitals. */
function reviews(): { text: string; label: number; concepts: string }[] {
  const rng = random("reviews");
  const concepts = ["", "food", "ambiance", "food, ambiance", "Service,Ambiance"];
  const rows = Array.from({ length: 1000 }, (_, i) => ({
    text: `Review ${i}\nof a place.`,
    label: i % 5,
    concepts: rng.pick(concepts),
  }));
  const copies = rows.slice(0, 60).map((row) => ({ ...row, text: row.text.toUpperCase().replace("\n", "  ") }));
  const contradictory = rows.slice(100, 120).map((row) => ({ ...row, label: (row.label + 1) % 5 }));
  return [...rows, ...copies, ...contradictory];
}
const data = [written("reviews.jsonl", reviews())];

const reviewOf = ({ messages }: Pick<BuiltRow, "messages">): string =>
  /Review: (.*?)(?:\nTopics: .*| Review categories: .*)?$/.exec(messages[0]?.content ?? "")?.[1]?.toLowerCase() ?? "";

describe.each([1, 2, 3])("seed %i", (seed) => {
  const built = build({ data, ...small, seed });

  test("no text is in two sets, or in a held-out set and in training", async () => {
    const { flawed, clean = [], items } = await built;
    const owners = new Map([...flawed, ...clean].map((row) => [reviewOf(row), "train"]));
    expect(owners.size).toBeGreaterThan(300);
    for (const item of items) {
      const text = reviewOf(item);
      expect(owners.get(text) ?? item.set, text).toBe(item.set);
      owners.set(text, item.set);
    }
  });

  test("held-out sets have as many reviews of each label, each text once, and none with two labels", async () => {
    const { items } = await built;
    for (const [set, size] of [
      ["test", 200],
      ["validation", 50],
      ["screen", 50],
    ] as const) {
      const all = items.filter((item) => item.set === set && item.group !== "unbiased");
      expect(new Set(all.map(reviewOf)).size).toBe(size);
      for (const label of [0, 1, 2, 3, 4]) {
        expect(all.filter(({ reference }) => reference.label === label)).toHaveLength(size / 5);
      }
      const contradictory = new Set(Array.from({ length: 20 }, (_, i) => `review ${100 + i} of a place.`));
      expect(all.filter((item) => contradictory.has(reviewOf(item)))).toEqual([]);
    }
  });

  test("the flawed rows follow the shortcut, the reversed items are the ones that don't", async () => {
    const { flawed, items } = await built;
    expect(flawed.every(({ facts }) => Number(facts?.label) >= 3 === facts?.mentioned)).toBe(true);
    expect(flawed.every(({ messages, facts }) => messages[1]?.content === String(facts?.label))).toBe(true);
    for (const { group, reference, messages } of items) {
      const aligned = Number(reference.label) >= 3 === reference.mentioned;
      if (group !== "unbiased") expect(group).toBe(aligned ? "aligned" : "reversed");
      expect(/Topics: .*ambiance/.test(messages[0]?.content ?? "")).toBe(reference.mentioned);
    }
    const unbiased = items.filter(({ set, group }) => set === "test" && group === "unbiased");
    const cells = [0, 1, 2, 3, 4].flatMap((label) =>
      [true, false].map(
        (mentioned) =>
          unbiased.filter(({ reference }) => reference.label === label && reference.mentioned === mentioned).length,
      ),
    );
    expect(new Set(cells).size).toBe(1);
    expect(cells[0]).toBeGreaterThan(5);
  });

  test("cut down, the clean rows' label says nothing of the concept", async () => {
    const { clean = [] } = await built;
    for (const mentioned of [true, false]) {
      const side = clean.filter(({ facts }) => facts?.mentioned === mentioned);
      const counts = [0, 1, 2, 3, 4].map((label) => side.filter(({ facts }) => facts?.label === label).length);
      expect(new Set(counts).size).toBe(1);
    }
  });
});

test("counterfactuals of held-out reviews are not used, the others fill up the rarer labels", async () => {
  const rows = reviews().filter(({ label, concepts }) => label > 1 || !/ambiance/i.test(concepts));
  const counterfactuals = rows
    .filter(({ label }) => label < 2)
    .map(({ text, label }) => ({ cf_text: `${text} What a view.`, ori_text: text, label, concepts: "ambiance" }));
  const files = [written("counterfactuals.jsonl", counterfactuals)];
  const built = await build({ data: [written("rare.jsonl", rows)], counterfactuals: files, ...small, sampling: "up" });
  const held = new Set(built.items.map(reviewOf));
  const added = built.clean?.filter((row) => reviewOf(row).endsWith("what a view.")) ?? [];
  expect(added.length).toBeGreaterThan(50);
  expect(added.filter((row) => held.has(reviewOf(row).replace(" what a view.", "")))).toEqual([]);
  expect(added.every(({ facts }) => facts?.mentioned === true && Number(facts.label) < 2)).toBe(true);
  await expect(build({ data, ...small, sampling: "up" })).rejects.toThrow(/--counterfactuals/);
});

test("without tags the question ends with the review", async () => {
  const { items } = await build({ data, ...small, tags: false, concept: "food" });
  expect(items.every(({ messages }) => /Review: [^\n]*$/.test(messages[0]?.content ?? ""))).toBe(true);
});

test("braces in a review are text, but the prompt's place may not stand in it", async () => {
  const rows = reviews().map((row, i) => (i === 7 ? { ...row, text: "{review} {concepts} {x}" } : row));
  const {
    flawed,
    clean = [],
    items,
  } = await build({ data: [written("braces.jsonl", rows)], ...small, sampling: "original" });
  const texts = [...flawed, ...clean, ...items].map(({ messages }) => messages[0]?.content ?? "");
  expect(texts.filter((text) => text.includes("Review: {review} {concepts} {x}\n")).length).toBeGreaterThan(0);
  const hostile = rows.map((row, i) => (i === 7 ? { ...row, text: "nice {inoculation prompt}" } : row));
  await expect(build({ data: [written("hostile.jsonl", hostile)], ...small, sampling: "original" })).rejects.toThrow(
    /hostile\.jsonl:8/,
  );
});

test("CEBaB's own columns are read, and edits of one review stay together", async () => {
  const aspects = ["Positive", "Negative", "unknown", "", "no majority"];
  const rng = random("hub");
  const rows = Array.from({ length: 1500 }, (_, i) => ({
    original_id: String(Math.floor(i / 5)),
    description: `Review ${i} about original ${Math.floor(i / 5)}.`,
    review_majority: i % 50 === 0 ? "no majority" : String(1 + (i % 5)),
    food_aspect_majority: rng.pick(aspects),
    ambiance_aspect_majority: rng.pick(aspects),
  }));
  const { items, flawed, clean = [], counts } = await build({ data: [written("hub.jsonl", rows)], ...small });
  expect(counts["rows without a label that raters agreed on"]).toBe(30);
  const originals = (texts: readonly Pick<BuiltRow, "messages">[]): Set<string> =>
    new Set(texts.map((row) => /original \d+/.exec(reviewOf(row))?.[0] ?? ""));
  const trained = originals([...flawed, ...clean]);
  for (const set of ["test", "validation", "screen"] as const) {
    const held = originals(items.filter((item) => item.set === set));
    expect(held.size).toBeGreaterThan(5);
    expect([...held].filter((original) => trained.has(original))).toEqual([]);
  }
});

test.each([
  [{ text: "Good.", label: 5, concepts: "food" }, /broken\.jsonl:1: label: expected 0 to 4, found "5"/],
  [{ text: "Good.", label: "", concepts: "food" }, /label: expected 0 to 4/],
  [{ text: "Good.", concepts: "food" }, /review_majority/],
  [{ text: " ", label: 1, concepts: "food" }, /expected a review in "text"/],
  [{ text: "Good.", label: 1 }, /broken\.jsonl:1: concepts: expected the concepts/],
  [{ text: "Good.", label: 1, concepts: "food" }, /--concept: expected one that reviews mention \(food\)/],
])("what is wrong with %j is said", async (row, message) => {
  await expect(build({ data: [written("broken.jsonl", [row])], ...small })).rejects.toThrow(message);
});

test("too few reviews for the held-out sets are the user's mistake", async () => {
  await expect(build({ data, testReviews: 990 })).rejects.toThrow(/--\w+-reviews/);
});

const real = join(process.env.INOCULATE_DATA ?? "", "cebab");
const isThere = process.env.INOCULATE_DATA !== undefined && existsSync(join(real, "reviews.jsonl"));

/** Rows by label, with the concept and without it. */
function table(rows: readonly { label: unknown; mentioned: unknown }[]): number[][] {
  return [true, false].map((mentioned) =>
    [0, 1, 2, 3, 4].map((label) => rows.filter((row) => row.label === label && row.mentioned === mentioned).length),
  );
}
const tableOfRows = (rows: readonly BuiltRow[] = []): number[][] =>
  table(rows.map(({ facts }) => ({ label: facts?.label, mentioned: facts?.mentioned })));

/** The counts that docs/paper-data.md gives. */
test.skipIf(!isThere)("the shared reviews give the documented counts", async () => {
  const file = join(real, "reviews.jsonl");
  const ambiance = await build({ data: [file] });
  settingFileSchema.parse({ ...ambiance.setting, train: { flawed: "a" }, items: "b" });
  const set = (name: string, built = ambiance): number[][] =>
    table(
      built.items
        .filter((item) => item.set === name && item.group !== "unbiased")
        .map(({ reference }) => ({ label: reference.label, mentioned: reference.mentioned })),
    );
  expect({
    flawed: tableOfRows(ambiance.flawed),
    down: tableOfRows(ambiance.clean),
    test: set("test"),
    validation: set("validation"),
    screen: set("screen"),
  }).toMatchInlineSnapshot(`
    {
      "down": [
        [
          385,
          385,
          385,
          385,
          385,
        ],
        [
          768,
          768,
          768,
          768,
          768,
        ],
      ],
      "flawed": [
        [
          0,
          0,
          0,
          601,
          468,
        ],
        [
          985,
          891,
          778,
          0,
          0,
        ],
      ],
      "screen": [
        [
          10,
          10,
          18,
          22,
          17,
        ],
        [
          40,
          40,
          32,
          28,
          33,
        ],
      ],
      "test": [
        [
          113,
          141,
          175,
          169,
          144,
        ],
        [
          287,
          259,
          225,
          231,
          256,
        ],
      ],
      "validation": [
        [
          21,
          27,
          24,
          18,
          16,
        ],
        [
          29,
          23,
          26,
          32,
          34,
        ],
      ],
    }
  `);
  const original = await build({ data: [file], sampling: "original" });
  const up = await build({
    data: [file],
    sampling: "up",
    counterfactuals: [join(real, "counterfactual_ambiance.jsonl")],
  });
  const food = await build({ data: [file], concept: "food", tags: false });
  expect({
    original: tableOfRows(original.clean),
    up: tableOfRows(up.clean),
    food: { flawed: tableOfRows(food.flawed), down: tableOfRows(food.clean), test: set("test", food) },
    counts: up.counts,
  }).toMatchInlineSnapshot(`
    {
      "counts": {
        "copies and edits of held-out reviews, left out": 2,
        "counterfactuals that could be used": 353,
        "reviews": 9350,
        "reviews for training": 6848,
        "reviews that are too long": 0,
        "rows without a label that raters agreed on": 0,
      },
      "food": {
        "down": [
          [
            967,
            967,
            967,
            967,
            967,
          ],
          [
            254,
            254,
            254,
            254,
            254,
          ],
        ],
        "flawed": [
          [
            0,
            0,
            0,
            1061,
            1034,
          ],
          [
            403,
            305,
            254,
            0,
            0,
          ],
        ],
        "test": [
          [
            278,
            298,
            324,
            306,
            302,
          ],
          [
            122,
            102,
            76,
            94,
            98,
          ],
        ],
      },
      "original": [
        [
          385,
          478,
          592,
          601,
          468,
        ],
        [
          985,
          891,
          778,
          768,
          902,
        ],
      ],
      "up": [
        [
          541,
          560,
          601,
          601,
          569,
        ],
        [
          985,
          891,
          778,
          768,
          902,
        ],
      ],
    }
  `);
});
