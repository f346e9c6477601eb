import { configFields, type ModelConfig, parseConfig } from "../src/engine/model/config.ts";
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
    }),
    batch: 4,
    seq: 256,
  },
};

/** The shape named on the command line. Ends the process when there is none of that name. */
export function chosenShape(): { name: string; shape: Shape } {
  const name = process.argv[2] ?? "tiny";
  const shape = shapes[name];
  if (shape) return { name, shape };
  console.error(`no shape "${name}"; choose one of ${Object.keys(shapes).join(", ")}`);
  process.exit(2);
}

/** Random token ids, [rows][length]. */
export function randomTokens(config: ModelConfig, rows: number, length: number): number[][] {
  const stream = random("bench tokens");
  return Array.from({ length: rows }, () => Array.from({ length }, () => stream.integer(0, config.vocabSize - 1)));
}

/** What the Python peers need to know of a model. */
export const peerConfig = (config: ModelConfig): Record<string, unknown> => ({ ...configFields(config), ...config });

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Processor time of this process so far, all its threads together. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
