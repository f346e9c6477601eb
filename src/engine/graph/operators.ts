import { GraphError } from "../../util/errors.ts";

/** `float` is the executor's working precision; `int` holds token ids, positions and row numbers. */
export type DType = "float" | "int";

export interface TensorType {
  shape: readonly number[];
  dtype: DType;
}

/**
 * The attributes of every operator of the graph language. Shapes are static. Each operator has one
 * shape rule (here), one derivative rule (`derivatives.ts`) and one kernel per executor.
 */
export interface Operators {
  /** a + b, NumPy broadcasting. */
  add: Record<string, never>;
  /** a - b, NumPy broadcasting. */
  subtract: Record<string, never>;
  /** a * b elementwise, NumPy broadcasting. */
  multiply: Record<string, never>;
  /** x * factor. */
  scale: { factor: number };
  /** alpha * op(a) @ op(b) over the last two axes; leading axes broadcast. */
  matmul: { transposeA: boolean; transposeB: boolean; alpha: number };
  reshape: { shape: readonly number[] };
  transpose: { permutation: readonly number[] };
  /** Sum over the axes; `keep` leaves them with size 1. */
  sum: { axes: readonly number[]; keep: boolean };
  concat: { axis: number };
  /** [start, end) along one axis. */
  slice: { axis: number; start: number; end: number };
  /** table [rows, d], index [n] -> [n, d]. */
  gatherRows: Record<string, never>;
  /** values [n, d], index [n] -> [rows, d]; rows named several times add up. */
  scatterAddRows: { rows: number };
  /** x [n, d], weight [d] -> x / rms(x) * weight [n, d], and 1 / rms(x) [n, 1]. */
  rmsNorm: { epsilon: number };
  sigmoid: Record<string, never>;
  tanh: Record<string, never>;
  /** Over the last axis. */
  softmax: Record<string, never>;
  /**
   * Rotary embedding (Su et al. 2021) in Hugging Face's half-split convention:
   * x [n, heads * headDim], positions [n], cos and sin [maxPositions, headDim / 2] -> as x. `inverse` turns back.
   */
  rope: { inverse: boolean };
  /** logits [n, vocabulary], targets [n] -> log p(target) [n, 1], and the softmax [n, vocabulary]. */
  tokenLogProb: Record<string, never>;
  /** probabilities [n, vocabulary], targets [n] -> onehot(targets) - probabilities. */
  oneHotMinus: Record<string, never>;
  /**
   * segments [batch, seq] -> additive mask [batch, 1, seq, seq]: 0 where a token may look, -1e9 elsewhere. With a
   * `window` it sees so many tokens of its segment, itself included.
   */
  causalSegmentMask: { window?: number };
}

export type OperatorName = keyof Operators;

type ShapeRule<Name extends OperatorName> = (
  inputs: readonly TensorType[],
  attributes: Operators[Name],
) => TensorType[];

const float = (shape: readonly number[]): TensorType => ({ shape, dtype: "float" });

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** NumPy's broadcasting rule. @throws GraphError when the shapes don't agree */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[a.length - rank + i] ?? 1;
    const right = b[b.length - rank + i] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new GraphError(`shapes [${a}] and [${b}] do not broadcast`);
    return Math.max(left, right);
  });
}

function broadcast(inputs: readonly TensorType[]): TensorType[] {
  const [a, b] = operands(inputs, 2);
  expect(a.dtype === "float" && b.dtype === "float", "expected floats");
  return [float(broadcastShape(a.shape, b.shape))];
}

function sameShape(inputs: readonly TensorType[]): TensorType[] {
  return [float(operands(inputs, 1)[0].shape)];
}

type Tuple<N extends number> = N extends 1
  ? [TensorType]
  : N extends 2
    ? [TensorType, TensorType]
    : [TensorType, TensorType, TensorType, TensorType];

function operands<N extends 1 | 2 | 4>(inputs: readonly TensorType[], count: N): Tuple<N> {
  if (inputs.length !== count) throw new GraphError(`expected ${count} operands, got ${inputs.length}`);
  return inputs as unknown as Tuple<N>;
}

function expect(condition: boolean, message: string): void {
  if (!condition) throw new GraphError(message);
}

function matmulShape(inputs: readonly TensorType[], { transposeA, transposeB }: Operators["matmul"]): TensorType[] {
  const [a, b] = operands(inputs, 2);
  expect(a.shape.length >= 2 && b.shape.length >= 2, "operands need at least two axes");
  const [rows, innerA] = lastTwo(a.shape, transposeA);
  const [innerB, columns] = lastTwo(b.shape, transposeB);
  expect(innerA === innerB, `inner sizes differ: ${innerA} and ${innerB}`);
  return [float([...broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns])];
}

function lastTwo(shape: readonly number[], swap: boolean): [number, number] {
  const [first, second] = shape.slice(-2) as [number, number];
  return swap ? [second, first] : [first, second];
}

