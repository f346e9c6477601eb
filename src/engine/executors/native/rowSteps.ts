import type { Value } from "../../graph/graph.ts";
import {
  isIndexed,
  isValue,
  type RowGroup,
  type RowOperand,
  type RowOperation,
  type RowOperator,
  rowOperators,
} from "./rowGroup.ts";
import { type Buffer, type Place, placeOf, type Step, type View } from "./steps.ts";

/** Operators that treat every number alike: rows of them may be joined. */
const elementwise: ReadonlySet<RowOperator> = new Set([
  "add",
  "subtract",
  "multiply",
  "scale",
  "sigmoid",
  "tanh",
  "copy",
]);
/** Short rows are joined up to so many numbers. */
const joinedNumbers = 4096;
const lane = 16;

type Slot =
  | { kind: "memory"; place: Place; strides: number[]; length: number }
  | { kind: "scratch"; at: number }
  | { kind: "indexed"; place: Place; index: number; rowStride: number };
const slotKinds = ["memory", "scratch", "indexed"] as const;

interface Written {
  operator: RowOperator;
  /** out, second, and three inputs, as numbers of slots. */
  slots: number[];
  length: number;
  isOne: boolean[];
  constant: number;
}

/**
 * The step that does a group's work.
 *
 * @param memory where those of its results lie that somebody else reads; the others are kept a row at a time
 */
export function rowsStep(group: RowGroup, memory: ReadonlyMap<Value, View>, threads: number): Step {
  const slots = new Slots(group, memory);
  const written = group.operations.map((operation, at) => slots.write(operation, at));
  const { lead, joined } = joinedRows(group.lead, slots.all, written);
  const scratchWords = slots.scratchWords * joined;
  const scratch: Buffer = { words: Math.max(lane, scratchWords) * threads, home: { kind: "arena" } };
  const operands = slots.all.flatMap((slot): (number | Place)[] => {
    const kind = slotKinds.indexOf(slot.kind);
    if (slot.kind === "scratch") return [kind, slot.at * joined];
    if (slot.kind === "indexed") return [kind, slot.place, slot.index, slot.rowStride];
    return [kind, slot.place, ...lead.map(({ axis }) => (slot.strides[axis] as number) * joined)];
  });
  const operations = written.flatMap(({ operator, slots: numbers, length, isOne, constant }) => [
    rowOperators.indexOf(operator),
    ...numbers,
    length * joined,
    ...isOne.map(Number),
    constant,
  ]);
  const sizes = lead.map(({ size }) => size);
  const place = { buffer: scratch, offset: 0 };
  const body = [
    sizes.length,
    ...sizes,
    place,
    scratchWords,
    slots.all.length,
    ...operands,
    written.length,
    ...operations,
  ];
  return { kind: "rows", body, serial: written.some(({ operator }) => operator === "accumulate") };
}

/** Numbers the operands of a group, and lends scratch rows for as long as they are read. */
class Slots {
  readonly all: Slot[] = [];
  scratchWords = 0;
  readonly #memory: ReadonlyMap<Value, View>;
  readonly #group: RowGroup;
  readonly #known = new Map<Value, number>();
  readonly #lastRead = new Map<Value, number>();
  readonly #free = new Map<number, number[]>();

  constructor(group: RowGroup, memory: ReadonlyMap<Value, View>) {
    this.#group = group;
    this.#memory = memory;
    group.operations.forEach(({ inputs }, at) => {
      for (const input of inputs) if (isValue(input)) this.#lastRead.set(input, at);
    });
  }

  write({ operator, out, second, inputs, length, constant = 0 }: RowOperation, at: number): Written {
    const numbers = [this.#slot(out, length), second ? this.#slot(second, length) : 0, 0, 0, 0];
    inputs.forEach((input, i) => {
      numbers[i + 2] = this.#slot(input, length);
    });
    const isOne = [0, 1].map((i) => length > 1 && inputs[i] !== undefined && this.#lengthOf(inputs[i]) === 1);
    for (const value of new Set([out, second, ...inputs])) this.#giveBack(value, at);
    return { operator, slots: numbers, length, isOne, constant };
  }

  #lengthOf(operand: RowOperand): number {
    if (isValue(operand)) return this.#group.produced.get(operand) as number;
    return isIndexed(operand) ? Number.POSITIVE_INFINITY : (operand.shape.at(-1) as number);
  }

  #slot(operand: RowOperand, length: number): number {
    if (!isValue(operand)) return this.#push(this.#external(operand));
    const known = this.#known.get(operand);
    if (known !== undefined) return known;
    const view = this.#memory.get(operand);
    const number = this.#push(view ? this.#external(view) : this.#scratch(this.#lengthOf(operand)));
    this.#known.set(operand, number);
    return number;
  }

  #push(slot: Slot): number {
    return this.all.push(slot) - 1;
  }

  #external(operand: View | { table: View; index: View }): Slot {
    if (!isIndexed(operand)) {
      const length = operand.shape.at(-1) as number;
      return { kind: "memory", place: placeOf(operand), strides: [...operand.strides.slice(0, -1)], length };
    }
    const index = this.#push(this.#external(operand.index));
    return { kind: "indexed", place: placeOf(operand.table), index, rowStride: operand.table.strides[0] as number };
  }

  #scratch(length: number): Slot {
    const words = Math.ceil(length / lane) * lane;
    const at = this.#free.get(words)?.pop() ?? this.scratchWords;
    if (at === this.scratchWords) this.scratchWords += words;
    return { kind: "scratch", at };
  }

  #giveBack(operand: RowOperand | undefined, at: number): void {
    if (!operand || !isValue(operand) || (this.#lastRead.get(operand) ?? at) > at) return;
    const slot = this.all[this.#known.get(operand) as number];
    if (slot?.kind !== "scratch") return;
    const words = Math.ceil(this.#lengthOf(operand) / lane) * lane;
    this.#free.set(words, [...(this.#free.get(words) ?? []), slot.at]);
  }
}

/** The leading axes without those of size 1, neighbors merged where all operands allow it, and how many rows become one. */
function joinedRows(
  sizes: readonly number[],
  slots: readonly Slot[],
  operations: readonly Written[],
): { lead: { size: number; axis: number }[]; joined: number } {
  const memory = slots.filter((slot) => slot.kind === "memory");
  const lead: { size: number; axis: number }[] = [];
  sizes.forEach((size, axis) => {
    if (size === 1) return;
    const outer = lead.at(-1);
    const merges = outer && memory.every(({ strides }) => strides[outer.axis] === (strides[axis] as number) * size);
    if (merges) lead[lead.length - 1] = { size: outer.size * size, axis };
    else lead.push({ size, axis });
  });
  const [only] = lead;
  const length = operations[0]?.length ?? 1;
  const joinable =
    only !== undefined &&
    lead.length === 1 &&
    slots.every((slot) => slot.kind !== "indexed") &&
    operations.every(
      ({ operator, length: own, isOne }) => elementwise.has(operator) && own === length && !isOne.includes(true),
    ) &&
    memory.every((slot) => slot.length === length && slot.strides[only.axis] === length);
  if (!joinable) return { lead, joined: 1 };
  let joined = Math.max(1, Math.min(only.size, Math.floor(joinedNumbers / length)));
  while (only.size % joined !== 0) joined--;
  return { lead: [{ size: only.size / joined, axis: only.axis }], joined };
}
