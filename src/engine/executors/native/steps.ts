/** What a step does; the order is that of the table in native/program.c. */
export const stepKinds = ["pack", "product", "smallProduct", "rows", "fill", "copy", "mask"] as const;
export type StepKind = (typeof stepKinds)[number];

/** Where a buffer lives. */
export type Home =
  /** In the arena, between the first and the last step that name it. */
  | { kind: "arena" }
  | { kind: "constant"; data: Float32Array }
  /** What the caller feeds or gets under a name. */
  | { kind: "input" | "output"; name: string }
  /** A fixed input in tiles of bfloat16, made once. */
  | { kind: "packed"; input: string; layout: PackedLayout };

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
}

/** A word of a buffer. */
export interface Place {
  buffer: Buffer;
  offset: number;
}

/** One call of a kernel. The body is as the kernel's comment in native/ says; a place stands for two numbers. */
export interface Step {
  kind: StepKind;
  /** Only one thread may run it. */
  serial?: boolean;
  body: (number | Place)[];
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
