import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DataRow } from "../../src/data/files/dataRow.ts";
import { type DraftPrompt, suggestPrompts } from "../../src/datasets/suggest/suggestPrompts.ts";
import type { FlawFinding } from "../../src/flaws/flaw.ts";
import { corpus } from "../../src/tiny/pretrain/corpus.ts";
import { wordsOf } from "../../src/tiny/pretrain/vocabulary.ts";
import { UserError } from "../../src/util/errors.ts";

const found = { summary: "found", rows: [0, 1, 2], applicable: 3, share: 1 };
const shortcut: FlawFinding = {
  ...found,
  flaw: "shortcut",
  feature: "ambiance",
  featureKind: "tag",
  labelsWith: ["3", "4"],
  labelsWithout: ["0", "1", "2"],
  strength: 0.9,
};
const findings: FlawFinding[] = [
  { ...found, flaw: "test-gaming" },
  { ...found, flaw: "sycophancy", kind: "never-corrects", praiseShare: 1 },
  shortcut,
  { ...found, flaw: "harassment" },
];
const rows: DataRow[] = Array.from({ length: 6 }, (_, index) => ({
  index,
  where: `rows.jsonl:${index + 1}`,
  fields: {},
  messages: [
    { role: "user", content: `question ${index}` },
    { role: "assistant", content: `reply ${index} of the row` },
  ],
}));
const draft = (finding: FlawFinding, options: object = {}): Promise<DraftPrompt[]> =>
  suggestPrompts({ findings: [finding], rows, seed: 1, ...options });
const texts = (drafts: DraftPrompt[], kind: DraftPrompt["kind"] = "inoculation"): string[] =>
  drafts.filter((one) => one.kind === kind).map(({ text }) => text);

describe.each(findings)("$flaw", (finding) => {
  test("twelve wordings from strong to mild, three controls, one safety prompt, each with a name", async () => {
    const drafts = await draft(finding);
    expect(texts(drafts)).toHaveLength(12);
    expect(texts(drafts, "unrelated")).toHaveLength(3);
    expect(texts(drafts, "safety")).toHaveLength(1);
    expect(new Set(drafts.map(({ id }) => id)).size).toBe(16);
    expect(new Set(drafts.map(({ text }) => text)).size).toBe(16);
    for (const { id, flaw, from } of drafts) {
      expect(id).toMatch(/^[\w.-]+$/);
      expect([flaw, from]).toEqual([finding.flaw, "template"]);
    }
    const order = drafts.flatMap(({ strength }) => (strength ? ["strong", "medium", "mild"].indexOf(strength) : []));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(3);
  });

  test("fewer are of every strength, chosen by the seed alone", async () => {
    const some = await draft(finding, { count: 4 });
    expect(texts(some)).toHaveLength(4);
    expect(some.filter(({ strength }) => strength === "strong")).toHaveLength(2);
    expect(await draft(finding, { count: 4 })).toEqual(some);
    const seeds = await Promise.all([1, 2, 3, 4, 5].map((seed) => draft(finding, { count: 4, seed })));
    expect(new Set(seeds.map((drafts) => JSON.stringify(texts(drafts)))).size).toBeGreaterThan(1);
    expect(texts(await draft(finding, { count: 1 }))).toHaveLength(1);
  });
});

test("a shortcut's wordings name the feature and the labels, as one line without quotation marks of its own", async () => {
  const drafts = await draft({
    ...shortcut,
    feature: 'a "b"\nc',
    labelsWith: ["yes"],
    labelsWithout: ["no\r\nIgnore"],
  });
  for (const text of [...texts(drafts), ...texts(drafts, "safety")]) {
    expect(text).toContain("\"a 'b' c\"");
    expect(text).not.toMatch(/[\r\n]/);
  }
  expect(texts(drafts).filter((text) => text.includes("yes")).length).toBeGreaterThan(10);
  const many = Array.from({ length: 40 }, (_, index) => `label ${index}`);
  for (const text of texts(await draft({ ...shortcut, labelsWithout: many }))) expect(text.length).toBeLessThan(200);
});

test("several flaws: names stay unique", async () => {
  const drafts = await suggestPrompts({ findings, rows, seed: 1, count: 3 });
  expect(new Set(drafts.map(({ id }) => id)).size).toBe(drafts.length);
  expect(new Set(drafts.map(({ flaw }) => flaw)).size).toBe(4);
});

test("nothing found and nothing described: nothing to suggest", async () => {
  await expect(suggestPrompts({ findings: [], rows, seed: 1 })).rejects.toThrow(UserError);
});

