import { bytesOf, OnnxBuilder } from "../executors/onnxBuilder.ts";
import type { OnnxGraph } from "../executors/onnxModel.ts";
import type { ModelConfig } from "../model/config.ts";
import { embeddingName, finalNormName, headName, type Weight, type Weights } from "../model/parameters.ts";
import { type ExportedAttention, exportedAttention, softCap } from "./onnxAttention.ts";

/** A graph under construction, and the model that it computes. */
interface Export {
  builder: OnnxBuilder;
  config: ModelConfig;
  weights: Weights;
}

/**
 * The decoder as an ONNX graph for text generation with a key-value cache, in the form that Hugging Face's libraries
 * run. Sizes called batch, sequence, past and total (= past + sequence) are given anew by each run.
 *
 * Inputs: int64 `input_ids` and `position_ids` [batch, sequence], int64 `attention_mask` [batch, total] (0: padding),
 * `past_key_values.N.key` and `.value` [batch, keyValueHeads, past, headDim]. Outputs: `logits` [batch, sequence,
 * vocabulary], `present.N.key` and `.value` [batch, keyValueHeads, total, headDim].
 *
 * Only operators of the ONNX standard (opset 18). Weights are initializers on the memory of `weights`.
 */
export function onnxDecoder(config: ModelConfig, weights: Weights): OnnxGraph {
  const builder = new OnnxBuilder();
  const exported: Export = { builder, config, weights };
  for (const name of ["input_ids", "position_ids"])
    builder.graph.inputs.push({ name, type: "int64", shape: ["batch", "sequence"] });
  builder.graph.inputs.push({ name: "attention_mask", type: "int64", shape: ["batch", "total"] });
  builder.graph.outputs.push({ name: "logits", type: "float", shape: ["batch", "sequence", config.vocabSize] });

  const attention = exportedAttention(builder, config);
  const embedding = parameter(exported, embeddingName);
  const rows = builder.node("Reshape", [builder.node("Gather", [embedding, "input_ids"]), shapeOfRows(exported)]);
  let x = config.scaledEmbeddings ? builder.node("Mul", [rows, builder.scalar(Math.sqrt(config.hiddenSize))]) : rows;
  for (let layer = 0; layer < config.layers; layer++) x = decoderLayer(exported, attention, layer, x);
  writeLogits(exported, embedding, rmsNorm(exported, x, finalNormName));
  return builder.graph;
}

const shapeOfRows = ({ builder, config }: Export): string => builder.ints([-1, config.hiddenSize]);

function decoderLayer(exported: Export, attention: ExportedAttention, layer: number, x: string): string {
  const { builder, config } = exported;
  const prefix = `model.layers.${layer}`;
  const map = (input: string, module: string): string => linear(exported, input, `${prefix}.${module}`);
  const norm = (input: string, name: string): string => rmsNorm(exported, input, `${prefix}.${name}.weight`);
  const headNorm = (heads: string, name: string): string =>
    config.queryKeyNorm ? norm(heads, `self_attn.${name}`) : heads;
  const outputNorm = (output: string, name: string): string => (config.outputNorms ? norm(output, name) : output);

  const attended = norm(x, "input_layernorm");
  const { heads, keyValueHeads } = config;
  const query = headNorm(attention.split(map(attended, "self_attn.q_proj"), heads), "q_norm");
  const key = headNorm(attention.split(map(attended, "self_attn.k_proj"), keyValueHeads), "k_norm");
  const value = attention.split(map(attended, "self_attn.v_proj"), keyValueHeads);
  const mixed = map(attention.mix(layer, query, key, value), "self_attn.o_proj");
  const between = builder.node("Add", [x, outputNorm(mixed, "post_attention_layernorm")]);

  const fed = norm(between, config.outputNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm");
  const gate = activate(exported, map(fed, "mlp.gate_proj"));
  const down = map(builder.node("Mul", [gate, map(fed, "mlp.up_proj")]), "mlp.down_proj");
  return builder.node("Add", [between, outputNorm(down, "post_feedforward_layernorm")]);
}

function writeLogits({ builder, config, weights }: Export, embedding: string, hidden: string): void {
  const head = config.tieWordEmbeddings ? embedding : parameter({ builder, config, weights }, headName);
  const rows = builder.node("Gemm", [hidden, head], undefined, { transB: 1 });
  const capped = softCap(builder, rows, config.logitCap);
  const shape = builder.node(
    "Concat",
    [builder.node("Shape", ["input_ids"]), builder.ints([config.vocabSize])],
    undefined,
    { axis: 0 },
  );
  builder.node("Reshape", [capped, shape], ["logits"]);
}

/** x @ W^T + bias for rows [n, in]; W keeps its [out, in] of Hugging Face. */
function linear(exported: Export, x: string, module: string): string {
  const bias = exported.weights.has(`${module}.bias`) ? [parameter(exported, `${module}.bias`)] : [];
  const operands = [x, parameter(exported, `${module}.weight`), ...bias];
  return exported.builder.node("Gemm", operands, undefined, { transB: 1 });
}

/** x / sqrt(mean(x^2) + eps) * weight over the last axis, in the form that ONNX Runtime fuses. */
function rmsNorm(exported: Export, x: string, name: string): string {
  const { builder, config } = exported;
  const square = builder.node("Pow", [x, builder.scalar(2)]);
  const mean = builder.node("ReduceMean", [square, builder.ints([-1])], undefined, { keepdims: 1 });
  const root = builder.node("Sqrt", [builder.node("Add", [mean, builder.scalar(config.rmsNormEps)])]);
  return builder.node("Mul", [builder.node("Div", [x, root]), normWeight(exported, name)]);
}

/** Norms that are stored as offsets from 1 are written as what they multiply by. */
function normWeight(exported: Export, name: string): string {
  if (!exported.config.offsetNorms) return parameter(exported, name);
  const { shape, data } = exported.weights.get(name) as Weight;
  return exported.builder.initializer(`1 + ${name}`, {
    type: "float",
    shape,
    bytes: bytesOf(data.map((weight) => 1 + weight)),
  });
}

function parameter({ builder, weights }: Export, name: string): string {
  const { shape, data } = weights.get(name) as Weight;
  return builder.initializer(name, { type: "float", shape, bytes: bytesOf(data) });
}

/** SiLU, or GELU in its tanh form: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
function activate({ builder, config }: Export, x: string): string {
  if (config.activation === undefined) return builder.node("Mul", [x, builder.node("Sigmoid", [x])]);
  const cube = builder.node("Mul", [builder.node("Pow", [x, builder.scalar(3)]), builder.scalar(0.044715)]);
  const inner = builder.node("Mul", [builder.node("Add", [x, cube]), builder.scalar(Math.sqrt(2 / Math.PI))]);
  const bent = builder.node("Add", [builder.node("Tanh", [inner]), builder.scalar(1)]);
  return builder.node("Mul", [builder.node("Mul", [x, builder.scalar(0.5)]), bent]);
}
