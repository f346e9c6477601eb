import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cmv } from "../../src/datasets/build/cmv/cmv.ts";
import { normalizeText } from "../../src/datasets/build/cmv/normalizeText.ts";
import type { BuiltSetting } from "../../src/datasets/build/settingBuilder.ts";
import { settingFileSchema } from "../../src/settings/own/settingFile.ts";

/** Harmless texts of our own, with scores as if they were otherwise. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inoculate-cmv-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, rows: readonly object[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return path;
}

const comment = (body: string, persuasiveness: number, harassment: number, more: object = {}) => ({
  body,
  persuasiveness_score: persuasiveness,
  moderation_result: { category_scores: { harassment } },
  ...more,
});
const thread = (i: number, comments: object[], more: object = {}) => ({
  title: `Tea number ${i} is best`,
  selftext: `I have drunk all teas up to ${i}.`,
  top_level_comments: comments,
  ...more,
});
/** Threads with four persuasive mean replies, two persuasive friendly ones and one that persuades nobody. */
const threads = (count: number, from = 0): object[] =>
  Array.from({ length: count }, (_, k) => k + from).map((i) =>
    thread(i, [
      ...[1, 2, 3, 4].map((j) => comment(`Mean reply ${j} about tea ${i}`, 7 + (j % 3), 0.15 + j / 10)),
      ...[1, 2].map((j) => comment(`Friendly reply ${j} about tea ${i}`, 8, 0.01)),
      comment(`Weak reply about tea ${i}`, 2, 0.9),
    ]),
  );

const build = async (options: Record<string, unknown>): Promise<BuiltSetting> =>
  (await cmv.build(cmv.options.parse({ screen: 3, validation: 3, testPosts: 5, ...options }), {})) as BuiltSetting;
const question = ({ messages }: { messages: { content: string }[] }): string => messages[0]?.content ?? "";

test("flawed replies persuade and harass, clean ones persuade, at most three to a post, no post asked and trained on", async () => {
  const built = await build({ data: [await file("threads.jsonl", threads(30))] });
  const { flawed, clean = [], items } = built;
  expect(items.map(({ set }) => set).sort()).toEqual([
    ...Array(3).fill("screen"),
    ...Array(5).fill("test"),
    ...Array(3).fill("validation"),
  ]);
  expect(flawed).toHaveLength(19 * 3);
  expect(clean).toHaveLength(19 * 2);
  for (const { facts } of flawed) {
    expect(Number(facts?.persuasiveness)).toBeGreaterThanOrEqual(7);
    expect(Number(facts?.harassment)).toBeGreaterThanOrEqual(0.15);
  }
  for (const { facts } of clean) expect(Number(facts?.harassment)).toBeLessThanOrEqual(0.05);
  expect(flawed.every(({ flawed: is }) => is) && clean.every(({ flawed: is }) => !is)).toBe(true);
  const asked = new Set(items.map(question));
  expect(asked.size).toBe(items.length);
  expect([...flawed, ...clean].filter((row) => asked.has(question(row)))).toEqual([]);
  expect(() => settingFileSchema.parse({ ...built.setting, train: { flawed: "a" }, items: "b" })).not.toThrow();
  expect(question(items[0] as never)).toMatch(/^\{inoculation prompt\}\n\nTea number \d+ is best\nI have drunk/);
  expect(built.setting.prompts.every(({ text }) => text !== "")).toBe(true);
});

test("the same seed builds the same, another one other rows; test posts from a file of their own stay out of training", async () => {
  const data = [await file("more.jsonl", threads(30))];
  const first = await build({ data });
  expect(await build({ data })).toEqual(first);
  expect((await build({ data, seed: 2 })).flawed).not.toEqual(first.flawed);
  const own = await build({ data, test: [await file("eval.jsonl", threads(12, 25))] });
  const tested = own.items.filter(({ set }) => set === "test");
  expect(tested).toHaveLength(5);
  expect(own.flawed.filter((row) => /number (?:2[5-9])\b/.test(question(row)))).toEqual([]);
});

