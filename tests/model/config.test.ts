import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { configFields, parseConfig, readConfig, writeConfig } from "../../src/engine/model/config.ts";
import { UserError } from "../../src/util/errors.ts";
import { copyOf, editJson, fixtureFolder, modelFolders, scratchFolder } from "./fixtures.ts";

const configOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(fixtureFolder(name), "config.json"), "utf8"));
const llama = configOf("llama-gqa-untied");
const qwen2 = configOf("qwen2-gqa-untied");
const llama3 = {
  rope_type: "llama3",
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
};

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

  test("whole caps are written with a decimal point, without which transformers refuses them", async () => {
    const [folder, config] = [await scratchFolder(), await readConfig(fixtureFolder("gemma2"))];
    await writeConfig(folder, { ...config, attentionCap: 50, logitCap: 1.5 });
    const text = readFileSync(join(folder, "config.json"), "utf8");
    expect(text).toMatch(/"attn_logit_softcapping": 50\.0,\n/);
    expect(text).toMatch(/"final_logit_softcapping": 1\.5,\n/);
    expect(await readConfig(folder)).toEqual({ ...config, attentionCap: 50, logitCap: 1.5 });
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
    [
      "rotary scaling by text length",
      { rope_parameters: { rope_type: "dynamic", factor: 2 } },
      /rope_parameters: .*dynamic.* length/,
    ],
    ["rotary scaling, older form", { rope_scaling: { type: "yarn", factor: 4 } }, /rope_scaling: .*"yarn".* attention/],
    ["rotary scaling of a new kind", { rope_scaling: { rope_type: "new" } }, /"new" is not supported, only "default"/],
    [
      "rotary scaling without its factor",
      { rope_scaling: { type: "linear" } },
      /rope_scaling\.factor: .*"linear" needs/,
    ],
    [
      "Llama 3's scaling without its bounds",
      { rope_scaling: { ...llama3, low_freq_factor: null } },
      /low_freq_factor: /,
    ],
    [
      "Llama 3's bounds turned around",
      { rope_scaling: { ...llama3, high_freq_factor: 0.5 } },
      /more than low_freq_factor/,
    ],
    ["rotary bases by layer", { rope_parameters: { full_attention: { rope_theta: 1 } } }, /entries by layer type/],
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

  test("Llama 3's scaling in the older form is that of the newer", () => {
    const { rope_parameters: _, ...older } = llama;
    const newer = parseConfig({ ...older, rope_parameters: { ...llama3, rope_theta: 5e5 } }, "c");
    expect(newer).toMatchObject({
      ropeTheta: 5e5,
      ropeScaling: {
        type: "llama3",
        factor: 8,
        lowFrequencyFactor: 1,
        highFrequencyFactor: 4,
        originalContext: 8192,
      },
    });
    expect(parseConfig({ ...older, rope_theta: 5e5, rope_scaling: llama3 }, "c")).toEqual(newer);
    const { original_max_position_embeddings: __, ...short } = llama3;
    expect(parseConfig({ ...older, rope_scaling: short }, "c").ropeScaling).toMatchObject({ originalContext: 64 });
  });

  test("SmolLM2's fields that change nothing are read over", () => {
    const extra = { is_llama_config: true, rope_interleaved: false, rope_scaling: null, pretraining_tp: 1 };
    expect(parseConfig({ ...llama, ...extra }, "c")).toEqual(parseConfig(llama, "c"));
  });
});

