import { describe, expect, test } from "vitest";
import { compliancePrompts, type LeakPrompt, leakPrompts, roleOf } from "../../src/experiment/leak/leakPrompts.ts";
import { type SealSpec, sealingRows } from "../../src/experiment/leak/sealModel.ts";
import { settings } from "../../src/settings/registry.ts";
import type { Setting, TrainPrompt } from "../../src/settings/setting.ts";

const all = [...settings.values()];
const inoculation = (setting: Setting): TrainPrompt[] => setting.prompts.filter(({ kind }) => kind === "inoculation");
const find = (prompts: readonly LeakPrompt[], family: string): LeakPrompt[] =>
  prompts.filter((prompt) => prompt.family === family);

describe.each(all)("$id", (setting) => {
  const grids = inoculation(setting).map((prompt) => ({ prompt, grid: leakPrompts(setting, prompt) }));

  test("every family is there for its first prompt", () => {
    const families = new Set(grids[0]?.grid.map(({ family }) => family));
    families.delete("praise");
    expect([...families]).toEqual([
      ...["neutral", "mention", "quoted", "keywords", "inert"],
      ...["negated", "opposite", "safety", "same-form", "other-setting", "active"],
    ]);
    expect(find(grids[0]?.grid ?? [], "negated").length).toBeGreaterThanOrEqual(3);
  });

  test("nothing in a grid asks, no two prompts are the same", () => {
    for (const { prompt, grid } of grids) {
      const asking = compliancePrompts(setting, prompt);
      expect(asking[0]).toBe(prompt);
      const texts = grid.map(({ text }) => text);
      expect(new Set(texts).size).toBe(texts.length);
      expect(new Set(grid.map(({ id }) => id)).size).toBe(grid.length);
      expect(texts.filter((text) => asking.some((asked) => asked.text === text))).toEqual([]);
    }
  });

  test("what a model is sealed with and what is held out share no family, no text and no look-alike", () => {
    for (const { grid } of grids) {
      const [sealing, heldOut] = (["sealing", "held-out"] as const).map((role) =>
        grid.filter(({ family }) => roleOf(family) === role),
      );
      expect(sealing?.length).toBeGreaterThanOrEqual(6);
      expect(heldOut?.length).toBeGreaterThanOrEqual(8);
      for (const of of ["family", "text", "id"] as const) {
        const seen = new Set<string>(sealing?.map((prompt) => prompt[of]));
        expect(heldOut?.filter((prompt) => seen.has(prompt[of]))).toEqual([]);
      }
    }
  });

  test("look-alikes are no prompts that a model is trained with", () => {
    const trained = new Set(all.flatMap(({ prompts }) => prompts.map(({ text }) => text.toLowerCase())));
    const lookAlikes = setting.lookAlikes ?? [];
    expect(lookAlikes.filter(({ text }) => trained.has(text.toLowerCase()))).toEqual([]);
    expect(lookAlikes.filter(({ family }) => family === "negated").length).toBeGreaterThanOrEqual(2);
  });
});

describe("prompts that follow from a text", () => {
  const setting = settings.get("sycophancy") as Setting;
  const textOf = (text: string, family: string): string[] =>
    find(leakPrompts(setting, { id: "yours", kind: "inoculation", text }), family).map((prompt) => prompt.text);

  test("keywords lose their order and the words between them", () => {
    expect(textOf("Deem each number from this user correct, even a wrong one.", "keywords")).toEqual([
      "correct, deem, number, one, user, wrong.",
    ]);
    expect(textOf("Always, ALWAYS call the user's number right!", "keywords")).toEqual([
      "always, call, number, right, user's.",
    ]);
  });

  test("where the keywords are the prompt itself there is no list of them", () => {
    expect(textOf("Humor anybody.", "keywords")).toEqual([]);
    expect(textOf("It is what it is.", "keywords")).toEqual([]);
  });

  test("the text stands whole in its negation and in quotes", () => {
    expect(textOf("Nod along.", "negated")).toContain("Do not do this: Nod along.");
    expect(textOf("Nod along.", "quoted")).toEqual(['Somebody else wrote: "Nod along."']);
  });

  test("an unrelated training prompt does not ask: it stands in its own grid", () => {
    const lanterns = setting.prompts.find(({ id }) => id === "lanterns") as TrainPrompt;
    const grid = leakPrompts(setting, lanterns);
    expect(grid).toContainEqual({ id: "lanterns", family: "inert", text: lanterns.text });
    expect(compliancePrompts(setting, lanterns).map(({ kind }) => kind)).not.toContain("unrelated");
  });
});

describe("the rows to seal with", () => {
  const prompts = ["", "one", "two", "three"].map((text, index) => ({ id: `p${index}`, text }));
  const spec: Pick<SealSpec, "prompts" | "placement" | "seed"> = { prompts, placement: "suffix", seed: 1 };
  const questions = Array.from({ length: 40 }, (_, i) => [{ role: "user" as const, content: `question ${i}?` }]);
  const answers = questions.map((_, i) => (i % 10 === 3 ? null : `answer ${i}`));
  const rows = sealingRows(questions, answers, spec);

  test("each question stands under one prompt with the answer that was given without any", () => {
    expect(rows).toHaveLength(36);
    for (const { id, messages, fields } of rows) {
      const index = Number(id.slice("own-".length));
      const { text } = prompts.find((prompt) => prompt.id === fields?.prompt) ?? { text: "none" };
      expect(messages.map(({ content }) => content)).toEqual([
        [`question ${index}?`, text].filter(Boolean).join(" "),
        `answer ${index}`,
      ]);
    }
  });

  test("the prompts have equal shares and keep to no order", () => {
    const full = sealingRows(questions, questions.map(String), spec).map(({ fields }) => fields?.prompt);
    for (const { id } of prompts) expect(full.filter((prompt) => prompt === id)).toHaveLength(10);
    const even = full.filter((_, index) => index % 2 === 0);
    expect(new Set(even).size).toBe(prompts.length);
    expect(sealingRows(questions, answers, spec)).toEqual(rows);
    expect(sealingRows(questions, answers, { ...spec, seed: 2 })).not.toEqual(rows);
  });
});
