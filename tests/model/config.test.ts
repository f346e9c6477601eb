import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configFields, parseConfig, readConfig, writeConfig } from "../../src/engine/model/config.ts";
import { UserError } from "../../src/util/errors.ts";
import { copyOf, editJson, fixtureFolder, modelFolders, scratchFolder } from "./fixtures.ts";

const llama = JSON.parse(readFileSync(join(fixtureFolder("llama-gqa-untied"), "config.json"), "utf8"));
const qwen2 = JSON.parse(readFileSync(join(fixtureFolder("qwen2-gqa-untied"), "config.json"), "utf8"));

describe("readConfig", () => {
  test("reads what transformers 5 writes", async () => {
    const config = await readConfig(fixtureFolder("llama-gqa-untied"));
    expect(config).toEqual({
      architecture: "LlamaForCausalLM",
      vocabSize: 64,
      hiddenSize: 32,
      layers: 2,
      heads: 4,
      keyValueHeads: 2,
      headDim: 8,
      intermediateSize: 48,
      rmsNormEps: 1e-5,
      ropeTheta: 10000,
      tieWordEmbeddings: false,
      queryKeyValueBias: false,
      outputBias: false,
      mlpBias: false,
      maxPositionEmbeddings: 64,
      bosTokenId: 2,
      eosTokenIds: [3],
    });
  });

  test.each(modelFolders)("%s survives writing and reading", async (name) => {
    const config = await readConfig(fixtureFolder(name));
    const folder = await scratchFolder();
    await writeConfig(folder, config);
    expect(await readConfig(folder)).toEqual(config);
  });

  test("collects the end-of-turn tokens of both files", async () => {
    const folder = await copyOf("llama-mha-tied");
    await editJson(join(folder, "generation_config.json"), { eos_token_id: [5, 3] });
    expect((await readConfig(folder)).eosTokenIds).toEqual([3, 5]);
    await editJson(join(folder, "generation_config.json"), { eos_token_id: "end" });
    await expect(readConfig(folder)).rejects.toThrow(/generation_config.json: eos_token_id/);
  });

  test("a missing folder is the user's mistake", async () => {
    await expect(readConfig("/nowhere/at/all")).rejects.toThrow(UserError);
  });
});

describe("parseConfig", () => {
  test("biases: Qwen2 on q, k and v only; Llama on all four with attention_bias", () => {
    expect(parseConfig(qwen2, "c")).toMatchObject({ queryKeyValueBias: true, outputBias: false, mlpBias: false });
    const biased = parseConfig({ ...llama, attention_bias: true, mlp_bias: true }, "c");
    expect(biased).toMatchObject({ queryKeyValueBias: true, outputBias: true, mlpBias: true });
    expect(parseConfig(configFields(biased), "c")).toEqual(biased);
  });

  test("the rotary base stands at the top or in rope_parameters", () => {
    const { rope_parameters: _, ...older } = llama;
    expect(parseConfig({ ...older, rope_theta: 5e5 }, "c").ropeTheta).toBe(5e5);
    expect(parseConfig({ ...llama, rope_parameters: { rope_theta: 2e5, rope_type: "default" } }, "c").ropeTheta).toBe(
      2e5,
    );
    expect(parseConfig(older, "c").ropeTheta).toBe(10000);
  });

  test("absent optional fields get transformers' defaults", () => {
    const { num_key_value_heads, head_dim, architectures, ...rest } = llama;
    expect(parseConfig({ ...rest, head_dim: null }, "c")).toMatchObject({
      keyValueHeads: 4,
      headDim: 8,
      architecture: "LlamaForCausalLM",
    });
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["another architecture", { architectures: ["GPT2LMHeadModel"] }, /GPT2LMHeadModel is not supported/],
    ["another activation", { hidden_act: "gelu" }, /hidden_act: "gelu"/],
    ["a sliding window", { sliding_window: 4096 }, /sliding_window/],
    ["sliding layers", { layer_types: ["full_attention", "sliding_attention"] }, /sliding_attention/],
    ["scaled rotary embedding", { rope_parameters: { rope_type: "llama3", factor: 8 } }, /rope_parameters: .*llama3/],
    ["scaled rotary embedding, older form", { rope_scaling: { type: "yarn", factor: 4 } }, /rope_scaling: .*yarn/],
    ["partial rotary embedding", { partial_rotary_factor: 0.5 }, /partial_rotary_factor/],
    ["quantization", { quantization_config: { bits: 4 } }, /quantization_config/],
    ["a missing size", { hidden_size: undefined }, /hidden_size/],
    ["a fractional size", { num_hidden_layers: 2.5 }, /num_hidden_layers/],
    ["heads that do not divide", { num_key_value_heads: 3 }, /multiple of num_key_value_heads/],
    ["an odd head size", { head_dim: 7 }, /even integer, got 7/],
    ["a malformed rotary base", { rope_parameters: { rope_theta: "big" } }, /rope_theta/],
    ["an end token outside the vocabulary", { eos_token_id: 64 }, /eos_token_id 64/],
  ])("refuses %s by name", (_, fields, message) => {
    const parse = () => parseConfig({ ...llama, ...fields }, "config.json");
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
  });

  test("refuses Qwen2's sliding window only when in use", () => {
    expect(() => parseConfig({ ...qwen2, sliding_window: 4096, use_sliding_window: false }, "c")).not.toThrow();
    expect(() => parseConfig({ ...qwen2, sliding_window: 4096, use_sliding_window: true }, "c")).toThrow(
      /sliding_window/,
    );
  });
});
