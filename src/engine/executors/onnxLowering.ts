import type { Graph, Node, Value } from "../graph/graph.ts";
import type { OperatorName } from "../graph/operators.ts";
import { foldAdditions } from "./foldAdditions.ts";
import { bytesOf } from "./onnxBuilder.ts";
import { encodeOnnxModel, type OnnxAttribute } from "./onnxModel.ts";
import { inNames, type Lowering, type Lowerings, OnnxWriter, outNames } from "./onnxWriter.ts";
import { webgpuLowerings } from "./webgpuLowerings.ts";

/** The execution provider that an ONNX file is written for. */
export type Dialect = "cpu" | "webgpu";

/**
 * Writes a graph as an ONNX file. Ints are int32 outside and become int64 where an operator wants them.
 * ONNX Runtime's own operators (`com.microsoft`) stand where they are faster than a composition.
 */
export function lowerToOnnx(graph: Graph, dialect: Dialect = "cpu"): Uint8Array {
  const writer = new OnnxWriter(graph);
  const lowerings = dialects[dialect];
  for (const [name, value] of graph.inputs) writer.declareInput(name, value);
  for (const [value, data] of graph.constants) {
    writer.initializer(writer.nameOf(value), { type: "float", shape: value.shape, bytes: bytesOf(data) });
  }
  const { folded, skipped } = foldAdditions(graph);
  for (const node of graph.nodes) {
    if (skipped.has(node)) continue;
    const addend = folded.get(node);
    if (addend) writer.gemm(addend.product, addend.base, node.outputs[0] as Value);
    else (lowerings[node.operator] as Lowering<OperatorName>)(writer, node);
  }
  for (const [name, value] of graph.outputs) writer.declareOutput(name, value);
  return encodeOnnxModel(writer.graph);
}

const direct =
  (operator: string, attributes: Record<string, OnnxAttribute> = {}) =>
  (writer: OnnxWriter, node: Node): void => {
    writer.node(operator, inNames(writer, node), outNames(writer, node), attributes);
  };

const microsoft = "com.microsoft";

