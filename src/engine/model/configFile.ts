import { z } from "zod";
import { UserError } from "../../util/errors.ts";

const count = z.int().min(1);
const positive = z.number().positive();

/** Token ids as config.json and generation_config.json have them: none, one or several. */
export const tokenIds = z.union([z.int().min(0), z.array(z.int().min(0))]).nullish();

const rope = z.looseObject({
  rope_type: z.string().nullish(),
  type: z.string().nullish(),
  rope_theta: positive.nullish(),
  factor: positive.nullish(),
  low_freq_factor: positive.nullish(),
  high_freq_factor: positive.nullish(),
  original_max_position_embeddings: positive.nullish(),
  partial_rotary_factor: z.number().nullish(),
});

/** Rotary parameters, of all layers or (Gemma 3) by kind of layer. */
const layeredRope = rope.extend({ full_attention: rope.nullish(), sliding_attention: rope.nullish() });

/** The fields of a Hugging Face config.json that decide what is computed. */
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
  rms_norm_eps: positive.default(1e-6),
  rope_theta: positive.nullish(),
  rope_local_base_freq: positive.nullish(),
  rope_scaling: rope.nullish(),
  rope_parameters: layeredRope.nullish(),
  original_max_position_embeddings: positive.nullish(),
  partial_rotary_factor: z.number().nullish(),
  tie_word_embeddings: z.boolean().optional(),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  max_position_embeddings: count.optional(),
  hidden_act: z.string().nullish(),
  hidden_activation: z.string().nullish(),
  use_sliding_window: z.boolean().nullish(),
  sliding_window: count.nullish(),
  sliding_window_pattern: count.nullish(),
  max_window_layers: z.int().min(0).nullish(),
  layer_types: z.array(z.string()).nullish(),
  use_bidirectional_attention: z.boolean().nullish(),
  query_pre_attn_scalar: positive.nullish(),
  attn_logit_softcapping: positive.nullish(),
  final_logit_softcapping: positive.nullish(),
  quantization_config: z.unknown().optional(),
  bos_token_id: tokenIds,
  eos_token_id: tokenIds,
});

export type ConfigFile = z.infer<typeof fileSchema>;
export type RopeFields = z.infer<typeof rope>;

/** Throws a UserError that names the file, the field and what is wrong with it. */
export type Refuse = (field: string, reason: string) => never;

/** Checks the types of a config.json's fields; `where` names the file in errors. @throws UserError */
export function parseConfigFile(fields: Record<string, unknown>, where: string): ConfigFile {
  const parsed = fileSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new UserError(`${where}: ${issues.join("; ")}`);
}
