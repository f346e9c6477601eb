import type { Graph, Value } from "../graph/graph.ts";
import { activate } from "./activation.ts";
import type { ModelConfig } from "./config.ts";
import { embeddingName, finalNormName, headName, parameterShapes } from "./parameters.ts";
import { rotaryEmbedding } from "./rotary.ts";
import { cappedProduct } from "./softCap.ts";

/** A low-rank update of one linear map: y += scaling * (x A^T) B^T, A [rank, in], B [out, rank]. */
export interface LowRank {
  a: Value;
  b: Value;
  scaling: number;
  /** Multiplied onto x before A: zeros and 1 / (1 - dropout). */
  dropoutMask?: Value;
}

/** The graph inputs that hold a model's weights, and the adapters on its linear maps by module name. */
export interface ModelValues {
  parameters: Map<string, Value>;
  adapters: Map<string, LowRank>;
}

/** Turns queries, keys and values [rows, heads * headDim] of one layer into the attention's output [rows, heads * headDim]. */
export type Attention = (layer: number, query: Value, key: Value, value: Value) => Value;

/** What a decoder reads, and how its rows see each other. */
export interface DecoderRows {
  /** int [rows] */
  tokenIds: Value;
  /** int [rows], below `maxPositions` */
  positions: Value;
  maxPositions: number;
  attention: Attention;
  /** Picks the rows [n, hiddenSize] of the last hidden states that are wanted. @default all */
  select?: (hidden: Value) => Value;
}

/** Declares one graph input per parameter, under its Hugging Face name; `frozen` where none of them is trained. */
export function declareParameters(graph: Graph, config: ModelConfig, frozen: boolean): Map<string, Value> {
  const shapes = [...parameterShapes(config)];
  if (frozen) for (const [name] of shapes) graph.frozen.add(name);
  return new Map(shapes.map(([name, shape]) => [name, graph.input(name, shape)]));
}

/**
 * The decoder of Llama and its relatives (RMS norms, rotary embedding, grouped-query attention, gated feed-forward) over
 * any set of token rows; the configuration says what a family adds. How rows see each other is the business of
 * `attention`, so whole sequences and cached decoding share it.
 *
 * @returns the last hidden states after the final norm, [n, hiddenSize]
 */
export function decoder(
  graph: Graph,
  config: ModelConfig,
  model: ModelValues,
  { tokenIds, positions, maxPositions, attention, select = (hidden) => hidden }: DecoderRows,
): Value {
  const rope = rotaryEmbedding(graph, config, positions, maxPositions);
  const norm = (x: Value, name: string): Value => rmsNorm(graph, config, x, model.parameters.get(name) as Value);
  const embedded = graph.gatherRows(model.parameters.get(embeddingName) as Value, tokenIds);
  let x = config.scaledEmbeddings ? graph.scale(embedded, Math.sqrt(config.hiddenSize)) : embedded;
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const linear = (input: Value, module: string): Value => linearMap(graph, model, input, `${prefix}.${module}`);
    const layerNorm = (input: Value, name: string): Value => norm(input, `${prefix}.${name}.weight`);
    const headNorm = (heads: Value, name: string): Value =>
      config.queryKeyNorm ? byHead(graph, config, heads, (each) => layerNorm(each, `self_attn.${name}`)) : heads;
    const outputNorm = (output: Value, name: string): Value => (config.outputNorms ? layerNorm(output, name) : output);

    const attended = layerNorm(x, "input_layernorm");
    const query = rope(layer, headNorm(linear(attended, "self_attn.q_proj"), "q_norm"));
    const key = rope(layer, headNorm(linear(attended, "self_attn.k_proj"), "k_norm"));
    const value = linear(attended, "self_attn.v_proj");
    const mixed = linear(attention(layer, query, key, value), "self_attn.o_proj");
    x = graph.add(x, outputNorm(mixed, "post_attention_layernorm"));

    const fed = layerNorm(x, config.outputNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm");
    const gate = activate(graph, config, linear(fed, "mlp.gate_proj"));
    const activated = graph.multiply(gate, linear(fed, "mlp.up_proj"));
    x = graph.add(x, outputNorm(linear(activated, "mlp.down_proj"), "post_feedforward_layernorm"));
  }
  return norm(select(x), finalNormName);
}

/** Logits [rows, vocabulary] of hidden states; a tied head is the embedding. */
export function logits(graph: Graph, config: ModelConfig, model: ModelValues, hidden: Value): Value {
  const head = (model.parameters.get(headName) ?? model.parameters.get(embeddingName)) as Value;
  return cappedProduct(graph, hidden, head, 1, config.logitCap);
}

/** x / rms(x) * weight over the last axis, or * (1 + weight) where norms are stored as offsets. */
function rmsNorm(graph: Graph, { rmsNormEps, offsetNorms }: ModelConfig, x: Value, weight: Value): Value {
  return graph.rmsNorm(x, offsetNorms ? graph.add(weight, graph.scalar(1)) : weight, rmsNormEps);
}

/** Does something to every head of [rows, heads * headDim] as a row of its own, [rows * heads, headDim]. */
function byHead(graph: Graph, { headDim }: ModelConfig, x: Value, change: (heads: Value) => Value): Value {
  const [rows, width] = x.shape as [number, number];
  return graph.reshape(change(graph.reshape(x, [(rows * width) / headDim, headDim])), [rows, width]);
}

function linearMap(graph: Graph, model: ModelValues, x: Value, module: string): Value {
  const weight = model.parameters.get(`${module}.weight`) as Value;
  const bias = model.parameters.get(`${module}.bias`);
  const product = graph.matmul(x, weight, { transposeB: true });
  const y = bias ? graph.add(product, bias) : product;
  const adapter = model.adapters.get(module);
  if (!adapter) return y;
  const input = adapter.dropoutMask ? graph.multiply(x, adapter.dropoutMask) : x;
  const low = graph.matmul(input, adapter.a, { transposeB: true });
  return graph.add(y, graph.matmul(low, adapter.b, { transposeB: true, alpha: adapter.scaling }));
}
