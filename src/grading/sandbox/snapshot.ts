const PAGE_BYTES = 4096;

/** The memory of an interpreter at one moment, to which it can be taken back. */
export interface Snapshot {
  /** Size of memory at that moment. */
  readonly bytes: number;
  /** Writes every byte of that moment back and clears what has been added since. */
  restore(): void;
}

/** A stretch of pages: a copy of them, or `null` for zeros, which are cheaper to write. */
interface Stretch {
  start: number;
  end: number;
  copy: Uint8Array | null;
}

/**
 * Takes a snapshot of a WebAssembly instance: its memory, and its stack pointer, which is the only thing that it keeps
 * elsewhere.
 */
export function takeSnapshot(memory: WebAssembly.Memory, stackPointer: WebAssembly.Global): Snapshot {
  const stretches = stretchesOf(new Uint8Array(memory.buffer));
  const bytes = memory.buffer.byteLength;
  const top: unknown = stackPointer.value;
  return {
    bytes,
    restore: () => {
      const heap = new Uint8Array(memory.buffer);
      for (const { start, end, copy } of stretches) {
        if (copy) heap.set(copy, start);
        else heap.fill(0, start, end);
      }
      heap.fill(0, bytes);
      stackPointer.value = top;
    },
  };
}

function stretchesOf(heap: Uint8Array): Stretch[] {
  const zeros = Buffer.alloc(PAGE_BYTES);
  const stretches: Stretch[] = [];
  let last: { start: number; end: number; isZero: boolean } | undefined;
  const finish = (): void => {
    if (last) stretches.push({ ...last, copy: last.isZero ? null : heap.slice(last.start, last.end) });
  };
  for (let start = 0; start < heap.length; start += PAGE_BYTES) {
    const end = start + PAGE_BYTES;
    const isZero = zeros.equals(heap.subarray(start, end));
    if (last?.isZero === isZero) last.end = end;
    else {
      finish();
      last = { start, end, isZero };
    }
  }
  finish();
  return stretches;
}
