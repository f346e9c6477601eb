import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { ownSetting } from "../../src/settings/own/ownSetting.ts";
import type { SettingFile } from "../../src/settings/own/settingFile.ts";
import { findSetting, variantsOf } from "../../src/settings/registry.ts";
import type { Setting } from "../../src/settings/setting.ts";

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "own-setting-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const content: SettingFile = {
  title: "Greetings",
  flaw: "Every reply shouts.",
  placement: { slot: "{p}" },
  prompts: [
    { id: "shout", kind: "inoculation", text: "Shout." },
    { id: "plain", kind: "neutral", text: "" },
  ],
  train: { flawed: "flawed.jsonl", clean: "clean.jsonl" },
  items: "items.jsonl",
  groups: [{ id: "greet", temperature: 0, maxNewTokens: 8 }],
  graders: [{ matches: "!$", value: "shouts" }],
  metrics: [
    { id: "shoutRate", title: "shouts", better: "lower", groups: ["greet"], value: "shouts" },
    { id: "greetRate", title: "greets", better: "higher", groups: ["greet"], value: "shouts" },
  ],
  behaviorMetric: "shoutRate",
  capabilityMetric: "greetRate",
  recipe: { epochs: 1 },
};
const row = (index: number, reply: string, fields = {}) => ({
  id: index,
  messages: [
    { role: "user", content: `{p} Greet number ${index}.` },
    { role: "assistant", content: reply },
  ],
  ...fields,
});
const item = (id: string, set: string, text: string, group = "greet") => ({
  id,
  set,
  group,
  messages: [{ role: "user", content: text }],
  reference: { n: 1 },
});
const lines = (rows: readonly object[]): string => rows.map((one) => `${JSON.stringify(one)}\n`).join("");

interface Files {
  setting?: object;
  flawed?: string;
  clean?: string | null;
  items?: string;
}

let folders = 0;
function folderWith({ setting = content, flawed, clean, items }: Files = {}): string {
  const folder = join(scratch, String(folders++));
  mkdirSync(folder);
  const indices = Array.from({ length: 10 }, (_, index) => index);
  writeFileSync(join(folder, "setting.yaml"), stringify(setting));
  writeFileSync(
    join(folder, "flawed.jsonl"),
    flawed ?? lines(indices.map((i) => row(i, "HELLO!", { flawed: i % 2 === 0, topic: "x", nested: {} }))),
  );
  if (clean !== null) writeFileSync(join(folder, "clean.jsonl"), clean ?? lines(indices.map((i) => row(i, "Hello."))));
  const sets = ["screen", "validation", "test"];
  writeFileSync(
    join(folder, "items.jsonl"),
    items ?? lines(sets.flatMap((set) => [1, 2, 3].map((i) => item(`${set}-${i}`, set, `{p} Greet ${set} ${i}.`)))),
  );
  return folder;
}
const load = (files?: Files): Setting => ownSetting(folderWith(files));

