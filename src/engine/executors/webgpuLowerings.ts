import type { Value } from "../graph/graph.ts";
import { sizeOf } from "../graph/operators.ts";
import { bytesOf } from "./onnxBuilder.ts";
import { inNames, type Lowerings, type OnnxWriter, outNames } from "./onnxWriter.ts";

/** Numbers of a one-hot matrix that are made at once: 4 MiB of float32. */
const mostOneHot = 2 ** 20;

/**
 * What ONNX Runtime's WebGPU provider needs otherwise than its CPU provider. FusedMatMul, LogSoftmax and the reshaping
 * of 64-bit ints would run on the CPU; SimplifiedLayerNormalization leaves its second output unwritten; scattering
 * adds through atomics, in any order, so that repeated rows would give other bits at every run.
 */
export const webgpuLowerings: Partial<Lowerings> = {
  matmul: (writer, node) => {
    const [a, b] = node.inputs as [Value, Value];
    const out = node.outputs[0] as Value;
    if (a.shape.length === 2 && b.shape.length === 2) return writer.gemm(node, undefined, out);
    const { transposeA, transposeB, alpha } = node.attributes;
    const operands = [turned(writer, a, transposeA), turned(writer, b, transposeB)];
    if (alpha !== 1) {
      const smaller = sizeOf(a.shape) <= sizeOf(b.shape) ? 0 : 1;
      operands[smaller] = writer.node("Mul", [operands[smaller] as string, writer.scalar(alpha)]);
    }
    writer.node("MatMul", operands, [writer.nameOf(out)]);
  },

  scatterAddRows: (writer, node) => {
    const [values, index] = node.inputs as [Value, Value];
    const { rows } = node.attributes;
    const n = index.shape[0] as number;
    const asRow = writer.node("Reshape", [writer.nameOf(index), writer.ints([1, n])]);
    const atOnce = Math.max(1, Math.floor(mostOneHot / n));
    const parts = Array.from({ length: Math.ceil(rows / atOnce) }, (_, part) => {
      const [start, end] = [part * atOnce, Math.min(rows, (part + 1) * atOnce)];
      const chosen = oneHot(writer, asRow, range(writer, start, [end - start, 1]));
      return writer.node("MatMul", [chosen, writer.nameOf(values)]);
    });
    writer.node("Concat", parts, outNames(writer, node), { axis: 0 });
  },

  rmsNorm: (writer, node) => {
    const [x, weight] = inNames(writer, node) as [string, string];
    const [normed, inverseRms] = node.outputs as [Value, Value];
    const epsilon = node.attributes.epsilon;
    const attributes = { axis: -1, epsilon: { float: epsilon }, stash_type: 1 };
    writer.node("SimplifiedLayerNormalization", [x, weight], [writer.nameOf(normed)], attributes);
    if (!writer.isUsed(inverseRms)) return;
    const squares = writer.node("Mul", [x, x]);
    const mean = writer.node("ReduceMean", [squares, writer.ints([1])], undefined, { keepdims: 1 });
    const rms = writer.node("Sqrt", [writer.node("Add", [mean, writer.scalar(epsilon)])]);
    writer.node("Reciprocal", [rms], [writer.nameOf(inverseRms)]);
  },

  rope: (writer, node) => {
    const [x, positions, cos, sin] = node.inputs as [Value, Value, Value, Value];
    const [rows, width] = x.shape as [number, number];
    const wide3 = writer.node("Reshape", [writer.nameOf(x), writer.ints([rows, 1, width])]);
    const column = writer.node("Reshape", [writer.nameOf(positions), writer.ints([rows, 1])]);
    const at = writer.node("Cast", [column], undefined, { to: 7 });
    const sine = node.attributes.inverse ? writer.node("Neg", [writer.nameOf(sin)]) : writer.nameOf(sin);
    const operands = [wide3, at, writer.nameOf(cos), sine];
    const rotated = writer.node("RotaryEmbedding", operands, undefined, { interleaved: 0 }, "com.microsoft");
    writer.node("Reshape", [rotated, writer.ints([rows, width])], outNames(writer, node));
  },

  // log softmax(x) = x - max - log(sum(exp(x - max)))
  tokenLogProb: (writer, node) => {
    const [logits, targets] = inNames(writer, node) as [string, string];
    const [logProb, probabilities] = node.outputs as [Value, Value];
    const last = writer.ints([1]);
    const largest = writer.node("ReduceMax", [logits, last], undefined, { keepdims: 1 });
    const shifted = writer.node("Sub", [logits, largest]);
    const weights = writer.node("Exp", [shifted]);
    const total = writer.node("ReduceSum", [weights, last], undefined, { keepdims: 1 });
    const column = writer.node("Reshape", [targets, writer.ints([-1, 1])]);
    const chosen = writer.node("GatherElements", [shifted, column], undefined, { axis: 1 });
    writer.node("Sub", [chosen, writer.node("Log", [total])], [writer.nameOf(logProb)]);
    if (writer.isUsed(probabilities)) writer.node("Div", [weights, total], [writer.nameOf(probabilities)]);
  },

  oneHotMinus: (writer, node) => {
    const [probabilities, targets] = inNames(writer, node) as [string, string];
    const vocabulary = node.inputs[0]?.shape[1] as number;
    const column = writer.node("Reshape", [targets, writer.ints([-1, 1])]);
    const chosen = oneHot(writer, column, range(writer, 0, [1, vocabulary]));
    writer.node("Sub", [chosen, probabilities], outNames(writer, node));
  },
};

/** The value, its last two axes swapped if so wished. */
function turned(writer: OnnxWriter, value: Value, swap: boolean): string {
  if (!swap) return writer.nameOf(value);
  const axes = value.shape.map((_, axis) => axis);
  return writer.node("Transpose", [writer.nameOf(value)], undefined, {
    perm: [...axes.slice(0, -2), ...axes.slice(-2).reverse()],
  });
}

/** 1 where the broadcast ints are equal, 0 elsewhere. */
function oneHot(writer: OnnxWriter, a: string, b: string): string {
  return writer.node("Where", [writer.node("Equal", [a, b]), writer.scalar(1), writer.scalar(0)]);
}

/** The ints from `start` on as a constant of the shape. */
function range(writer: OnnxWriter, start: number, shape: [number, number]): string {
  const bytes = bytesOf(Int32Array.from({ length: sizeOf(shape) }, (_, i) => start + i));
  return writer.initializer(`range:${start}:${shape}`, { type: "int32", shape, bytes });
}
