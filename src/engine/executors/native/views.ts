import { sizeOf } from "../../graph/operators.ts";
import type { Home, View } from "./steps.ts";

/** Row-major strides. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** Row-major memory of its own. */
export function fresh(shape: readonly number[], home: Home): View {
  return { buffer: { words: sizeOf(shape), home }, offset: 0, shape, strides: contiguousStrides(shape) };
}

export function isContiguous({ shape, strides }: View): boolean {
  const expected = contiguousStrides(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === expected[axis]);
}

export function transposed(view: View, permutation: readonly number[]): View {
  const pick = (list: readonly number[]): number[] => permutation.map((axis) => list[axis] as number);
  return { ...view, shape: pick(view.shape), strides: pick(view.strides) };
}

export function sliced(view: View, axis: number, start: number, end: number): View {
  const offset = view.offset + start * (view.strides[axis] as number);
  return { ...view, offset, shape: view.shape.with(axis, end - start) };
}

/** The same numbers under another shape, or `undefined` where that needs a copy. */
export function reshaped(view: View, shape: readonly number[]): View | undefined {
  if (sizeOf(shape) === 0 || isContiguous(view)) return { ...view, shape, strides: contiguousStrides(shape) };
  const old = view.shape.flatMap((size, axis) => (size === 1 ? [] : [{ size, stride: view.strides[axis] as number }]));
  const strides = new Array<number>(shape.length).fill(0);
  let [from, axis] = [0, 0];
  while (axis < shape.length) {
    if (shape[axis] === 1) {
      axis++;
      continue;
    }
    // The smallest run of old axes and the smallest run of new ones that hold equally many numbers.
    let [oldEnd, newEnd] = [from + 1, axis + 1];
    let [oldSize, newSize] = [old[from]?.size ?? 1, shape[axis] as number];
    while (oldSize !== newSize) {
      if (oldSize < newSize) oldSize *= old[oldEnd++]?.size as number;
      else newSize *= shape[newEnd++] as number;
    }
    for (let i = from; i < oldEnd - 1; i++) {
      const [outer, inner] = [old[i], old[i + 1]] as [(typeof old)[0], (typeof old)[0]];
      if (outer.stride !== inner.stride * inner.size) return undefined;
    }
    let stride = old[oldEnd - 1]?.stride as number;
    for (let i = newEnd - 1; i >= axis; i--) {
      strides[i] = stride;
      stride *= shape[i] as number;
    }
    [from, axis] = [oldEnd, newEnd];
  }
  return { ...view, shape, strides };
}

/** The view under a larger shape, as NumPy broadcasts: strides of 0 along the axes that repeat. */
export function broadcastTo(view: View, shape: readonly number[]): View {
  const lead = shape.length - view.shape.length;
  const strides = shape.map((_, axis) => {
    const own = axis - lead;
    return own < 0 || view.shape[own] === 1 ? 0 : (view.strides[own] as number);
  });
  return { ...view, shape, strides };
}