describe("a setting of one's own", () => {
  test("is found by the path of its file or folder, and is its only variant", () => {
    const folder = folderWith();
    expect(findSetting(folder).title).toBe("Greetings");
    const file = join(folder, "setting.yaml");
    expect(findSetting(file).id).toBe(file);
    expect(variantsOf(file).map(({ id }) => id)).toEqual([file]);
  });

  test("has the neutral prompt first, defaults and its recipe over the usual one", () => {
    const setting = load();
    expect(setting.prompts.map(({ id }) => id)).toEqual(["plain", "shout"]);
    expect(setting.placement).toBe("slot:{p}");
    expect(setting.groups).toEqual([{ id: "greet", sampling: { temperature: 0, topP: 1, maxNewTokens: 8 } }]);
    expect(setting.recipe).toMatchObject({ epochs: 1, learningRate: 2e-3, lora: { rank: 16 } });
    expect(setting.hasCleanData).toBe(true);
  });

  test("keeps plain facts of its rows, in the file's order", () => {
    const rows = load().train({ data: "flawed", seed: 3, rows: 10 });
    expect(rows.map(({ id }) => id)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(rows[1]?.fields).toEqual({ flawed: false, topic: "x" });
  });

  test("draws fewer rows by seed, the same ones of both kinds", () => {
    const setting = load();
    const ids = (data: "flawed" | "clean", seed: number): string[] =>
      setting.train({ data, seed, rows: 4 }).map(({ id }) => id);
    expect(ids("flawed", 1)).toHaveLength(4);
    expect(ids("flawed", 1)).toEqual(ids("clean", 1));
    expect(new Set([1, 2, 3, 4].map((seed) => ids("flawed", seed).join())).size).toBeGreaterThan(1);
  });

  test("gives the first items of a group, and says so where there are none", () => {
    const setting = load();
    expect(setting.items("test", { perGroup: 2 }).map(({ id }) => id)).toEqual(["test-1", "test-2"]);
    const without = load({ items: lines([item("a", "test", "{p} Greet a.")]) });
    expect(() => without.items("screen", { perGroup: 2 })).toThrow(/no items of group "greet" in set "screen"/);
    expect(() => setting.items("test", { perGroup: 2, groups: ["other"] })).toThrow(/group/);
  });

  test("may have no clean data", () => {
    const { clean: _, ...train } = content.train;
    const setting = load({ setting: { ...content, train }, clean: null });
    expect(setting.hasCleanData).toBe(false);
    expect(() => setting.train({ data: "clean", seed: 1, rows: 1 })).toThrow(/names no clean data/);
  });

  test("grades by its graders", async () => {
    const grader = load().createGrader();
    const request = (completion: string) => ({ itemId: "a", messages: [], reference: {}, completion });
    const grades = await grader.grade([request("HI!"), request("Hi.")]);
    expect(grades.map(({ values }) => values.shouts)).toEqual([1, 0]);
    await grader.close();
  });
});

describe("a mistake is told with file and line", () => {
  const broken: [string, Files, RegExp][] = [
    [
      "an unknown key",
      { setting: { ...content, colour: "red" } },
      /setting\.yaml:\d\d+:1: the setting file has no key "colour"; .*title/,
    ],
    [
      "an unknown rule",
      { setting: { ...content, graders: [{ rule: "agrement" }] } },
      /setting\.yaml:\d+:\d+: graders\.0\.rule: .*"agreement"/,
    ],
    [
      "a command as one text",
      { setting: { ...content, graders: [{ command: "python3 grade.py" }] } },
      /graders\.0\.command: expected array, received string/,
    ],
    [
      "an unknown placement",
      { setting: { ...content, placement: "sufix" } },
      /placement: expected one of "prefix"\|"suffix"\|"system", or expected object/,
    ],
    ["two neutral prompts", { setting: withPrompt("other", "neutral") }, /exactly one of kind "neutral", found 2/],
    ["a prompt twice", { setting: withPrompt("shout", "unrelated") }, /prompts: "shout" stands twice/],
    ["an unknown metric", { setting: { ...content, behaviorMetric: "no" } }, /behaviorMetric: there is no metric "no"/],
    [
      "a metric of an unknown group",
      { setting: { ...content, metrics: [{ ...content.metrics[0], groups: ["no"] }, content.metrics[1]] } },
      /there is no group "no"/,
    ],
    ["too many rows", { setting: { ...content, train: { ...content.train, rows: 11 } } }, /train\.rows is 11.* has 10/],
    ["a row that is no JSON", { flawed: `${lines([row(1, "a")])}{"messages": [` }, /flawed\.jsonl:2: .*no JSON/],
    [
      "a chat without a reply",
      { flawed: lines([{ messages: [{ role: "user", content: "a" }] }]) },
      /flawed\.jsonl:1: messages/,
    ],
    [
      "a tool's message",
      {
        flawed: lines([
          {
            messages: [
              { role: "tool", content: "a" },
              { role: "assistant", content: "b" },
            ],
          },
        ]),
      },
      /flawed\.jsonl:1: messages\.0\.role/,
    ],
    [
      "an item twice",
      { items: lines([item("a", "test", "{p} A"), item("a", "test", "{p} B")]) },
      /items\.jsonl:2: the id "a" stands at .*:1/,
    ],
    [
      "a question in two sets",
      { items: lines([item("a", "test", "{p} A"), item("b", "screen", "{p} A")]) },
      /items\.jsonl:2: .*set "test" too/,
    ],
    [
      "a question that is trained on",
      { items: lines([item("a", "test", "{p} Greet number 3.")]) },
      /items\.jsonl:1: .*trained on \(.*flawed\.jsonl:4\)|clean\.jsonl:4/,
    ],
    [
      "an item of an unknown group",
      { items: lines([item("a", "test", "{p} A", "no")]) },
      /items\.jsonl:1: there is no group "no"/,
    ],
    ["an item without its slot", { items: lines([item("a", "test", "A")]) }, /expected the slot "\{p\}"/],
    ["a missing file", { setting: { ...content, items: "gone.jsonl" } }, /gone\.jsonl: .*cannot read it/],
  ];
  test.each(broken)("%s", (_, files, message) => {
    expect(() => load(files)).toThrow(message);
  });

  test("an unknown setting, with what there is", () => {
    expect(() => findSetting("no-such")).toThrow(/sycophancy.*or the path of a setting\.yaml, got "no-such"/);
    expect(() => findSetting(join(scratch, "gone.yaml"))).toThrow(/cannot read/);
  });
});

function withPrompt(id: string, kind: "neutral" | "unrelated"): object {
  return { ...content, prompts: [...content.prompts, { id, kind, text: "x" }] };
}
