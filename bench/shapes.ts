import { type ModelConfig, parseConfig } from "../src/engine/model/config.ts";
import { random } from "../src/util/random.ts";

/** A model shape and a batch to measure. */
export interface Shape {
  config: ModelConfig;
  /** Rows per training step. */
  batch: number;
  /** Tokens per row; the last third carries loss. */
  seq: number;
}

const llama = (fields: Partial<Record<string, number>>): ModelConfig =>
  parseConfig(
    { architectures: ["LlamaForCausalLM"], tie_word_embeddings: true, max_position_embeddings: 512, ...fields },
    "bench/shapes.ts",
  );

/** `tiny`: the embedded model's shape; `micro`: somewhat larger, with longer rows; `smollm`: SmolLM2-135M's. */
export const shapes: Readonly<Record<string, Shape>> = {
  tiny: {
    config: llama({
      vocab_size: 570,
      hidden_size: 128,
      num_hidden_layers: 4,
      num_attention_heads: 4,
      intermediate_size: 352,
    }),
    batch: 32,
    seq: 40,
  },
  micro: {
    config: llama({
      vocab_size: 512,
      hidden_size: 192,
      num_hidden_layers: 4,
      num_attention_heads: 6,
      intermediate_size: 512,
    }),
    batch: 32,
    seq: 96,
  },
  smollm: {
    config: llama({
      vocab_size: 49_152,
      hidden_size: 576,
      num_hidden_layers: 30,
      num_attention_heads: 9,
      num_key_value_heads: 3,
      intermediate_size: 1536,
      rope_theta: 100_000,
      rms_norm_eps: 1e-5,
    }),
    batch: 4,
    seq: 256,
  },
};

/** Random token ids, [rows][length]. */
export function randomTokens(config: ModelConfig, rows: number, length: number): number[][] {
  const stream = random("bench tokens");
  return Array.from({ length: rows }, () => Array.from({ length }, () => stream.integer(0, config.vocabSize - 1)));
}
