/** What a step does; the order is that of the table in native/program.c. */
export const stepKinds = ["pack", "product", "smallProduct", "rows", "fill", "copy", "mask", "loop"] as const;
export type StepKind = (typeof stepKinds)[number];

/** Where a buffer lives. */
export type Home =
  /** In the arena, between the first and the last step that name it. */
  | { kind: "arena" }
  | { kind: "constant"; data: Float32Array }
  /** What the caller feeds or gets under a name. */
  | { kind: "input" | "output"; name: string }
  /** A fixed input in tiles of bfloat16, made once. */
  | { kind: "packed"; input: string; layout: PackedLayout }
  /** Whatever a loop's slot of this number shows. */
  | { kind: "slot"; number: number };

/** A matrix's form as an operand of products. Sizes and strides in numbers. */
export interface PackedLayout {
  forB: boolean;
  rows: number;
  depth: number;
  offset: number;
  rowStride: number;
  depthStride: number;
}

/** Memory that steps read and write. Sizes are in words of 4 bytes. */
export interface Buffer {
  words: number;
  home: Home;
  /** Where every thread has a part of its own: words of one thread. */
  ofThread?: number;
}

/** A word of a buffer. */
export interface Place {
  buffer: Buffer;
  offset: number;
}

/** Memory that differs from repetition to repetition: words from one index to the next, per axis of its step. */
export interface Tensor extends Place {
  strides: readonly number[];
}

export type Word = number | Place | Tensor;

/**
 * One call of a kernel, repeated over some axes. The body is as the kernel's comment in native/ says, without the axes; a
 * place or tensor stands for several numbers.
 */
export interface Step {
  kind: Exclude<StepKind, "loop">;
  /** Only one thread may run it. */
  serial?: boolean;
  axes: readonly number[];
  body: readonly Word[];
  writes: readonly Buffer[];
}

/** Memory that a loop's inner steps name: it moves on with the repetitions, or every thread has its own. */
export type LoopSlot = Tensor | { own: Buffer };

/** Steps that all run for one repetition before the next. */
export interface Loop {
  kind: "loop";
  axes: readonly number[];
  /** How many equal runs of repetitions may go side by side. */
  pieces: number;
  slots: readonly LoopSlot[];
  /** Without the loop's axes; their buffers are slots. */
  steps: readonly Step[];
}

/** A tensor as it lies in memory. */
export interface View {
  buffer: Buffer;
  /** Words from the buffer's start. */
  offset: number;
  shape: readonly number[];
  /** Words from one index of an axis to the next; 0 where it repeats itself. */
  strides: readonly number[];
}

export const placeOf = ({ buffer, offset }: View): Place => ({ buffer, offset });
