import type { Buffer, Loop, Step } from "./steps.ts";

/** Buffers start at multiples of a cache line. */
const alignment = 16;

/**
 * Gives every arena buffer an offset, so that buffers whose lives (first to last step that names them) overlap lie
 * apart. Large ones first, each at the lowest free place.
 *
 * @returns offsets and the arena's size, in words
 */
export function planArena(steps: readonly (Step | Loop)[]): { offsets: Map<Buffer, number>; words: number } {
  const lives = livesOf(steps);
  const placed: { from: number; to: number; first: number; last: number }[] = [];
  const offsets = new Map<Buffer, number>();
  let words = 0;
  const bySize = [...lives].sort(([a], [b]) => b.words - a.words);
  for (const [buffer, { first, last }] of bySize) {
    const size = Math.ceil(buffer.words / alignment) * alignment;
    const blocking = placed
      .filter((other) => other.first <= last && first <= other.last)
      .sort((a, b) => a.from - b.from);
    let at = 0;
    for (const { from, to } of blocking) {
      if (from - at >= size) break;
      at = Math.max(at, to);
    }
    placed.push({ from: at, to: at + size, first, last });
    offsets.set(buffer, at);
    words = Math.max(words, at + size);
  }
  return { offsets, words };
}

function livesOf(steps: readonly (Step | Loop)[]): Map<Buffer, { first: number; last: number }> {
  const lives = new Map<Buffer, { first: number; last: number }>();
  steps.forEach((step, index) => {
    for (const buffer of buffersOf(step)) {
      if (buffer.home.kind !== "arena") continue;
      const life = lives.get(buffer);
      if (life) life.last = index;
      else lives.set(buffer, { first: index, last: index });
    }
  });
  return lives;
}

/** All memory that a step names, some of it several times. */
export function buffersOf(step: Step | Loop): Buffer[] {
  if (step.kind === "loop") return step.slots.map((slot) => ("own" in slot ? slot.own : slot.buffer));
  return step.body.flatMap((word) => (typeof word === "number" ? [] : [word.buffer]));
}