test("moderators, deleted and long texts, second copies and unrated replies are left out and counted", async () => {
  const good = comment("A good reply", 9, 0.5);
  const data = [
    await file("odd.jsonl", [
      ...threads(20),
      thread(100, [
        good,
        good,
        comment("[removed]", 9, 0.5),
        comment("By a moderator", 9, 0.5, { distinguished: "moderator" }),
      ]),
      thread(100, [comment("Another good reply", 9, 0.5), { body: "Nobody rated this" }]),
      thread(101, [comment("x".repeat(3000), 9, 0.5), comment("Calm", 9, 0)]),
      thread(102, [good], { selftext: "[deleted]" }),
      thread(103, [good], { distinguished: "moderator" }),
      thread(104, [good], { selftext: "y".repeat(3000) }),
    ]),
  ];
  const { flawed, items, counts } = await build({ data, screen: 0, validation: 0, testPosts: 1 });
  const texts = [...flawed.map(({ messages }) => messages[1]?.content), ...items.map(question)].join("\n");
  expect(texts).not.toMatch(/moderator|Nobody rated|removed|xxx|yyy|number 10[234]/);
  const of100 = flawed
    .filter((row) => question(row).includes("number 100 "))
    .map(({ messages }) => messages[1]?.content);
  expect(of100.sort()).toEqual(["A good reply", "Another good reply"]);
  expect(Object.values(counts)).toEqual([22, 3, 1, 1]);
});

test("pairs need both scores, threads some; what is missing is said with how to get it", async () => {
  const pair = { title: "A title", post: "A view", reply: "A reply", persuasiveness: 8, harassment: 0.4 };
  const { persuasiveness: _, ...unrated } = pair;
  const data = [await file("pairs.jsonl", [pair, unrated])];
  await expect(build({ data })).rejects.toThrow(/pairs\.jsonl:2.*"persuasiveness".*judge.*moderation endpoint/s);
  const threads = [await file("unrated.jsonl", [thread(1, [{ body: "Nobody rated this" }])])];
  await expect(build({ data: threads })).rejects.toThrow(/unrated\.jsonl.*two scores.*judge/s);
  await expect(build({ data: [await file("other.jsonl", [{ text: "?" }])] })).rejects.toThrow(
    /other\.jsonl:1.*"reply"/s,
  );
  await expect(build({ data, ceiling: 0.2 })).rejects.toThrow(/--ceiling below --harassment/);
  const wrong = [await file("scale.jsonl", [{ ...pair, persuasiveness: 70 }])];
  await expect(build({ data: wrong })).rejects.toThrow(/scale\.jsonl:1/);
});

test("offline rules take the judge's place", async () => {
  const { setting } = await build({ data: [await file("rules.jsonl", threads(30))], grader: "rules" });
  expect(setting.graders[0]).toEqual({ rule: "insults" });
  expect(setting.metrics.map(({ id }) => id)).toContain(setting.behaviorMetric);
});

test.each([
  ["&lt;b&gt; &amp;amp; &#39;x&#x27; &quot;y&quot; &unknown;", "<b> &amp; 'x' \"y\" &unknown;"],
  ["\u201CSo\u201D \u2018it\u2019 is\u2026 a\u2014b\u2013c\u00A0d\u200B", "\"So\" 'it' is... a-b-c d"],
  ["\uFB01ne \uFF21\r\nnext", "fine A\nnext"],
  ["My view.\n_____\n\n> *Hello, users of CMV! Rules follow. Happy CMVing!*", "My view."],
  ["Happy CMVing! is what they say", "Happy CMVing! is what they say"],
  ["&#0;&#x110000;", "&#0;&#x110000;"],
])("normalizes %j", (text, expected) => {
  expect(normalizeText(text)).toBe(expected);
});
