import { join } from "node:path";
import { UserError } from "../../util/errors.ts";
import { type ConfigFile, parseConfigFile, type Refuse, tokenIds } from "./configFile.ts";
import { families } from "./families.ts";
import { parseJsonObject, readOptionalText, readText, writeAtomically } from "./files.ts";
import { type RopeScaling, ropeFields } from "./rope.ts";
import type { SlidingWindow } from "./slidingWindow.ts";
import { type Dtype, dtypesByName } from "./tensorDtypes.ts";

const architectures = [
  "LlamaForCausalLM",
  "MistralForCausalLM",
  "Qwen2ForCausalLM",
  "Qwen3ForCausalLM",
  "GemmaForCausalLM",
  "Gemma2ForCausalLM",
  "Gemma3ForCausalLM",
] as const;
export type Architecture = (typeof architectures)[number];

/** Sizes and constants of a decoder, as the engine needs them. Counts are in elements. */
export interface ModelConfig {
  architecture: Architecture;
  vocabSize: number;
  hiddenSize: number;
  layers: number;
  heads: number;
  /** Heads of keys and values; fewer than `heads` is grouped-query attention. */
  keyValueHeads: number;
  headDim: number;
  intermediateSize: number;
  rmsNormEps: number;
  ropeTheta: number;
  /** @default the frequencies that `ropeTheta` gives */
  ropeScaling?: RopeScaling;
  /** @default all layers see everything before them */
  slidingWindow?: SlidingWindow;
  /** The head is the embedding: there is no `lm_head.weight`. */
  tieWordEmbeddings: boolean;
  /** Biases of q_proj, k_proj and v_proj (Qwen2 always; others with `attention_bias`). */
  queryKeyValueBias: boolean;
  /** Bias of o_proj (with `attention_bias`). */
  outputBias: boolean;
  mlpBias: boolean;
  /** Every head's query and key pass an RMS norm before the rotary embedding (Qwen3, Gemma 3). */
  queryKeyNorm?: true;
  /** Attention scores are divided by its square root. @default headDim */
  attentionScalar?: number;
  /** Attention scores become cap * tanh(score / cap) (Gemma 2). @default no cap */
  attentionCap?: number;
  /** The logits' cap, likewise. @default no cap */
  logitCap?: number;
  /** Norms multiply by 1 + weight (Gemma). */
  offsetNorms?: true;
  /** What attention and feed-forward add to the residual stream passes a norm too (Gemma 2 and 3). */
  outputNorms?: true;
  /** Embeddings are multiplied by sqrt(hiddenSize) (Gemma). */
  scaledEmbeddings?: true;
  /** Of the feed-forward's gate. @default SiLU */
  activation?: "geluTanh";
  maxPositionEmbeddings: number;
  bosTokenId?: number;
  /** Tokens that end a reply; from config.json and generation_config.json. */
  eosTokenIds: number[];
}

/**
 * Reads config.json (and the end-of-turn tokens of generation_config.json) of a Hugging Face model folder.
 *
 * @throws UserError naming the file and the field when something is missing, malformed or not supported
 */
export async function readConfig(folder: string): Promise<ModelConfig> {
  const path = join(folder, "config.json");
  const config = parseConfig(parseJsonObject(await readText(path), path), path);
  const generationPath = join(folder, "generation_config.json");
  const generationText = await readOptionalText(generationPath);
  if (generationText === undefined) return config;
  const eos = tokenIds.safeParse(parseJsonObject(generationText, generationPath).eos_token_id);
  if (!eos.success) throw new UserError(`${generationPath}: eos_token_id: expected a token id or a list of them`);
  return { ...config, eosTokenIds: [...new Set([...config.eosTokenIds, ...toList(eos.data)])] };
}

