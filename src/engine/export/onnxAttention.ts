import { bytesOf, type OnnxBuilder } from "../executors/onnxBuilder.ts";
import type { ModelConfig } from "../model/config.ts";
import { type RopeScaling, rotaryFrequencies } from "../model/rope.ts";
import { perLayer } from "../model/slidingWindow.ts";

/** Attention with a cache, over an exported graph's values. */
export interface ExportedAttention {
  /** Rows [batch * sequence, heads * headDim] as [batch, heads, sequence, headDim]. */
  split(rows: string, heads: number): string;
  /** What the attention of a layer gives, [batch * sequence, heads * headDim]. Declares the layer's cache. */
  mix(layer: number, query: string, key: string, value: string): string;
}

/** Masks and rotary angles are made once, for the layers that share them. */
export function exportedAttention(builder: OnnxBuilder, config: ModelConfig): ExportedAttention {
  const { heads, keyValueHeads, headDim, attentionScalar, attentionCap } = config;
  const sizes = builder.node("Shape", ["input_ids"]);
  const rowShape = builder.ints([-1, heads * headDim]);
  const visible = causalMask(builder, sizes);
  const masks = perLayer(
    config,
    () => maskBias(builder, visible),
    ({ size }) => maskBias(builder, visible, size),
  );
  const wide = rotaryAngles(builder, config.ropeTheta, headDim, config.ropeScaling);
  const angles = perLayer(
    config,
    () => wide,
    ({ ropeTheta }) => (ropeTheta === undefined ? wide : rotaryAngles(builder, ropeTheta, headDim)),
  );
  const scale = builder.scalar((attentionScalar ?? headDim) ** -0.5);
  // The queries that share a key head stand below each other, [batch, keyValueHeads, groups * sequence, ...].
  const grouped = (x: string): string => builder.node("Reshape", [x, builder.ints([0, keyValueHeads, -1, 0])]);
  const single = (x: string): string => builder.node("Reshape", [x, builder.ints([0, heads, -1, 0])]);

  const split = (rows: string, count: number): string => {
    const shape = builder.node("Concat", [sizes, builder.ints([count, headDim])], undefined, { axis: 0 });
    return transposed(builder, builder.node("Reshape", [rows, shape]), [0, 2, 1, 3]);
  };
  const mix = (layer: number, query: string, key: string, value: string): string => {
    const turned = rotate(builder, query, angles[layer] as Angles, headDim);
    const keys = cached(layer, "key", rotate(builder, key, angles[layer] as Angles, headDim));
    const values = cached(layer, "value", value);
    const queries = grouped(builder.node("Mul", [turned, scale]));
    const products = builder.node("MatMul", [queries, transposed(builder, keys, [0, 1, 3, 2])]);
    const scores = builder.node("Add", [single(softCap(builder, products, attentionCap)), masks[layer] as string]);
    const shares = grouped(builder.node("Softmax", [scores], undefined, { axis: -1 }));
    const mixed = single(builder.node("MatMul", [shares, values]));
    return builder.node("Reshape", [transposed(builder, mixed, [0, 2, 1, 3]), rowShape]);
  };
  const cached = (layer: number, part: "key" | "value", rows: string): string => {
    const [past, present] = [`past_key_values.${layer}.${part}`, `present.${layer}.${part}`];
    const shape = (length: string) => ["batch", keyValueHeads, length, headDim];
    builder.graph.inputs.push({ name: past, type: "float", shape: shape("past") });
    builder.graph.outputs.push({ name: present, type: "float", shape: shape("total") });
    return builder.node("Concat", [past, rows], [present], { axis: 2 });
  };
  return { split, mix };
}

/** cap * tanh(x / cap); x itself without a cap. */
export function softCap(builder: OnnxBuilder, x: string, cap: number | undefined): string {
  if (cap === undefined) return x;
  const bent = builder.node("Tanh", [builder.node("Div", [x, builder.scalar(cap)])]);
  return builder.node("Mul", [bent, builder.scalar(cap)]);
}

