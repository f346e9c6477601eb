import type { PythonExports } from "./pythonExports.ts";

const PAGE_BYTES = 4096;

/** The state of an interpreter at one moment, to which it, and any other one of the same module, can be taken. */
export interface Snapshot {
  stackPointer: number;
  heapEnd: number;
  stretches: readonly Stretch[];
}

/** A stretch of memory: a copy of it, or `null` for zeros, which are cheaper to write. */
export interface Stretch {
  start: number;
  end: number;
  copy: Uint8Array | null;
}

/**
 * Takes a snapshot of everything that a program can find or leave behind: C's variables, the part of the stack in use,
 * the heap, and the stack pointer, which is the only thing that an instance keeps outside of its memory.
 */
export function takeSnapshot(c: PythonExports): Snapshot {
  const stackLow = c.__stack_low.value as number;
  const stackHigh = c.__stack_high.value as number;
  const stackPointer = c.__stack_pointer.value as number;
  const heapEnd = c.sbrk(0);
  const heap = new Uint8Array(c.memory.buffer);
  const stretches = [
    ...stretchesOf(heap, 0, stackLow),
    ...stretchesOf(heap, stackPointer, stackHigh),
    ...stretchesOf(heap, stackHigh, heapEnd),
  ];
  return { stackPointer, heapEnd, stretches };
}

/**
 * Writes every byte of a snapshot back and clears what the heap has grown by. It leaves what is below the stack pointer
 * and above the heap: no C code reads that before writing it, so it is not state, and it is half of the memory.
 */
export function restoreSnapshot(c: PythonExports, { stackPointer, heapEnd, stretches }: Snapshot): void {
  const newEnd = c.sbrk(0);
  const memory = new Uint8Array(c.memory.buffer);
  for (const { start, end, copy } of stretches) {
    if (copy) memory.set(copy, start);
    else memory.fill(0, start, end);
  }
  if (newEnd > heapEnd) memory.fill(0, heapEnd, newEnd);
  c.__stack_pointer.value = stackPointer;
}

/** Pages from `start` to `end`, neighbors of a kind together. */
function stretchesOf(heap: Uint8Array, start: number, end: number): Stretch[] {
  const zeros = Buffer.alloc(PAGE_BYTES);
  const stretches: Stretch[] = [];
  for (let page = start; page < end; page += PAGE_BYTES) {
    const pageEnd = Math.min(page + PAGE_BYTES, end);
    const isZero = zeros.subarray(0, pageEnd - page).equals(heap.subarray(page, pageEnd));
    const last = stretches.at(-1);
    if (last && (last.copy === null) === isZero) last.end = pageEnd;
    else stretches.push({ start: page, end: pageEnd, copy: isZero ? null : new Uint8Array() });
  }
  return stretches.map((one) => ({ ...one, copy: one.copy && heap.slice(one.start, one.end) }));
}