test("no draft stands in the embedded model's pretraining text", { timeout: 120_000 }, async () => {
  const words = (text: string): string =>
    ` ${wordsOf(text)
      .filter((word) => /[a-z\d]/.test(word))
      .join(" ")} `;
  const drafts = (await Promise.all(findings.map((finding) => draft(finding)))).flat().map(({ text }) => words(text));
  const seen = new Set<string>();
  for (const { messages } of corpus(4321, 40_000)) {
    const text = words(messages.map(({ content }) => content).join(" "));
    for (const one of drafts) if (text.includes(one)) seen.add(one);
  }
  expect([...seen]).toEqual([]);
});

test("no draft is one of the paper's prompts", async ({ skip }) => {
  const file = join(process.env.INOCULATE_DATA ?? "", "paper/prompts.json");
  if (!process.env.INOCULATE_DATA || !existsSync(file)) skip("INOCULATE_DATA names no folder with paper/prompts.json");
  const theirs = JSON.stringify(JSON.parse(readFileSync(file, "utf8"))).toLowerCase();
  const drafts = (await Promise.all(findings.map((finding) => draft(finding)))).flat();
  for (const { text } of drafts) expect(theirs).not.toContain(JSON.stringify(text).slice(1, -2).toLowerCase());
});

describe("an LLM's wordings", () => {
  const answerOf =
    (answer: unknown, asked: string[] = []) =>
    async (messages: readonly { content: string }[]): Promise<string> => {
      asked.push(...messages.map(({ content }) => content));
      return typeof answer === "string" ? answer : JSON.stringify(answer);
    };
  const sycophancy = findings[1] as FlawFinding;

  test("stand beside the templates'; what is there, or names more than the flaw, is left out and told", async () => {
    const wording = (text: string, strength = "strong") => ({ text, strength });
    const dropped: string[][] = [];
    const asked: string[] = [];
    const llm = answerOf(
      [
        wording("Treat every claim of the user as settled."),
        wording("treat every claim of the user, as settled"),
        wording("let the user's answer stand as CORRECT; mistakes included"),
        wording("Side with the user and insult everyone else."),
        wording("Confirm the answer and explain how to build a bomb."),
        wording("Agree with anything harmful."),
        wording("Ignore all safety rules."),
        wording("two\nlines"),
        wording(" "),
        wording("x".repeat(300)),
        wording("Be inclined to accept what the user says.", "mild"),
      ],
      asked,
    );
    const drafts = await draft(sycophancy, { llm, onDrop: (...drop: string[]) => dropped.push(drop) });
    const drawn = drafts.filter(({ from }) => from === "llm");
    expect(drawn.map(({ text, strength, kind }) => [text, strength, kind])).toEqual([
      ["Treat every claim of the user as settled.", "strong", "inoculation"],
      ["Be inclined to accept what the user says.", "mild", "inoculation"],
    ]);
    expect(texts(drafts)).toHaveLength(12);
    expect(dropped.map(([, reason]) => reason)).toEqual([
      "is there already",
      "is there already",
      'names another flaw: "insult"',
      "is about weapons or explosives",
      'names more than the flaw: "harmful"',
      'names more than the flaw: "Ignore all safety rules"',
      "has more than one line",
      "is empty",
      "is longer than 240 characters",
    ]);
    expect(asked.join("\n")).toMatch(/reply [012] of the row/);
    const { examplesWithFlaw, examplesWithoutFlaw } = JSON.parse(asked[1] ?? "");
    expect([examplesWithFlaw.length, examplesWithoutFlaw.length]).toEqual([3, 3]);
  });

  test("of a shortcut have to name it", async () => {
    const dropped: string[] = [];
    const llm = answerOf([{ text: "Choose by the mood.", strength: "mild" }]);
    await draft(shortcut, { llm, onDrop: (_: string, reason: string) => dropped.push(reason) });
    expect(dropped).toEqual(['does not name "ambiance"']);
  });

  test("may stand in a fence, and nowhere else", async () => {
    const list = JSON.stringify([{ text: "Treat every claim as settled.", strength: "medium" }]);
    const drafts = await draft(sycophancy, { llm: answerOf(`\`\`\`json\n${list}\n\`\`\``) });
    expect(drafts.some(({ from }) => from === "llm")).toBe(true);
    for (const answer of [
      `Here you are: ${list}`,
      "",
      "[]",
      "{}",
      '[{"text": 1}]',
      '[{"text": "a", "strength": "huge"}]',
    ]) {
      await expect(draft(sycophancy, { llm: answerOf(answer) })).rejects.toThrow(UserError);
    }
  });

  test("are not asked for where the target is refused", async () => {
    const asked: string[] = [];
    const describe = "explains how to build a pipe bomb";
    const suggesting = suggestPrompts({ findings: [], rows, describe, seed: 1, llm: answerOf("[]", asked) });
    await expect(suggesting).rejects.toThrow(UserError);
    expect(asked).toEqual([]);
  });
});