const transposed = (builder: OnnxBuilder, x: string, perm: number[]): string =>
  builder.node("Transpose", [x], undefined, { perm });

/** What a token may see, by its place among the columns of the cache. */
interface Visibility {
  /** int64 [total], and [sequence, 1] for the new tokens. */
  columns: string;
  rows: string;
  /** bool [batch, 1, sequence, total]: not later, and no padding. */
  allowed: string;
}

function causalMask(builder: OnnxBuilder, sizes: string): Visibility {
  const at = (shape: string, axis: number): string => builder.node("Gather", [shape, zeroDimensional(builder, axis)]);
  const [zero, one] = [zeroDimensional(builder, 0), zeroDimensional(builder, 1)];
  const total = at(builder.node("Shape", ["attention_mask"]), 1);
  const past = builder.node("Sub", [total, at(sizes, 1)]);
  const columns = builder.node("Range", [zero, total, one]);
  const rows = builder.node("Unsqueeze", [builder.node("Range", [past, total, one]), builder.ints([1])]);
  const present = builder.node("Cast", ["attention_mask"], undefined, { to: 9 });
  const noPadding = builder.node("Unsqueeze", [present, builder.ints([1, 2])]);
  const allowed = builder.node("And", [builder.node("LessOrEqual", [columns, rows]), noPadding]);
  return { columns, rows, allowed };
}

/** 0 where a token may look, -1e9 elsewhere, [batch, 1, sequence, total]; a window counts the token itself. */
function maskBias(builder: OnnxBuilder, { columns, rows, allowed }: Visibility, window?: number): string {
  const bias = (mask: string): string => builder.node("Where", [mask, builder.scalar(0), builder.scalar(-1e9)]);
  if (window === undefined) return bias(allowed);
  const oldest = builder.node("Sub", [rows, builder.ints([window])]);
  return bias(builder.node("And", [allowed, builder.node("Greater", [columns, oldest])]));
}

/** An int64 of no dimensions, as Range and Gather want it. */
function zeroDimensional(builder: OnnxBuilder, number: number): string {
  const bytes = bytesOf(BigInt64Array.of(BigInt(number)));
  return builder.initializer(`int:${number}`, { type: "int64", shape: [], bytes });
}

/** cos and sin of position * frequency, [batch, 1, sequence, headDim / 2]. */
interface Angles {
  cos: string;
  sin: string;
}

function rotaryAngles(builder: OnnxBuilder, theta: number, headDim: number, scaling?: RopeScaling): Angles {
  const frequencies = Float32Array.from(rotaryFrequencies(theta, headDim, scaling));
  const row = builder.initializer(`frequencies:${theta}${scaling ? " scaled" : ""}`, {
    type: "float",
    shape: [1, 1, 1, frequencies.length],
    bytes: bytesOf(frequencies),
  });
  const positions = builder.node("Cast", ["position_ids"], undefined, { to: 1 });
  const angle = builder.node("Mul", [builder.node("Unsqueeze", [positions, builder.ints([1, 3])]), row]);
  return { cos: builder.node("Cos", [angle]), sin: builder.node("Sin", [angle]) };
}

/** Turns each pair of numbers (i, i + headDim / 2) of every head by its angle. */
function rotate(builder: OnnxBuilder, x: string, { cos, sin }: Angles, headDim: number): string {
  const half = (start: number): string => {
    const bounds = [[start], [start + headDim / 2], [3]].map((numbers) => builder.ints(numbers));
    return builder.node("Slice", [x, ...bounds]);
  };
  const [left, right] = [half(0), half(headDim / 2)];
  const times = (a: string, b: string): string => builder.node("Mul", [a, b]);
  const turnedLeft = builder.node("Sub", [times(left, cos), times(right, sin)]);
  const turnedRight = builder.node("Add", [times(right, cos), times(left, sin)]);
  return builder.node("Concat", [turnedLeft, turnedRight], undefined, { axis: 3 });
}
