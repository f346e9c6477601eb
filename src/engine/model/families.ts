import type { Architecture, ModelConfig } from "./config.ts";
import type { ConfigFile, Refuse } from "./configFile.ts";
import { readLayeredRope, readRope } from "./rope.ts";
import { layerTypes, readSlidingWindow } from "./slidingWindow.ts";

/** What a family's models compute, apart from their sizes. */
type Traits = Omit<
  ModelConfig,
  | "architecture"
  | "vocabSize"
  | "hiddenSize"
  | "layers"
  | "heads"
  | "keyValueHeads"
  | "headDim"
  | "intermediateSize"
  | "rmsNormEps"
  | "tieWordEmbeddings"
  | "maxPositionEmbeddings"
  | "bosTokenId"
  | "eosTokenIds"
>;

/** How one architecture's config.json is read and written. */
export interface Family {
  modelType: string;
  /** What transformers takes where the file has no such field. Without `headDim`: hiddenSize / heads. */
  defaults: { maxPositionEmbeddings: number; tieWordEmbeddings: boolean; headDim?: number };
  /** Throws through `refuse` on what is not supported. */
  read(file: ConfigFile, refuse: Refuse): Traits;
  /** The fields that other families do not have, or have otherwise. */
  write(config: ModelConfig): Record<string, unknown>;
}

/** transformers' window where a file of a family with sliding layers has none. */
const defaultWindow = 4096;
const geluTanh = "gelu_pytorch_tanh";
const noBiases = { queryKeyValueBias: false, outputBias: false, mlpBias: false };

const attentionBiases = (on: boolean): Pick<Traits, "queryKeyValueBias" | "outputBias"> => ({
  queryKeyValueBias: on,
  outputBias: on,
});

function expectActivation(
  file: ConfigFile,
  field: "hidden_act" | "hidden_activation",
  names: string[],
  refuse: Refuse,
) {
  const name = file[field] ?? names[0];
  if (name !== undefined && !names.includes(name))
    refuse(field, `"${name}" is not supported for this architecture, only "${names[0]}"`);
}

const llama: Family = {
  modelType: "llama",
  defaults: { maxPositionEmbeddings: 2048, tieWordEmbeddings: false },
  read: (file, refuse) => {
    expectActivation(file, "hidden_act", ["silu"], refuse);
    expectFullAttention(file, refuse);
    return { ...readRope(file, refuse), ...attentionBiases(file.attention_bias), mlpBias: file.mlp_bias };
  },
  write: ({ outputBias, mlpBias }) => ({ attention_bias: outputBias, mlp_bias: mlpBias }),
};

const mistral: Family = {
  modelType: "mistral",
  defaults: { maxPositionEmbeddings: 131_072, tieWordEmbeddings: false },
  read: (file, refuse) => {
    expectActivation(file, "hidden_act", ["silu"], refuse);
    if (file.layer_types) refuse("layer_types", "all layers of this architecture are alike; remove the field");
    const size = file.sliding_window === undefined ? defaultWindow : (file.sliding_window ?? undefined);
    const window = readSlidingWindow(file, size, () => size !== undefined, refuse);
    return { ...readRope(file, refuse), ...noBiases, ...window };
  },
  write: ({ slidingWindow }) => ({ sliding_window: slidingWindow?.size ?? null }),
};

const qwen2: Family = {
  modelType: "qwen2",
  defaults: { maxPositionEmbeddings: 32_768, tieWordEmbeddings: false },
  read: (file, refuse) => ({
    ...readQwen(file, refuse),
    queryKeyValueBias: true,
    outputBias: false,
    mlpBias: false,
  }),
  write: qwenWindow,
};

const qwen3: Family = {
  modelType: "qwen3",
  defaults: { maxPositionEmbeddings: 32_768, tieWordEmbeddings: false, headDim: 128 },
  read: (file, refuse) => ({
    ...readQwen(file, refuse),
    ...attentionBiases(file.attention_bias),
    mlpBias: false,
    queryKeyNorm: true,
  }),
  write: (config) => ({ attention_bias: config.outputBias, ...qwenWindow(config) }),
};

const gemma: Family = {
  modelType: "gemma",
  defaults: { maxPositionEmbeddings: 8192, tieWordEmbeddings: true, headDim: 256 },
  read: (file, refuse) => {
    // The first release says "gelu" and means the approximation.
    expectActivation(file, "hidden_act", [geluTanh, "gelu"], refuse);
    expectFullAttention(file, refuse);
    return { ...readRope(file, refuse), ...readGemma(file, refuse) };
  },
  write: ({ outputBias }) => ({ hidden_act: geluTanh, attention_bias: outputBias }),
};

