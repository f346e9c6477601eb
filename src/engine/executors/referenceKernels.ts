import { type OperatorName, type Operators, sizeOf } from "../graph/operators.ts";

export interface Tensor {
  shape: readonly number[];
  data: Float64Array;
}

/** Computes all outputs of one operator; `shape` is that of the first. */
export type Kernel<Name extends OperatorName> = (
  inputs: readonly Tensor[],
  attributes: Operators[Name],
  shape: readonly number[],
) => Float64Array[];

/** Row-major strides; 0 along axes of size 1, so that the same index walks a broadcast operand. */
function broadcastStrides(shape: readonly number[], rank: number): number[] {
  const strides = new Array<number>(rank).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    strides[rank - shape.length + axis] = size === 1 ? 0 : stride;
    stride *= size;
  }
  return strides;
}

/** Calls `visit` for every index of `shape` in row-major order, with the offsets that each stride list gives. */
function walk(
  shape: readonly number[],
  strides: readonly number[][],
  visit: (flat: number, offsets: number[]) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  const offsets = strides.map(() => 0);
  const total = sizeOf(shape);
  for (let flat = 0; flat < total; flat++) {
    visit(flat, offsets);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      const wrapped = index[axis] === shape[axis];
      const steps = wrapped ? 1 - (shape[axis] as number) : 1;
      for (let i = 0; i < strides.length; i++)
        offsets[i] = (offsets[i] as number) + steps * (strides[i]?.[axis] as number);
      if (!wrapped) break;
      index[axis] = 0;
    }
  }
}

type PlainKernel = (inputs: readonly Tensor[], attributes: unknown, shape: readonly number[]) => Float64Array[];

function elementwise(combine: (a: number, b: number) => number): PlainKernel {
  return ([a, b], _attributes, shape) => {
    const [left, right] = [a as Tensor, b as Tensor];
    const out = new Float64Array(sizeOf(shape));
    const strides = [broadcastStrides(left.shape, shape.length), broadcastStrides(right.shape, shape.length)];
    walk(shape, strides, (flat, [i, j]) => {
      out[flat] = combine(left.data[i as number] as number, right.data[j as number] as number);
    });
    return [out];
  };
}

const map =
  (transform: (x: number) => number): PlainKernel =>
  ([x]) => [(x as Tensor).data.map(transform)];

const matmul: Kernel<"matmul"> = ([a, b], { transposeA, transposeB, alpha }, shape) => {
  const [left, right] = [a as Tensor, b as Tensor];
  const batch = shape.slice(0, -2);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const inner = left.shape.at(transposeA ? -2 : -1) as number;
  const out = new Float64Array(sizeOf(shape));
  const strides = [left, right].map((tensor) => {
    const matrixSize = sizeOf(tensor.shape.slice(-2));
    return broadcastStrides(tensor.shape.slice(0, -2), batch.length).map((stride) => stride * matrixSize);
  });
  const [rowA, stepA] = transposeA ? [1, rows] : [inner, 1];
  const [columnB, stepB] = transposeB ? [inner, 1] : [1, columns];
  walk(batch, strides, (flat, [startA, startB]) => {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const x = left.data[(startA as number) + i * rowA + k * stepA] as number;
          const y = right.data[(startB as number) + j * columnB + k * stepB] as number;
          sum += x * y;
        }
        out[(flat * rows + i) * columns + j] = alpha * sum;
      }
    }
  });
  return [out];
};

/** Calls `row` with each run of the last axis. */
function byRow(x: Tensor, row: (values: Float64Array, index: number) => void): void {
  const width = x.shape.at(-1) as number;
  for (let i = 0; i * width < x.data.length; i++) row(x.data.subarray(i * width, (i + 1) * width), i);
}

function softmaxOf(x: Tensor): Float64Array {
  const out = new Float64Array(x.data.length);
  byRow(x, (values, i) => {
    const row = out.subarray(i * values.length, (i + 1) * values.length);
    let max = Number.NEGATIVE_INFINITY;
    for (const value of values) max = Math.max(max, value);
    let total = 0;
    for (let j = 0; j < row.length; j++) {
      const exponential = Math.exp((values[j] as number) - max);
      row[j] = exponential;
      total += exponential;
    }
    for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) / total;
  });
  return out;
}

const rope: Kernel<"rope"> = ([x, positions, cos, sin], { inverse }) => {
  const [input, tables] = [x as Tensor, [cos as Tensor, sin as Tensor]];
  const half = tables[0]?.shape[1] as number;
  const width = input.shape[1] as number;
  const out = new Float64Array(input.data.length);
  byRow(input, (row, i) => {
    const position = positions?.data[i] as number;
    for (let start = 0; start < width; start += 2 * half) {
      for (let j = 0; j < half; j++) {
        const c = tables[0]?.data[position * half + j] as number;
        const s = (inverse ? -1 : 1) * (tables[1]?.data[position * half + j] as number);
        const [first, second] = [row[start + j] as number, row[start + half + j] as number];
        out[i * width + start + j] = first * c - second * s;
        out[i * width + start + half + j] = second * c + first * s;
      }
    }
  });
  return [out];
};

