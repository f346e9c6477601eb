import type { Random } from "../util/random.ts";

/** 0 to `size` - 1: the draw in which everything comes once, for a point estimate. */
export function everyIndex(size: number): Int32Array {
  return Int32Array.from({ length: size }, (_, index) => index);
}

/** Fills `into` with indices below `size`, drawn with replacement; as many as it holds. */
export function drawIndices(stream: Random, into: Int32Array, size = into.length): Int32Array {
  for (let i = 0; i < into.length; i++) into[i] = Math.floor(stream.uniform() * size);
  return into;
}
