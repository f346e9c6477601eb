import type { Graph, Value } from "../graph/graph.ts";
import type { ModelConfig } from "./config.ts";
import { embeddingName, finalNormName, headName, parameterShapes } from "./parameters.ts";

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

/** Declares one graph input per parameter, under its Hugging Face name. */
export function declareParameters(graph: Graph, config: ModelConfig): Map<string, Value> {
  return new Map([...parameterShapes(config)].map(([name, shape]) => [name, graph.input(name, shape)]));
}

/**
 * The Llama decoder (RMSNorm, rotary embedding, grouped-query attention, SwiGLU) over any set of token rows.
 * How rows see each other is the business of `attention`, so whole sequences and cached decoding share it.
 *
 * @returns the last hidden states after the final norm, [n, hiddenSize]
 */
export function decoder(
  graph: Graph,
  config: ModelConfig,
  model: ModelValues,
  { tokenIds, positions, maxPositions, attention, select = (hidden) => hidden }: DecoderRows,
): Value {
  const parameter = (name: string): Value => model.parameters.get(name) as Value;
  const { cos, sin } = rotaryTables(graph, config, maxPositions);
  const rope = (x: Value): Value => graph.rope(x, positions, cos, sin);
  const norm = (x: Value, name: string): Value => graph.rmsNorm(x, parameter(name), config.rmsNormEps);
  let x = graph.gatherRows(parameter(embeddingName), tokenIds);
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    const linear = (input: Value, module: string): Value => linearMap(graph, model, input, `${prefix}.${module}`);
    const attended = norm(x, `${prefix}.input_layernorm.weight`);
    const query = rope(linear(attended, "self_attn.q_proj"));
    const key = rope(linear(attended, "self_attn.k_proj"));
    const value = linear(attended, "self_attn.v_proj");
    x = graph.add(x, linear(attention(layer, query, key, value), "self_attn.o_proj"));
    const fed = norm(x, `${prefix}.post_attention_layernorm.weight`);
    const gate = linear(fed, "mlp.gate_proj");
    const activated = graph.multiply(graph.multiply(gate, graph.sigmoid(gate)), linear(fed, "mlp.up_proj"));
    x = graph.add(x, linear(activated, "mlp.down_proj"));
  }
  return norm(select(x), finalNormName);
}

/** Logits [rows, vocabulary] of hidden states; a tied head is the embedding. */
export function logits(graph: Graph, model: ModelValues, hidden: Value): Value {
  const head = (model.parameters.get(headName) ?? model.parameters.get(embeddingName)) as Value;
  return graph.matmul(hidden, head, { transposeB: true });
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

/** cos and sin of position * theta^(-2 i / headDim), [maxPositions, headDim / 2]. */
function rotaryTables(graph: Graph, config: ModelConfig, maxPositions: number): { cos: Value; sin: Value } {
  const half = config.headDim / 2;
  const angle = (flat: number): number =>
    Math.floor(flat / half) * config.ropeTheta ** ((-2 * (flat % half)) / config.headDim);
  const table = (wave: (x: number) => number): Value =>
    graph.constant(
      Float32Array.from({ length: maxPositions * half }, (_, flat) => wave(angle(flat))),
      [maxPositions, half],
    );
  return { cos: table(Math.cos), sin: table(Math.sin) };
}