const rmsNorm: Kernel<"rmsNorm"> = ([x, weight], { epsilon }) => {
  const [input, scale] = [x as Tensor, weight as Tensor];
  const out = new Float64Array(input.data.length);
  const inverseRms = new Float64Array(input.shape[0] as number);
  byRow(input, (row, i) => {
    const r = 1 / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / row.length + epsilon);
    inverseRms[i] = r;
    row.forEach((value, j) => {
      out[i * row.length + j] = value * r * (scale.data[j] as number);
    });
  });
  return [out, inverseRms];
};

/** Copies between a tensor and one part of it along an axis. */
function part(
  whole: readonly number[],
  axis: number,
  start: number,
  size: number,
  copy: (inWhole: number, inPart: number) => void,
): void {
  const strides = broadcastStrides(whole, whole.length);
  const first = start * sizeOf(whole.slice(axis + 1));
  walk(whole.with(axis, size), [strides], (flat, [offset]) => copy(first + (offset as number), flat));
}

const concat: Kernel<"concat"> = (inputs, { axis }, shape) => {
  const out = new Float64Array(sizeOf(shape));
  let start = 0;
  for (const input of inputs) {
    const size = input.shape[axis] as number;
    part(shape, axis, start, size, (to, from) => {
      out[to] = input.data[from] as number;
    });
    start += size;
  }
  return [out];
};

const causalSegmentMask: Kernel<"causalSegmentMask"> = ([segments], { window = Number.POSITIVE_INFINITY }, shape) => {
  const out = new Float64Array(sizeOf(shape));
  const seq = shape[3] as number;
  for (let flat = 0; flat < out.length; flat++) {
    const [row, key, query] = [Math.floor(flat / (seq * seq)), flat % seq, Math.floor(flat / seq) % seq];
    const same = segments?.data[row * seq + key] === segments?.data[row * seq + query];
    out[flat] = same && key <= query && key > query - window ? 0 : -1e9;
  }
  return [out];
};

export const kernels: { [Name in OperatorName]: Kernel<Name> } = {
  add: elementwise((a, b) => a + b),
  subtract: elementwise((a, b) => a - b),
  multiply: elementwise((a, b) => a * b),
  scale: ([x], { factor }) => [(x as Tensor).data.map((value) => value * factor)],
  matmul,
  reshape: ([x]) => [(x as Tensor).data],
  transpose: ([x], { permutation }, shape) => {
    const input = x as Tensor;
    const out = new Float64Array(input.data.length);
    const strides = input.shape.map((_, axis) => sizeOf(input.shape.slice(axis + 1)));
    const permuted = permutation.map((axis) => strides[axis] as number);
    walk(shape, [permuted], (flat, [offset]) => {
      out[flat] = input.data[offset as number] as number;
    });
    return [out];
  },
  sum: ([x], { axes }, shape) => {
    const input = x as Tensor;
    const out = new Float64Array(sizeOf(shape));
    const kept = input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    walk(input.shape, [broadcastStrides(kept, kept.length)], (flat, [offset]) => {
      out[offset as number] = (out[offset as number] as number) + (input.data[flat] as number);
    });
    return [out];
  },
  concat,
  slice: ([x], { axis, start, end }, shape) => {
    const input = x as Tensor;
    const out = new Float64Array(sizeOf(shape));
    part(input.shape, axis, start, end - start, (from, to) => {
      out[to] = input.data[from] as number;
    });
    return [out];
  },
  gatherRows: ([table, index], _attributes, shape) => {
    const [rows, width] = shape as [number, number];
    const out = new Float64Array(rows * width);
    for (let i = 0; i < rows; i++) {
      const row = index?.data[i] as number;
      out.set((table as Tensor).data.subarray(row * width, (row + 1) * width), i * width);
    }
    return [out];
  },
  scatterAddRows: ([values, index], _attributes, shape) => {
    const out = new Float64Array(sizeOf(shape));
    byRow(values as Tensor, (row, i) => {
      const start = (index?.data[i] as number) * row.length;
      row.forEach((value, j) => {
        out[start + j] = (out[start + j] as number) + value;
      });
    });
    return [out];
  },
  rmsNorm,
  sigmoid: map((x) => 1 / (1 + Math.exp(-x))),
  tanh: map(Math.tanh),
  softmax: ([x]) => [softmaxOf(x as Tensor)],
  rope,
  tokenLogProb: ([logits, targets]) => {
    const input = logits as Tensor;
    const logProbs = new Float64Array(input.shape[0] as number);
    byRow(input, (row, i) => {
      const max = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const total = row.reduce((sum, value) => sum + Math.exp(value - max), 0);
      logProbs[i] = (row[targets?.data[i] as number] as number) - max - Math.log(total);
    });
    return [logProbs, softmaxOf(input)];
  },
  oneHotMinus: ([probabilities, targets]) => {
    const input = probabilities as Tensor;
    const out = input.data.map((value) => -value);
    byRow(input, (row, i) => {
      const at = i * row.length + (targets?.data[i] as number);
      out[at] = (out[at] as number) + 1;
    });
    return [out];
  },
  causalSegmentMask,
};
