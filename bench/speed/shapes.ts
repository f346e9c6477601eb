import { type ModelConfig, parseConfig } from "../../src/engine/model/config.ts";
import { random } from "../../src/util/random.ts";

/** How often a side is measured. */
export interface Plan {
  /** Processes of each side; the sides take turns. */
  rounds: number;
  /** Steps at the start of a process that are not counted. */
  warmUp: number;
  measured: number;
}

/** A model's sizes, and what is measured on it. */
export interface Shape {
  config: ModelConfig;
  training: {
    /** Rows per step. */
    batch: number;
    /** Tokens per row; the last third carries loss. */
    seq: number;
    plan: Plan;
  };
  sampling: { batch: number; promptTokens: number; newTokens: number; plan: Plan };
}

const llama = (fields: Partial<Record<string, number>>): ModelConfig =>
  parseConfig(
    { architectures: ["LlamaForCausalLM"], tie_word_embeddings: true, max_position_embeddings: 512, ...fields },
    "bench/speed/shapes.ts",
  );

const small = { rounds: 3, warmUp: 3, measured: 12 };
const smallSampling = { rounds: 3, warmUp: 1, measured: 3 };
const large = { rounds: 2, warmUp: 1, measured: 1 };

/** `tiny`: the embedded model; `micro`: somewhat larger, with longer rows; `smollm`: SmolLM2-135M. */
export const shapes = {
  tiny: {
    config: llama({
      vocab_size: 570,
      hidden_size: 128,
      num_hidden_layers: 4,
      num_attention_heads: 4,
      intermediate_size: 352,
    }),
    training: { batch: 32, seq: 40, plan: small },
    sampling: { batch: 64, promptTokens: 24, newTokens: 40, plan: smallSampling },
  },
  micro: {
    config: llama({
      vocab_size: 512,
      hidden_size: 192,
      num_hidden_layers: 4,
      num_attention_heads: 6,
      intermediate_size: 512,
    }),
    training: { batch: 32, seq: 96, plan: small },
    sampling: { batch: 64, promptTokens: 24, newTokens: 40, plan: smallSampling },
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
    training: { batch: 4, seq: 256, plan: large },
    sampling: { batch: 64, promptTokens: 24, newTokens: 24, plan: large },
  },
} satisfies Record<string, Shape>;

export type ShapeName = keyof typeof shapes;

/** Random token ids, [rows][length]. */
export function randomTokens(config: ModelConfig, rows: number, length: number): number[][] {
  const stream = random("bench tokens");
  return Array.from({ length: rows }, () => Array.from({ length }, () => stream.integer(0, config.vocabSize - 1)));
}
