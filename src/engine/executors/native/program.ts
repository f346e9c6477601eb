import { planArena } from "./arena.ts";
import { type Buffer, type Loop, type Place, type Step, stepKinds, type Tensor, type Word } from "./steps.ts";

/** Steps as numbers. A place is the number of a slot and an offset; slot 0 is the arena, slot 1 holds the constants. */
export interface EncodedProgram {
  words: Float64Array;
  arenaWords: number;
  constants: Float32Array;
  /** The buffers of slots 2 and up. */
  buffers: Buffer[];
}

export function encodeProgram(steps: readonly (Step | Loop)[]): EncodedProgram {
  const arena = planArena(steps);
  const slots = new Slots(arena.offsets);
  const words = steps.flatMap((step) => (step.kind === "loop" ? loopWords(step, slots) : stepWords(step, slots)));
  return {
    words: Float64Array.from(words),
    arenaWords: arena.words,
    constants: slots.constants(),
    buffers: slots.buffers,
  };
}

function stepWords(step: Step, slots: Slots): number[] {
  const { kind, serial = false, axes, body } = merged(step);
  const numbers = [axes.length, ...axes, ...body.flatMap((word) => slots.numbers(word))];
  return [stepKinds.indexOf(kind), Number(serial), numbers.length, ...numbers];
}

function loopWords({ kind, axes, pieces, slots: inLoop, steps }: Loop, slots: Slots): number[] {
  const named = inLoop.flatMap((slot) =>
    "own" in slot
      ? [1, ...slots.numbers({ buffer: slot.own, offset: 0 }), slot.own.ofThread as number]
      : [0, ...slots.numbers(slot)],
  );
  const inner = steps.flatMap((step) => stepWords(step, slots));
  const numbers = [axes.length, ...axes, pieces, inLoop.length, ...named, inner.length, ...inner];
  return [stepKinds.indexOf(kind), 0, numbers.length, ...numbers];
}

/** The step without axes of size 1, and with neighboring axes merged where all its memory allows it. */
function merged(step: Step): Step {
  const tensors = step.body.filter((word): word is Tensor => typeof word !== "number" && "strides" in word);
  const kept: { axis: number; size: number }[] = [];
  step.axes.forEach((size, axis) => {
    if (size === 1) return;
    const outer = kept.at(-1);
    const fits = outer && tensors.every(({ strides }) => strides[outer.axis] === (strides[axis] as number) * size);
    if (fits) kept[kept.length - 1] = { axis, size: outer.size * size };
    else kept.push({ axis, size });
  });
  const body = step.body.map((word) =>
    typeof word === "number" || !("strides" in word)
      ? word
      : { ...word, strides: kept.map(({ axis }) => word.strides[axis] as number) },
  );
  return { ...step, axes: kept.map(({ size }) => size), body };
}

/** Numbers the memory that programs name. */
class Slots {
  readonly buffers: Buffer[] = [];
  readonly #arena: ReadonlyMap<Buffer, number>;
  readonly #slots = new Map<string | Buffer, number>();
  readonly #constants = new Map<Buffer, { offset: number; data: Float32Array }>();
  #constantWords = 0;

  constructor(arena: ReadonlyMap<Buffer, number>) {
    this.#arena = arena;
  }

  numbers(word: Word): number[] {
    if (typeof word === "number") return [word];
    return "strides" in word ? [...this.#place(word), ...word.strides] : this.#place(word);
  }

  constants(): Float32Array {
    const all = new Float32Array(this.#constantWords);
    for (const { offset, data } of this.#constants.values()) all.set(data, offset);
    return all;
  }

  #place({ buffer, offset }: Place): number[] {
    const { home } = buffer;
    if (home.kind === "arena") return [0, (this.#arena.get(buffer) as number) + offset];
    if (home.kind === "constant") return [1, this.#constant(buffer, home.data) + offset];
    return [home.kind === "slot" ? home.number : this.#slot(buffer), offset];
  }

  #constant(buffer: Buffer, data: Float32Array): number {
    const known = this.#constants.get(buffer);
    if (known) return known.offset;
    const offset = this.#constantWords;
    this.#constants.set(buffer, { offset, data });
    this.#constantWords += data.length;
    return offset;
  }

  #slot(buffer: Buffer): number {
    const { home } = buffer;
    const key = home.kind === "input" || home.kind === "output" ? `${home.kind} ${home.name}` : buffer;
    const slot = this.#slots.get(key) ?? this.buffers.push(buffer) + 1;
    this.#slots.set(key, slot);
    return slot;
  }
}