/** Validates the content of a Hugging Face config.json; `where` names it in errors. @throws UserError */
export function parseConfig(fields: Record<string, unknown>, where: string): ModelConfig {
  const file = parseConfigFile(fields, where);
  const refuse: Refuse = (field, reason) => {
    throw new UserError(`${where}: ${field}: ${reason}`);
  };
  const architecture = supportedArchitecture(file, where);
  const { defaults, read } = families[architecture];
  if (file.quantization_config != null)
    refuse("quantization_config", "quantized weights are not supported; use the float model");
  if ((file.partial_rotary_factor ?? 1) !== 1) refuse("partial_rotary_factor", "only 1 is supported");
  const bos = toList(file.bos_token_id)[0];
  const config: ModelConfig = {
    architecture,
    vocabSize: file.vocab_size,
    hiddenSize: file.hidden_size,
    layers: file.num_hidden_layers,
    heads: file.num_attention_heads,
    keyValueHeads: file.num_key_value_heads ?? file.num_attention_heads,
    headDim: file.head_dim ?? defaults.headDim ?? file.hidden_size / file.num_attention_heads,
    intermediateSize: file.intermediate_size,
    rmsNormEps: file.rms_norm_eps,
    tieWordEmbeddings: file.tie_word_embeddings ?? defaults.tieWordEmbeddings,
    ...read(file, refuse),
    maxPositionEmbeddings: file.max_position_embeddings ?? defaults.maxPositionEmbeddings,
    ...(bos === undefined ? {} : { bosTokenId: bos }),
    eosTokenIds: toList(file.eos_token_id),
  };
  checkSizes(config, where);
  return config;
}

/** The fields of a Hugging Face config.json, which transformers 4 and 5 read. */
export function configFields(config: ModelConfig): Record<string, unknown> {
  const { modelType, write } = families[config.architecture];
  return {
    architectures: [config.architecture],
    model_type: modelType,
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headDim,
    intermediate_size: config.intermediateSize,
    hidden_act: "silu",
    rms_norm_eps: config.rmsNormEps,
    ...ropeFields(config),
    max_position_embeddings: config.maxPositionEmbeddings,
    tie_word_embeddings: config.tieWordEmbeddings,
    ...write(config),
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenIds.length > 1 ? config.eosTokenIds : (config.eosTokenIds[0] ?? null),
    dtype: "float32",
  };
}

/** Numbers that transformers 5 takes only with a decimal point, which JSON.stringify leaves out of whole ones. */
const wholeCap = /("(?:attn|final)_logit_softcapping": \d+)(?=,?$)/gm;

/** Writes config.json; `dtype` is the weights' format. @throws UserError when the folder cannot be written */
export async function writeConfig(folder: string, config: ModelConfig, dtype: Dtype = "F32"): Promise<void> {
  const name = Object.entries(dtypesByName).find(([, other]) => other === dtype)?.[0];
  const text = JSON.stringify({ ...configFields(config), dtype: name }, null, 2).replace(wholeCap, "$1.0");
  await writeAtomically(join(folder, "config.json"), `${text}\n`);
}

function supportedArchitecture(file: ConfigFile, where: string): Architecture {
  const byType = architectures.find((name) => families[name].modelType === file.model_type);
  const name = file.architectures?.[0] ?? byType ?? file.model_type;
  const found = architectures.find((supported) => supported === name);
  if (found !== undefined) return found;
  throw new UserError(
    `${where}: architecture ${name ?? "(none given)"} is not supported; use one of ${architectures.join(", ")}`,
  );
}

function checkSizes({ heads, keyValueHeads, headDim, vocabSize, ...config }: ModelConfig, where: string): void {
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) {
    throw new UserError(
      `${where}: head_dim (hidden_size / num_attention_heads unless given): expected an even integer, got ${headDim}`,
    );
  }
  if (heads % keyValueHeads !== 0) {
    throw new UserError(
      `${where}: num_attention_heads (${heads}) must be a multiple of num_key_value_heads (${keyValueHeads})`,
    );
  }
  const outside = config.eosTokenIds.find((id) => id >= vocabSize);
  if (outside !== undefined)
    throw new UserError(`${where}: eos_token_id ${outside} lies outside the vocabulary of ${vocabSize}`);
}

const toList = (ids: number | number[] | null | undefined): number[] => (ids == null ? [] : [ids].flat());
