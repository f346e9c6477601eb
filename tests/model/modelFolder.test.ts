import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readModelFolder, writeModelFolder } from "../../src/engine/model/modelFolder.ts";
import { modelHash } from "../../src/engine/model/modelHash.ts";
import { embeddingName, headName } from "../../src/engine/model/parameters.ts";
import { readSafetensors, writeSafetensors } from "../../src/engine/model/safetensors.ts";
import { UserError } from "../../src/util/errors.ts";
import { copyOf, editJson, fixtureFolder, modelFolders, scratchFolder } from "./fixtures.ts";

const queries = "model.layers.1.self_attn.q_proj.weight";

describe.each(modelFolders)("%s", (name) => {
  test("survives writing and reading", async () => {
    const model = await readModelFolder(fixtureFolder(name));
    const folder = join(await scratchFolder(), "copy");
    await writeModelFolder(folder, model);
    const again = await readModelFolder(folder);
    expect(again.config).toEqual(model.config);
    expect(again.weights).toEqual(model.weights);
    expect(again.files).toEqual(model.files);
    expect(again.template.source).toBe(model.template.source);
    expect(modelHash(again)).toBe(modelHash(model));
  });
});

test("biases of Qwen2 are read", async () => {
  const { weights } = await readModelFolder(fixtureFolder("qwen2-gqa-untied"));
  expect(weights.get("model.layers.0.self_attn.k_proj.bias")?.shape).toEqual([16]);
  expect(weights.has("model.layers.0.self_attn.o_proj.bias")).toBe(false);
});

test("the tokenizer's end-of-turn token ends a reply too", async () => {
  const folder = await copyOf("llama-mha-tied");
  await editJson(join(folder, "tokenizer_config.json"), { eos_token: "<pad>" });
  expect((await readModelFolder(folder)).config.eosTokenIds).toEqual([3, 0]);
});

test("a turn may end in another token than the text, as Gemma's does: one of generation_config.json's", async () => {
  const folder = await copyOf("gemma");
  await editJson(join(folder, "tokenizer_config.json"), { eos_token: "<pad>" });
  await editJson(join(folder, "config.json"), { eos_token_id: 0 });
  await editJson(join(folder, "generation_config.json"), { eos_token_id: [0, 3] });
  const { config, template } = await readModelFolder(folder);
  const chat = [
    { role: "user" as const, content: "is it?" },
    { role: "assistant" as const, content: "yes." },
  ];
  expect(config.eosTokenIds).toEqual([0, 3]);
  expect(template.splitChat(chat).completion).toMatch(/yes\.<end>$/);
  expect(template.encodeChat(chat).tokenIds.at(-1)).toBe(3);
  await editJson(join(folder, "generation_config.json"), { eos_token_id: [0, 5] });
  const { template: other } = await readModelFolder(folder);
  expect(() => other.splitChat(chat)).toThrow(/end-of-turn token: expected "<pad>" or "<user>", got .*<end>/);
});

describe("what does not fit is named", () => {
  async function withWeights(change: (weights: Awaited<ReturnType<typeof readSafetensors>>) => void): Promise<string> {
    const folder = await copyOf("llama-mha-tied");
    const path = join(folder, "model.safetensors");
    const weights = await readSafetensors(path);
    change(weights);
    await writeSafetensors(path, weights);
    return folder;
  }
  const refused = async (folder: string, message: RegExp): Promise<void> => {
    await expect(readModelFolder(folder)).rejects.toThrow(message);
    await expect(readModelFolder(folder)).rejects.toThrow(UserError);
  };

  test("a missing parameter", async () =>
    refused(await withWeights((weights) => weights.delete(queries)), /q_proj\.weight is missing/));
  test("an extra parameter", async () =>
    refused(
      await withWeights((weights) => weights.set("model.extra", { shape: [1], data: new Float32Array(1) })),
      /model\.extra is not expected/,
    ));
  test("a parameter of another shape", async () =>
    refused(
      await withWeights((weights) => weights.set(queries, { shape: [16, 64], data: new Float32Array(1024) })),
      /has shape \[16, 64\], expected \[32, 32\]/,
    ));
  test("a tied head that differs", async () =>
    refused(
      await withWeights((weights) => weights.set(headName, { shape: [64, 32], data: new Float32Array(2048) })),
      /lm_head\.weight differs/,
    ));

  test("a tied head that is stored but equal is fine", async () => {
    const folder = await withWeights((weights) => weights.set(headName, weights.get(embeddingName) as never));
    expect((await readModelFolder(folder)).weights.has(headName)).toBe(false);
  });

  test("a missing folder, a file in its place, a missing file", async () => {
    await refused("/nowhere/at/all", /there is no model folder at .*expected a folder with config\.json/);
    await refused(join(fixtureFolder("bpe"), "tokenizer.json"), /this is a file, not a model folder/);
    const folder = await copyOf("llama-mha-tied");
    await rm(join(folder, "model.safetensors"));
    await refused(folder, /model\.safetensors: there is no such file/);
  });

  test("a tokenizer larger than the model's vocabulary", async () => {
    const folder = await copyOf("llama-mha-tied");
    await editJson(join(folder, "config.json"), { vocab_size: 60 });
    await refused(folder, /tokenizer has 64 tokens, config\.json's vocab_size is only 60: .* "\." \(id 60\)/);
  });

  test("but special tokens beyond the vocabulary, which text does not give, are fine", async () => {
    const folder = await copyOf("gemma3");
    const path = join(folder, "tokenizer.json");
    const { added_tokens, model } = JSON.parse(await readFile(path, "utf8"));
    const image = { ...added_tokens[0], id: 64, content: "<image>" };
    await editJson(path, { added_tokens: [...added_tokens, image] });
    expect((await readModelFolder(folder)).tokenizer.size).toBe(65);
    await editJson(path, { added_tokens, model: { ...model, vocab: { ...model.vocab, word: 64 } } });
    await refused(folder, /no place for "word" \(id 64\)/);
  });
});