describe("sliding windows", () => {
  const windowOf = (fields: Record<string, unknown>) => parseConfig(fields, "c").slidingWindow;
  const six = { num_hidden_layers: 6 };

  test("Mistral: all layers, or none with null; 4096 when the file does not say", () => {
    const mistral = configOf("mistral");
    expect(windowOf({ ...mistral, ...six })).toEqual({ size: 4, layers: [0, 1, 2, 3, 4, 5] });
    expect(windowOf({ ...mistral, sliding_window: null })).toBeUndefined();
    expect(windowOf({ ...mistral, sliding_window: undefined })).toEqual({ size: 4096, layers: [0, 1] });
    expect(() => windowOf({ ...mistral, layer_types: ["full_attention", "sliding_attention"] })).toThrow(/layer_types/);
    const unlimited = parseConfig({ ...mistral, sliding_window: null }, "c");
    expect(parseConfig(configFields(unlimited), "c")).toEqual(unlimited);
  });

  test.each(["qwen2-sliding", "qwen3"])("%s: from max_window_layers on, only when in use", (name) => {
    const qwen = { ...configOf(name), ...six, layer_types: undefined, sliding_window: 8 };
    expect(windowOf({ ...qwen, use_sliding_window: false, max_window_layers: 4 })).toBeUndefined();
    expect(windowOf({ ...qwen, use_sliding_window: true, max_window_layers: 4 })).toEqual({ size: 8, layers: [4, 5] });
    expect(windowOf({ ...qwen, use_sliding_window: true, max_window_layers: 6 })).toBeUndefined();
    const types: string[] = [1, 0, 0, 1, 0, 0].map((slides) => (slides ? "sliding_attention" : "full_attention"));
    const listed = { ...qwen, use_sliding_window: true, layer_types: types };
    expect(windowOf(listed)).toEqual({ size: 8, layers: [0, 3] });
    expect(parseConfig(configFields(parseConfig(listed, "c")), "c")).toEqual(parseConfig(listed, "c"));
    expect(() => windowOf({ ...listed, use_sliding_window: false })).toThrow(/layer_types: .*no sliding window/);
    expect(() => windowOf({ ...listed, layer_types: types.slice(1) })).toThrow(/layer_types: .*6 layers, got 5/);
    expect(() => windowOf({ ...listed, layer_types: types.with(2, "chunked") })).toThrow(/layer_types: "chunked"/);
  });

  test("Gemma 2: every other layer, the first one included", () => {
    const gemma2 = { ...configOf("gemma2"), ...six, layer_types: undefined };
    expect(windowOf(gemma2)).toEqual({ size: 4, layers: [0, 2, 4] });
    expect(windowOf({ ...gemma2, sliding_window: undefined })?.size).toBe(4096);
    const wide = parseConfig({ ...gemma2, layer_types: new Array(6).fill("full_attention") }, "c");
    expect(wide.slidingWindow).toBeUndefined();
    expect(parseConfig(configFields(wide), "c")).toEqual(wide);
  });

  test("Gemma 3: five of six layers, with a rotary base of their own", () => {
    const { rope_parameters: _, layer_types: __, ...rest } = configOf("gemma3");
    const older = { ...rest, num_hidden_layers: 7 };
    expect(parseConfig(older, "c")).toMatchObject({
      ropeTheta: 1e6,
      slidingWindow: { size: 4, layers: [0, 1, 2, 3, 4, 6], ropeTheta: 1e4 },
    });
    const scaled = { rope_theta: 5e5, rope_local_base_freq: 100, rope_scaling: { rope_type: "linear", factor: 8 } };
    expect(parseConfig({ ...older, ...scaled, sliding_window_pattern: 2 }, "c")).toMatchObject({
      ropeTheta: 5e5,
      ropeScaling: { type: "linear", factor: 8 },
      slidingWindow: { layers: [0, 2, 4, 6], ropeTheta: 100 },
    });
  });
});

describe("Gemma", () => {
  test("is tied and has heads of 256 numbers unless the file says otherwise; the first release's gelu is the tanh form", () => {
    const plain = { ...configOf("gemma"), tie_word_embeddings: undefined, head_dim: undefined, hidden_act: "gelu" };
    expect(parseConfig(plain, "c")).toMatchObject({ tieWordEmbeddings: true, headDim: 256, activation: "geluTanh" });
  });

  test("2 has caps unless they are null", () => {
    const caps = { attn_logit_softcapping: undefined, final_logit_softcapping: undefined };
    const gemma2 = configOf("gemma2");
    expect(parseConfig({ ...gemma2, ...caps, query_pre_attn_scalar: undefined }, "c")).toMatchObject({
      attentionCap: 50,
      logitCap: 30,
      attentionScalar: 256,
    });
    const none = parseConfig({ ...gemma2, attn_logit_softcapping: null, final_logit_softcapping: null }, "c");
    expect([none.attentionCap, none.logitCap]).toEqual([undefined, undefined]);
    expect(parseConfig(configFields(none), "c")).toEqual(none);
    expect(parseConfig({ ...configOf("gemma3"), ...caps }, "c").logitCap).toBeUndefined();
  });

  test.each<[string, string, Record<string, unknown>, RegExp]>([
    ["gemma", "another activation", { hidden_act: "silu" }, /hidden_act: "silu"/],
    [
      "gemma2",
      "the exact GELU",
      { hidden_activation: "gelu" },
      /hidden_activation: "gelu" .* only "gelu_pytorch_tanh"/,
    ],
    ["gemma", "attention to later tokens", { use_bidirectional_attention: true }, /use_bidirectional_attention/],
    ["gemma2", "sliding layers without a window", { sliding_window: null }, /layer_types: .*no sliding window/],
    ["gemma3", "a cap of scores", { attn_logit_softcapping: 50 }, /attn_logit_softcapping/],
    [
      "gemma3",
      "one rotary base for all layers",
      { rope_parameters: { rope_theta: 1e6 } },
      /one entry for full_attention/,
    ],
    [
      "gemma3",
      "scaling in sliding layers",
      { rope_parameters: { sliding_attention: { rope_type: "linear", factor: 2 } } },
      /rope_parameters\.sliding_attention: /,
    ],
  ])("%s refuses %s by name", (name, _, fields, message) => {
    const parse = () => parseConfig({ ...configOf(name), ...fields }, "config.json");
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
  });
});
