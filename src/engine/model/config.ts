import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../util/errors.ts";
import { parseJsonObject, readOptionalText, readText, writeAtomically } from "./files.ts";

const architectures = ["LlamaForCausalLM", "Qwen2ForCausalLM"] as const;
type Architecture = (typeof architectures)[number];
const architectureOf: Record<string, Architecture> = { llama: "LlamaForCausalLM", qwen2: "Qwen2ForCausalLM" };

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
  /** The head is the embedding: there is no `lm_head.weight`. */
  tieWordEmbeddings: boolean;
  /** Biases of q_proj, k_proj and v_proj (Qwen2 always; Llama with `attention_bias`). */
  queryKeyValueBias: boolean;
  /** Bias of o_proj (Llama with `attention_bias`). */
  outputBias: boolean;
  mlpBias: boolean;
  maxPositionEmbeddings: number;
  bosTokenId?: number;
  /** Tokens that end a reply; from config.json and generation_config.json. */
  eosTokenIds: number[];
}

const count = z.int().min(1);
const tokenIds = z.union([z.int().min(0), z.array(z.int().min(0))]).nullish();
const rope = z.looseObject({ rope_type: z.string().optional(), type: z.string().optional() }).nullish();

/** The fields of a Hugging Face config.json that decide what is computed; defaults are those of transformers. */
const fileSchema = z.looseObject({
  architectures: z.array(z.string()).min(1).nullish(),
  model_type: z.string().optional(),
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  intermediate_size: count,
  rms_norm_eps: z.number().positive().default(1e-6),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: rope,
  rope_parameters: rope,
  partial_rotary_factor: z.number().nullish(),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  max_position_embeddings: count.optional(),
  hidden_act: z.string().default("silu"),
  use_sliding_window: z.boolean().nullish(),
  sliding_window: z.number().nullish(),
  layer_types: z.array(z.string()).nullish(),
  quantization_config: z.unknown().optional(),
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
});

type ConfigFile = z.infer<typeof fileSchema>;

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
  const parsed = fileSchema.safeParse(fields);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new UserError(`${where}: ${issues.join("; ")}`);
  }
  const file = parsed.data;
  const architecture = supportedArchitecture(file, where);
  refuseUnsupported(file, architecture, where);
  const isQwen2 = architecture === "Qwen2ForCausalLM";
  const bos = toList(file.bos_token_id)[0];
  const config: ModelConfig = {
    architecture,
    vocabSize: file.vocab_size,
    hiddenSize: file.hidden_size,
    layers: file.num_hidden_layers,
    heads: file.num_attention_heads,
    keyValueHeads: file.num_key_value_heads ?? file.num_attention_heads,
    headDim: file.head_dim ?? file.hidden_size / file.num_attention_heads,
    intermediateSize: file.intermediate_size,
    rmsNormEps: file.rms_norm_eps,
    ropeTheta: ropeTheta(file, where),
    tieWordEmbeddings: file.tie_word_embeddings,
    queryKeyValueBias: isQwen2 || file.attention_bias,
    outputBias: !isQwen2 && file.attention_bias,
    mlpBias: !isQwen2 && file.mlp_bias,
    maxPositionEmbeddings: file.max_position_embeddings ?? (isQwen2 ? 32768 : 2048),
    ...(bos === undefined ? {} : { bosTokenId: bos }),
    eosTokenIds: toList(file.eos_token_id),
  };
  checkSizes(config, where);
  return config;
}

/** The fields of a Hugging Face config.json, which transformers 4 and 5 read. */
export function configFields(config: ModelConfig): Record<string, unknown> {
  const isQwen2 = config.architecture === "Qwen2ForCausalLM";
  return {
    architectures: [config.architecture],
    model_type: isQwen2 ? "qwen2" : "llama",
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headDim,
    intermediate_size: config.intermediateSize,
    hidden_act: "silu",
    rms_norm_eps: config.rmsNormEps,
    rope_theta: config.ropeTheta,
    max_position_embeddings: config.maxPositionEmbeddings,
    tie_word_embeddings: config.tieWordEmbeddings,
    ...(isQwen2 ? {} : { attention_bias: config.outputBias, mlp_bias: config.mlpBias }),
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenIds.length > 1 ? config.eosTokenIds : (config.eosTokenIds[0] ?? null),
    dtype: "float32",
  };
}

/** Writes config.json. @throws UserError when the folder cannot be written */
export async function writeConfig(folder: string, config: ModelConfig): Promise<void> {
  await writeAtomically(join(folder, "config.json"), `${JSON.stringify(configFields(config), null, 2)}\n`);
}

function supportedArchitecture(file: ConfigFile, where: string): Architecture {
  const name = file.architectures?.[0] ?? architectureOf[file.model_type ?? ""] ?? file.model_type;
  const found = architectures.find((supported) => supported === name);
  if (found !== undefined) return found;
  throw new UserError(
    `${where}: architecture ${name ?? "(none given)"} is not supported; use ${architectures.join(" or ")}`,
  );
}

function refuseUnsupported(file: ConfigFile, architecture: Architecture, where: string): void {
  const refuse = (field: string, reason: string): never => {
    throw new UserError(`${where}: ${field}: ${reason}`);
  };
  if (file.hidden_act !== "silu") refuse("hidden_act", `"${file.hidden_act}" is not supported, only "silu"`);
  if (file.quantization_config != null)
    refuse("quantization_config", "quantized weights are not supported; use the float model");
  const windowed = architecture === "LlamaForCausalLM" ? file.sliding_window != null : file.use_sliding_window === true;
  if (windowed) refuse("sliding_window", "attention with a sliding window is not supported");
  const layerType = file.layer_types?.find((type) => type !== "full_attention");
  if (layerType !== undefined) refuse("layer_types", `"${layerType}" is not supported, only "full_attention"`);
  if ((file.partial_rotary_factor ?? 1) !== 1) refuse("partial_rotary_factor", "only 1 is supported");
  for (const field of ["rope_scaling", "rope_parameters"] as const) {
    const kind = file[field]?.rope_type ?? file[field]?.type ?? "default";
    if (kind !== "default") refuse(field, `rotary scaling of type "${kind}" is not supported`);
    const factor = file[field]?.partial_rotary_factor ?? 1;
    if (factor !== 1) refuse(`${field}.partial_rotary_factor`, "only 1 is supported");
  }
}

/** transformers 4 has `rope_theta` at the top, 5 has it in `rope_parameters`. */
function ropeTheta(file: ConfigFile, where: string): number {
  const theta = file.rope_parameters?.rope_theta ?? file.rope_theta ?? 10000;
  if (typeof theta === "number" && theta > 0) return theta;
  throw new UserError(`${where}: rope_parameters.rope_theta: expected a positive number, got ${JSON.stringify(theta)}`);
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
