import type { Buffer } from "../graph/liveness.ts";

/** A stretch of one region, free or in use. */
interface Chunk {
  region: number;
  start: number;
  size: number;
  free: boolean;
}

const alignment = 256;
const firstRegion = 2 ** 20;
const largestGrowth = 2 ** 30;
const largestDeadEnd = 128 * 2 ** 20;
/** How finely it is noted what was written to. */
const page = 2 ** 16;

/**
 * ONNX Runtime's arena: best fit with coalescing in regions that double in size and are never given back. Chunks are
 * split only where half or more would be left over, so that fragments pile up until the pattern of a run has settled.
 */
class Arena {
  readonly #chunks: Chunk[] = [];
  readonly #touched = new Set<number>();
  #regions = 0;
  #growth = firstRegion;

  /** Bytes of memory that was ever written to. */
  get touchedBytes(): number {
    return this.#touched.size * page;
  }

  take(bytes: number): Chunk {
    const size = Math.max(1, Math.ceil(bytes / alignment)) * alignment;
    const chunk = this.#bestFit(size) ?? this.#extend(size);
    const left = chunk.size - size;
    if (left >= size || left >= largestDeadEnd) {
      this.#chunks.splice(this.#chunks.indexOf(chunk) + 1, 0, { ...chunk, start: chunk.start + size, size: left });
      chunk.size = size;
    }
    chunk.free = false;
    const base = chunk.region * 2 ** 20;
    for (let at = Math.floor(chunk.start / page); at * page < chunk.start + size; at++) this.#touched.add(base + at);
    return chunk;
  }

  give(chunk: Chunk): void {
    chunk.free = true;
    const at = this.#chunks.indexOf(chunk);
    for (const [first, second] of [
      [at, at + 1],
      [at - 1, at],
    ] as const) {
      const [left, right] = [this.#chunks[first], this.#chunks[second]];
      if (!left?.free || !right?.free || left.region !== right.region) continue;
      left.size += right.size;
      this.#chunks.splice(second, 1);
    }
  }

  #bestFit(size: number): Chunk | undefined {
    let best: Chunk | undefined;
    for (const chunk of this.#chunks) {
      if (chunk.free && chunk.size >= size && (!best || chunk.size < best.size)) best = chunk;
    }
    return best;
  }

  #extend(size: number): Chunk {
    const grown = size > this.#growth;
    while (size > this.#growth) this.#growth *= 2;
    const chunk = { region: this.#regions++, start: 0, size: this.#growth, free: true };
    if (!grown) this.#growth = Math.min(2 * this.#growth, Math.max(largestGrowth, this.#growth));
    this.#chunks.push(chunk);
    return chunk;
  }
}

/**
 * Bytes that an arena has taken from the system after some runs of a program. Each run starts from what the last one
 * left, so the second may need more than the first.
 *
 * @param buffers in the order in which they are filled
 */
export function arenaBytes(buffers: readonly Buffer[], runs: number): number {
  const arena = new Arena();
  const ends = [...buffers].sort((a, b) => a.to - b.to);
  for (let run = 0; run < runs; run++) {
    const chunks = new Map<Buffer, Chunk>();
    let ended = 0;
    for (const buffer of buffers) {
      for (let end = ends[ended]; end && end.to < buffer.from; end = ends[++ended])
        arena.give(chunks.get(end) as Chunk);
      chunks.set(buffer, arena.take(buffer.bytes));
    }
    for (const end of ends.slice(ended)) arena.give(chunks.get(end) as Chunk);
  }
  return arena.touchedBytes;
}