function concatShape(inputs: readonly TensorType[], { axis }: Operators["concat"]): TensorType[] {
  const first = inputs[0];
  if (!first) throw new GraphError("expected at least one operand");
  const total = inputs.reduce((sum, input) => sum + (input.shape[axis] ?? 0), 0);
  for (const { shape } of inputs) {
    expect(
      shape.length === first.shape.length && shape.every((size, i) => i === axis || size === first.shape[i]),
      `shapes differ off axis ${axis}`,
    );
  }
  return [float(first.shape.map((size, i) => (i === axis ? total : size)))];
}

function sumShape(inputs: readonly TensorType[], { axes, keep }: Operators["sum"]): TensorType[] {
  const [{ shape }] = operands(inputs, 1);
  expect(axes.length > 0 && axes.every((axis) => axis in shape), `[${axes}] are no axes of [${shape}]`);
  const kept = shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return [float(keep ? kept : shape.filter((_, i) => !axes.includes(i)))];
}

/** The first operand [n, vocabulary], which comes with one target [n] per row. */
function withTargets(inputs: readonly TensorType[]): TensorType {
  const [rows, targets] = operands(inputs, 2);
  expect(
    rows.shape.length === 2 && targets.shape[0] === rows.shape[0] && targets.dtype === "int",
    "expected one target per row",
  );
  return rows;
}

const shapeRules: { [Name in OperatorName]: ShapeRule<Name> } = {
  add: broadcast,
  subtract: broadcast,
  multiply: broadcast,
  scale: sameShape,
  matmul: matmulShape,
  reshape: (inputs, { shape }) => {
    const [input] = operands(inputs, 1);
    expect(sizeOf(input.shape) === sizeOf(shape), `cannot turn [${input.shape}] into [${shape}]`);
    return [{ shape, dtype: input.dtype }];
  },
  transpose: (inputs, { permutation }) => {
    const [input] = operands(inputs, 1);
    const sorted = [...permutation].sort((a, b) => a - b);
    expect(
      sorted.length === input.shape.length && sorted.every((axis, i) => axis === i),
      `[${permutation}] is no permutation`,
    );
    return [{ shape: permutation.map((axis) => input.shape[axis] as number), dtype: input.dtype }];
  },
  sum: sumShape,
  concat: concatShape,
  slice: (inputs, { axis, start, end }) => {
    const [{ shape }] = operands(inputs, 1);
    expect(
      start >= 0 && start < end && end <= (shape[axis] ?? 0),
      `[${start}, ${end}) is outside axis ${axis} of [${shape}]`,
    );
    return [float(shape.map((size, i) => (i === axis ? end - start : size)))];
  },
  gatherRows: (inputs) => {
    const [table, index] = operands(inputs, 2);
    expect(
      table.shape.length === 2 && index.shape.length === 1 && index.dtype === "int",
      "expected a table [rows, d] and an int index [n]",
    );
    return [float([index.shape[0] as number, table.shape[1] as number])];
  },
  scatterAddRows: (inputs, { rows }) => {
    const [values, index] = operands(inputs, 2);
    expect(
      values.shape.length === 2 && index.shape[0] === values.shape[0] && index.dtype === "int",
      "expected values [n, d] and an int index [n]",
    );
    return [float([rows, values.shape[1] as number])];
  },
  rmsNorm: (inputs) => {
    const [x, weight] = operands(inputs, 2);
    expect(x.shape.length === 2 && weight.shape[0] === x.shape[1], "expected x [n, d] and a weight [d]");
    return [float(x.shape), float([x.shape[0] as number, 1])];
  },
  sigmoid: sameShape,
  tanh: sameShape,
  softmax: sameShape,
  rope: (inputs) => {
    const [x, positions, cos, sin] = operands(inputs, 4);
    expect(positions.shape[0] === x.shape[0] && positions.dtype === "int", "expected one position per row");
    expect(
      `${cos.shape}` === `${sin.shape}` && (x.shape[1] as number) % (2 * (cos.shape[1] as number)) === 0,
      "x must hold whole heads of the tables' width",
    );
    return [float(x.shape)];
  },
  tokenLogProb: (inputs) => {
    const { shape } = withTargets(inputs);
    return [float([shape[0] as number, 1]), float(shape)];
  },
  oneHotMinus: (inputs) => [float(withTargets(inputs).shape)],
  causalSegmentMask: (inputs, { window = 1 }) => {
    const [{ shape, dtype }] = operands(inputs, 1);
    expect(shape.length === 2 && dtype === "int", "expected int segments [batch, seq]");
    expect(Number.isInteger(window) && window >= 1, `a window of ${window} tokens sees nothing`);
    const [batch, seq] = shape as [number, number];
    return [float([batch, 1, seq, seq])];
  },
};

/** The types of an operator's outputs. @throws GraphError naming the operator and its operands */
export function outputTypes<Name extends OperatorName>(
  name: Name,
  inputs: readonly TensorType[],
  attributes: Operators[Name],
): TensorType[] {
  try {
    return shapeRules[name](inputs, attributes);
  } catch (error) {
    const operandText = inputs.map(({ shape, dtype }) => `${dtype}[${shape}]`).join(", ");
    throw new GraphError(`${name}(${operandText}): ${(error as Error).message}`);
  }
}