const gemma2: Family = {
  modelType: "gemma2",
  defaults: { maxPositionEmbeddings: 8192, tieWordEmbeddings: true, headDim: 256 },
  read: (file, refuse) => {
    const [scores, logits] = [capOf(file.attn_logit_softcapping, 50), capOf(file.final_logit_softcapping, 30)];
    return {
      ...readRope(file, refuse),
      ...readNewerGemma(file, 2, refuse),
      ...(scores && { attentionCap: scores }),
      ...(logits && { logitCap: logits }),
    };
  },
  write: newerGemma,
};

const gemma3: Family = {
  modelType: "gemma3_text",
  defaults: { maxPositionEmbeddings: 131_072, tieWordEmbeddings: true, headDim: 256 },
  read: (file, refuse) => {
    if (file.attn_logit_softcapping != null)
      refuse("attn_logit_softcapping", "is not supported for this architecture, only null");
    const { localTheta, ...rope } = readLayeredRope(file, refuse);
    const { slidingWindow, ...traits } = readNewerGemma(file, file.sliding_window_pattern ?? 6, refuse);
    const logits = capOf(file.final_logit_softcapping, undefined);
    return {
      ...rope,
      ...traits,
      ...(slidingWindow && { slidingWindow: { ...slidingWindow, ropeTheta: localTheta } }),
      queryKeyNorm: true,
      ...(logits && { logitCap: logits }),
    };
  },
  write: newerGemma,
};

/** Every supported architecture, by the name that config.json has for it. */
export const families: Readonly<Record<Architecture, Family>> = {
  LlamaForCausalLM: llama,
  MistralForCausalLM: mistral,
  Qwen2ForCausalLM: qwen2,
  Qwen3ForCausalLM: qwen3,
  GemmaForCausalLM: gemma,
  Gemma2ForCausalLM: gemma2,
  Gemma3ForCausalLM: gemma3,
};

function expectFullAttention(file: ConfigFile, refuse: Refuse): void {
  if (file.sliding_window != null)
    refuse("sliding_window", "this architecture has no sliding window; remove the field, or check the architecture");
  readSlidingWindow(file, undefined, () => false, refuse);
}

/** Qwen2 and Qwen3: the layers from `max_window_layers` on slide, if sliding is in use at all. */
function readQwen(file: ConfigFile, refuse: Refuse): Pick<Traits, "ropeTheta" | "ropeScaling" | "slidingWindow"> {
  expectActivation(file, "hidden_act", ["silu"], refuse);
  const given = file.sliding_window === undefined ? defaultWindow : (file.sliding_window ?? undefined);
  const size = file.use_sliding_window ? given : undefined;
  const first = file.max_window_layers ?? 28;
  const window = readSlidingWindow(file, size, (layer) => size !== undefined && layer >= first, refuse);
  return { ...readRope(file, refuse), ...window };
}

function qwenWindow(config: ModelConfig): Record<string, unknown> {
  if (!config.slidingWindow) return {};
  return {
    use_sliding_window: true,
    sliding_window: config.slidingWindow.size,
    max_window_layers: config.slidingWindow.layers[0],
    layer_types: layerTypes(config),
  };
}

/** What all generations of Gemma share. */
function readGemma(file: ConfigFile, refuse: Refuse): Omit<Traits, "ropeTheta" | "ropeScaling"> {
  expectActivation(file, "hidden_activation", [geluTanh], refuse);
  if (file.use_bidirectional_attention)
    refuse("use_bidirectional_attention", "attention to later tokens is not supported; use a causal language model");
  return {
    ...attentionBiases(file.attention_bias),
    mlpBias: false,
    offsetNorms: true,
    scaledEmbeddings: true,
    activation: "geluTanh",
  };
}

/** Gemma 2 and 3: all layers slide but every `pattern`-th, unless `layer_types` says otherwise. */
function readNewerGemma(file: ConfigFile, pattern: number, refuse: Refuse): Omit<Traits, "ropeTheta" | "ropeScaling"> {
  const size = file.sliding_window === undefined ? defaultWindow : (file.sliding_window ?? undefined);
  return {
    ...readGemma(file, refuse),
    ...readSlidingWindow(file, size, (layer) => (layer + 1) % pattern !== 0, refuse),
    outputNorms: true,
    attentionScalar: file.query_pre_attn_scalar ?? 256,
  };
}

function newerGemma(config: ModelConfig): Record<string, unknown> {
  return {
    hidden_act: geluTanh,
    hidden_activation: geluTanh,
    attention_bias: config.outputBias,
    query_pre_attn_scalar: config.attentionScalar,
    sliding_window: config.slidingWindow?.size ?? defaultWindow,
    layer_types: layerTypes(config),
    attn_logit_softcapping: config.attentionCap ?? null,
    final_logit_softcapping: config.logitCap ?? null,
  };
}

/** transformers' default where the field is absent; none where it is null. */
const capOf = (given: number | null | undefined, absent: number | undefined): number | undefined =>
  given === undefined ? absent : (given ?? undefined);
