import { planArena } from "./arena.ts";
import type { Buffer, Place, Step } from "./steps.ts";
import { stepKinds } from "./steps.ts";

/** Steps as numbers. A place is the number of a slot and an offset; slot 0 is the arena, slot 1 holds the constants. */
export interface EncodedProgram {
  words: Float64Array;
  arenaWords: number;
  constants: Float32Array;
  /** The buffers of slots 2 and up. */
  buffers: Buffer[];
}

export function encodeProgram(steps: readonly Step[]): EncodedProgram {
  const arena = planArena(steps);
  const buffers: Buffer[] = [];
  const numbers = new Map<string | Buffer, number>();
  const constants: Float32Array[] = [];
  const constantOffsets = new Map<Buffer, number>();
  let constantWords = 0;

  const slotOf = (buffer: Buffer): number => {
    const { home } = buffer;
    const key = home.kind === "input" || home.kind === "output" ? `${home.kind} ${home.name}` : buffer;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const slot = buffers.push(buffer) + 1;
    numbers.set(key, slot);
    return slot;
  };
  const constantOffset = (buffer: Buffer, data: Float32Array): number => {
    const known = constantOffsets.get(buffer);
    if (known !== undefined) return known;
    const offset = constantWords;
    constantOffsets.set(buffer, offset);
    constants.push(data);
    constantWords += data.length;
    return offset;
  };
  const place = ({ buffer, offset }: Place): [number, number] => {
    const { home } = buffer;
    if (home.kind === "arena") return [0, (arena.offsets.get(buffer) as number) + offset];
    if (home.kind === "constant") return [1, constantOffset(buffer, home.data) + offset];
    return [slotOf(buffer), offset];
  };
  const words = steps.flatMap(({ kind, serial = false, body }) => {
    const numbers = body.flatMap((word) => (typeof word === "number" ? [word] : place(word)));
    return [stepKinds.indexOf(kind), Number(serial), numbers.length, ...numbers];
  });
  const all = new Float32Array(constantWords);
  let at = 0;
  for (const data of constants) {
    all.set(data, at);
    at += data.length;
  }
  return { words: Float64Array.from(words), arenaWords: arena.words, constants: all, buffers };
}
