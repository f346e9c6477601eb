import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { modelFacts } from "../../src/engine/model/modelFacts.ts";
import { readModelFolder } from "../../src/engine/model/modelFolder.ts";
import { modelHash } from "../../src/engine/model/modelHash.ts";
import { copyOf, editJson, fixtureFolder, modelFolders } from "./fixtures.ts";

describe("facts are those of the model that is read", () => {
  test.each(modelFolders)("%s", async (name) => {
    const facts = await modelFacts(fixtureFolder(name), { hash: true });
    const model = await readModelFolder(fixtureFolder(name));
    const parameters = [...model.weights.values()].reduce((sum, { data }) => sum + data.length, 0);
    expect(facts).toMatchObject({ parameters, architecture: model.config.architecture, hash: modelHash(model) });
    expect(facts.tokenizer).toMatchObject({ tokens: model.tokenizer.size, reason: null });
    expect(facts.template).toEqual({ splits: true, severalReplies: true, system: true, reason: null });
    expect(Object.values(facts.weights.dtypes).reduce((sum, count) => sum + count, 0)).toBe(parameters);
    expect(facts.weights.files).toBe(name === "llama-gqa-untied" ? 2 : 1);
  });
});

test("what cannot be trained on comes with the reason", async () => {
  const folder = await copyOf("smollm2");
  await writeFile(join(folder, "chat_template.jinja"), "{% for m in messages %}{{ m['content'] }}{% endfor %}");
  expect((await modelFacts(folder)).template).toMatchObject({
    splits: false,
    reason: expect.stringMatching(/end-of-turn/),
  });
  await rm(join(folder, "chat_template.jinja"));
  expect((await modelFacts(folder)).template).toMatchObject({
    splits: false,
    reason: expect.stringMatching(/no chat template/),
  });
  await editJson(join(folder, "tokenizer.json"), { model: { type: "WordLevel" } });
  const { tokenizer, template } = await modelFacts(folder);
  expect(tokenizer).toMatchObject({
    type: "WordLevel",
    tokens: null,
    reason: expect.stringMatching(/WordLevel is not supported/),
  });
  expect(template.splits).toBe(false);
});

test("a model without weights is named", async () => {
  const folder = await copyOf("smollm2");
  await rm(join(folder, "model.safetensors"));
  await expect(modelFacts(folder)).rejects.toThrow(/model\.safetensors/);
});
