import type { Random } from "../util/random.ts";

/** Fills `into` with indices below `size`, drawn with replacement; as many as it holds. */
export function drawIndices(stream: Random, into: Int32Array, size = into.length): Int32Array {
  for (let i = 0; i < into.length; i++) into[i] = Math.floor(stream.uniform() * size);
  return into;
}
