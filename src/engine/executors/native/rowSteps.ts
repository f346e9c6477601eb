import type { Value } from "../../graph/graph.ts";
import {
  elementwise,
  isIndexed,
  isValue,
  type RowGroup,
  type RowOperand,
  type RowOperation,
  type RowOperator,
  rowOperators,
} from "./rowGroup.ts";
import { type Buffer, type Place, placeOf, type Step, type View, type Word } from "./steps.ts";

/** Operators that treat every number alike: rows of them may be joined. */
const joinable: ReadonlySet<RowOperator> = new Set([...elementwise, "copy"]);
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
  const joined = joinedRows(group.lead, slots.all, written);
  const ofThread = Math.max(lane, slots.scratchWords * joined);
  const scratch: Buffer = { words: ofThread * threads, home: { kind: "arena" }, ofThread };
  const operands = slots.all.flatMap((slot): Word[] => {
    const kind = slotKinds.indexOf(slot.kind);
    if (slot.kind === "scratch") return [kind, slot.at * joined];
    if (slot.kind === "indexed") return [kind, slot.place, slot.index, slot.rowStride];
    return [kind, { ...slot.place, strides: slot.strides.map((stride) => stride * joined) }];
  });
  const operations = written.flatMap(({ operator, slots: numbers, length, isOne, constant }) => [
    rowOperators.indexOf(operator),
    ...numbers,
    length * joined,
    ...isOne.map(Number),
    constant,
  ]);
  const writes = written.flatMap(({ slots: [out, second] }) =>
    [out, second].flatMap((number) => {
      const slot = slots.all[number as number];
      return slot && slot.kind !== "scratch" ? [slot.place.buffer] : [];
    }),
  );
  return {
    kind: "rows",
    axes: joined === 1 ? group.lead : [(group.lead[0] as number) / joined],
    body: [{ buffer: scratch, offset: 0 }, ofThread, slots.all.length, ...operands, written.length, ...operations],
    serial: written.some(({ operator }) => operator === "accumulate"),
    writes,
  };
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

  #slot(operand: RowOperand, _length: number): number {
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

/** How many rows become one, where numbers lie side by side and every operator treats them alike. */
function joinedRows(lead: readonly number[], slots: readonly Slot[], operations: readonly Written[]): number {
  const [rows] = lead;
  const length = operations[0]?.length ?? 1;
  const isPlain =
    operations.every(
      ({ operator, length: own, isOne }) => joinable.has(operator) && own === length && !isOne.includes(true),
    ) &&
    slots.every(
      (slot) =>
        slot.kind === "scratch" || (slot.kind === "memory" && slot.length === length && slot.strides[0] === length),
    );
  if (rows === undefined || lead.length > 1 || !isPlain) return 1;
  let joined = Math.max(1, Math.min(rows, Math.floor(joinedNumbers / length)));
  while (rows % joined !== 0) joined--;
  return joined;
}