const cpuLowerings: Lowerings = {
  add: direct("Add"),
  subtract: direct("Sub"),
  multiply: direct("Mul"),
  scale: (writer, node) => {
    writer.node("Mul", [...inNames(writer, node), writer.scalar(node.attributes.factor)], outNames(writer, node));
  },
  matmul: (writer, node) => {
    if (node.inputs.every(({ shape }) => shape.length === 2))
      return writer.gemm(node, undefined, node.outputs[0] as Value);
    const { transposeA, transposeB, alpha } = node.attributes;
    const attributes = { transA: Number(transposeA), transB: Number(transposeB), alpha: { float: alpha } };
    writer.node("FusedMatMul", inNames(writer, node), outNames(writer, node), attributes, microsoft);
  },
  reshape: (writer, node) => {
    writer.node("Reshape", [...inNames(writer, node), writer.ints(node.attributes.shape)], outNames(writer, node));
  },
  transpose: (writer, node) => {
    writer.node("Transpose", inNames(writer, node), outNames(writer, node), { perm: node.attributes.permutation });
  },
  sum: (writer, node) => {
    const { axes, keep } = node.attributes;
    writer.node("ReduceSum", [...inNames(writer, node), writer.ints(axes)], outNames(writer, node), {
      keepdims: Number(keep),
    });
  },
  concat: (writer, node) => {
    writer.node("Concat", inNames(writer, node), outNames(writer, node), { axis: node.attributes.axis });
  },
  slice: (writer, node) => {
    const { axis, start, end } = node.attributes;
    const bounds = [[start], [end], [axis]].map((numbers) => writer.ints(numbers));
    writer.node("Slice", [...inNames(writer, node), ...bounds], outNames(writer, node));
  },
  gatherRows: direct("Gather", { axis: 0 }),
  scatterAddRows: (writer, node) => {
    const [values, index] = node.inputs as [Value, Value];
    const shape = [node.attributes.rows, values.shape[1] as number];
    const zero = { type: "float" as const, shape: [1], bytes: bytesOf(new Float32Array(1)) };
    const zeros = writer.node("ConstantOfShape", [writer.ints(shape)], undefined, { value: { tensor: zero } });
    const column = writer.node("Reshape", [writer.nameOf(index), writer.ints([-1, 1])]);
    const cells = writer.node("Expand", [column, writer.ints(values.shape)]);
    // ScatterND would be faster, but with several threads it adds repeated rows in any order.
    scatterAdd(writer, "ScatterElements", [zeros, cells, writer.nameOf(values)], node, { axis: 0 });
  },
  rmsNorm: (writer, node) => {
    const attributes = { axis: -1, epsilon: { float: node.attributes.epsilon }, stash_type: 1 };
    writer.node("SimplifiedLayerNormalization", inNames(writer, node), outNames(writer, node), attributes);
  },
  sigmoid: direct("Sigmoid"),
  tanh: direct("Tanh"),
  softmax: direct("Softmax", { axis: -1 }),
  rope: (writer, node) => {
    const [x, positions, cos, sin] = node.inputs as [Value, Value, Value, Value];
    const [rows, width] = x.shape as [number, number];
    const wide3 = writer.node("Reshape", [writer.nameOf(x), writer.ints([rows, 1, width])]);
    const at = writer.node("Reshape", [writer.wide(positions), writer.ints([rows, 1])]);
    const sine = node.attributes.inverse ? writer.node("Neg", [writer.nameOf(sin)]) : writer.nameOf(sin);
    const turned = writer.node(
      "RotaryEmbedding",
      [wide3, at, writer.nameOf(cos), sine],
      undefined,
      { interleaved: 0 },
      microsoft,
    );
    writer.node("Reshape", [turned, writer.ints([rows, width])], outNames(writer, node));
  },
  tokenLogProb: (writer, node) => {
    const [logits, targets] = inNames(writer, node) as [string, string];
    const [logProb, probabilities] = outNames(writer, node) as [string, string];
    const all = writer.node("LogSoftmax", [logits], undefined, { axis: -1 });
    const column = writer.node("Reshape", [targets, writer.ints([-1, 1])]);
    writer.node("GatherElements", [all, column], [logProb], { axis: 1 });
    writer.node("Exp", [all], [probabilities]);
  },
  oneHotMinus: (writer, node) => {
    const [probabilities, targets] = node.inputs as [Value, Value];
    const column = writer.node("Reshape", [writer.nameOf(targets), writer.ints([-1, 1])]);
    const ones = writer.initializer(`ones:${targets.shape}`, {
      type: "float",
      shape: [targets.shape[0] as number, 1],
      bytes: bytesOf(new Float32Array(targets.shape[0] as number).fill(1)),
    });
    const negative = writer.node("Neg", [writer.nameOf(probabilities)]);
    scatterAdd(writer, "ScatterElements", [negative, column, ones], node, { axis: 1 });
  },
  causalSegmentMask: (writer, node) => {
    const [batch, seq] = (node.inputs[0] as Value).shape as [number, number];
    const segments = writer.nameOf(node.inputs[0] as Value);
    const asQuery = writer.node("Reshape", [segments, writer.ints([batch, 1, seq, 1])]);
    const asKey = writer.node("Reshape", [segments, writer.ints([batch, 1, 1, seq])]);
    const { window = seq } = node.attributes;
    const past = Uint8Array.from({ length: seq * seq }, (_, i) => {
      const distance = Math.floor(i / seq) - (i % seq);
      return Number(distance >= 0 && distance < window);
    });
    const name = window < seq ? `causal:${seq}:${window}` : `causal:${seq}`;
    const causal = writer.initializer(name, { type: "bool", shape: [seq, seq], bytes: past });
    const allowed = writer.node("And", [writer.node("Equal", [asQuery, asKey]), causal]);
    writer.node("Where", [allowed, writer.scalar(0), writer.scalar(-1e9)], outNames(writer, node));
  },
};

const dialects: Record<Dialect, Lowerings> = {
  cpu: cpuLowerings,
  webgpu: { ...cpuLowerings, ...webgpuLowerings },
};

/** Scatter with `reduction = "add"`: the one string attribute that we need. */
function scatterAdd(
  writer: OnnxWriter,
  operator: string,
  inputs: string[],
  node: Node,
  attributes: Record<string, OnnxAttribute> = {},
): void {
  writer.node(operator, inputs, outNames(writer, node), { ...attributes, reduction: { text: "add" } });
}
