import type { Node, Value } from "../../graph/graph.ts";
import type { OperatorName } from "../../graph/operators.ts";
import type { Memory } from "./memory.ts";
import { elementwise, isValue, RowGroup, type RowOperand, type RowOperation, type RowOperator } from "./rowGroup.ts";
import { rowsStep } from "./rowSteps.ts";
import type { View } from "./steps.ts";
import { broadcastTo } from "./views.ts";

/** What is still to be planned. */
export interface Ahead {
  /** In order. */
  waiting: ReadonlySet<Node>;
  /** Nodes that become part of a matrix product. */
  products: { has(node: Node): boolean };
  plan(node: Node): void;
}

/** Leading axes and width of a tensor's rows. */
export interface RowShape {
  lead: readonly number[];
  length: number;
}

/** A group's size is bounded by the kernel's tables. */
const mostOperations = 60;
/** Nodes that are looked through for some that may join a group before it closes. */
const lookAhead = 100;

const cheap: ReadonlySet<RowOperator> = new Set(elementwise);
/** Operators that read all their operands row by row. */
const rowWise: ReadonlySet<OperatorName> = new Set([...elementwise, "softmax", "oneHotMinus", "rmsNorm"]);

/** How a value is computed again from others. */
interface Recipe {
  operator: RowOperator;
  sources: readonly Value[];
  constant?: number;
}

/**
 * Collects operators in groups that go over the same rows. A group stays open, at most one for each kind of rows, until
 * somebody needs a result of it.
 */
export class Rows {
  readonly #memory: Memory;
  readonly #ahead: Ahead;
  readonly #open = new Map<string, RowGroup>();
  readonly #groupOf = new Map<Value, RowGroup>();
  readonly #recipes = new Map<Value, Recipe>();
  readonly #copies = new WeakMap<RowGroup, Map<Value, Value>>();

  constructor(memory: Memory, ahead: Ahead) {
    this.#memory = memory;
    this.#ahead = ahead;
    memory.finish = (value) => {
      const group = this.#groupOf.get(value);
      if (group) this.#close(group);
    };
  }

  /** Adds to the open group over these rows, after closing the groups that it has to wait for. */
  add({ lead }: RowShape, inputs: readonly Value[], push: (group: RowGroup) => void): void {
    const key = `${lead}`;
    for (const input of inputs) {
      const group = this.#groupOf.get(input);
      if (group && (group !== this.#open.get(key) || !isReadable(group, input))) this.#close(group);
    }
    const full = this.#open.get(key);
    if (full && full.operations.length >= mostOperations) this.#close(full);
    const group = this.#open.get(key) ?? new RowGroup(lead);
    this.#open.set(key, group);
    push(group);
  }

  /** One operation whose result has a row for every row that goes in. */
  map(
    operator: RowOperator,
    shape: RowShape,
    inputs: readonly Value[],
    { outputs }: Pick<Node, "outputs">,
    constant?: number,
  ): void {
    const [out, second] = outputs as [Value, Value | undefined];
    this.add(shape, inputs, (group) => {
      const operands = inputs.map((input) => this.operand(group, input, shape.length));
      this.push(group, { operator, out, inputs: operands, length: shape.length, ...given({ second, constant }) });
      if (!second) group.sources.set(out, inputs);
    });
  }

  push(group: RowGroup, operation: RowOperation): void {
    group.push(operation);
    for (const value of [operation.out, operation.second]) if (value && isValue(value)) this.#groupOf.set(value, group);
  }

  /** The operand as the group sees it: its own value, or a view of memory broadcast to its rows. */
  operand(group: RowGroup, value: Value, length: number): RowOperand {
    if (this.#groupOf.get(value) === group) return value;
    const recipe = this.#recipes.get(value);
    if (recipe) return this.#copyIn(group, value, recipe);
    const view = this.#memory.view(value) as View;
    const wide = rowView(view, group.lead);
    const [own, step] = [wide.shape.at(-1) as number, wide.strides.at(-1) as number];
    if (own === 1 || length === 1 || step === 1) return wide;
    return step === 0 ? { ...wide, shape: wide.shape.with(-1, 1) } : rowView(this.#memory.contiguous(view), group.lead);
  }

  /** Adds rows up in a result of its own; `into` shows the result as the group walks over it. */
  accumulate(group: RowGroup, out: Value, from: RowOperand, length: number, into: (view: View) => RowOperand): void {
    const view = this.#memory.result(out);
    group.push({ operator: "accumulate", out: into(view), inputs: [from], length });
    group.sums.add(out);
    this.#groupOf.set(out, group);
  }

  #close(group: RowGroup): void {
    this.#takeIn(group);
    this.#open.delete(`${group.lead}`);
    const memory = new Map<Value, View>();
    for (const value of group.produced.keys()) {
      this.#groupOf.delete(value);
      const isRead = (this.#memory.uses.get(value) ?? 0) > (group.readInside.get(value) ?? 0);
      if (isRead && !this.#isComputedAgain(group, value))
        memory.set(value, rowView(this.#memory.result(value), group.lead));
    }
    for (const value of group.sums) {
      this.#groupOf.delete(value);
      this.#memory.clear((this.#memory.view(value) as View).buffer);
    }
    this.#memory.steps.push(rowsStep(group, memory, this.#memory.threads));
  }

  /** Takes in what comes soon, goes over the same rows and reads the group's results: memory is then read once for both. */
  #takeIn(group: RowGroup): void {
    const made = new Map<Value, Node>();
    const reading = new Set<Node>();
    const isOwn = (value: Value): boolean => this.#groupOf.get(value) === group && isReadable(group, value);
    for (const node of first(this.#ahead.waiting, lookAhead)) {
      const [out] = node.outputs as [Value];
      if (!rowWise.has(node.operator) || this.#ahead.products.has(node) || !isAligned(out, group.lead)) continue;
      if (!node.inputs.every((input) => isOwn(input) || made.has(input) || this.#isSettled(input))) continue;
      for (const value of node.outputs) made.set(value, node);
      if (node.inputs.some((input) => isOwn(input) || reading.has(made.get(input) as Node))) reading.add(node);
    }
    const wanted = new Set(reading);
    for (const node of [...new Set(made.values())].reverse()) {
      if (!wanted.has(node)) continue;
      for (const source of node.inputs.map((input) => made.get(input))) if (source) wanted.add(source);
    }
    for (const node of new Set(made.values()))
      if (wanted.has(node) && group.operations.length < mostOperations) this.#ahead.plan(node);
  }

  #isSettled(value: Value): boolean {
    return !this.#groupOf.has(value) && (this.#memory.view(value) !== undefined || this.#recipes.has(value));
  }

  /**
   * Whether later groups compute a cheap result again from what is kept anyway, which costs less than writing and
   * reading it.
   */
  #isComputedAgain(group: RowGroup, value: Value): boolean {
    const operation = group.operations.find(({ out }) => out === value);
    const sources = group.sources.get(value);
    if (!operation || !sources || !cheap.has(operation.operator) || this.#memory.isOutput(value)) return false;
    const { waiting, products } = this.#ahead;
    const isRowWise = (reader: Node): boolean =>
      rowWise.has(reader.operator) &&
      !products.has(reader) &&
      (!waiting.has(reader) || isAligned(reader.outputs[0] as Value, group.lead));
    const isKept = (source: Value): boolean =>
      this.#recipes.has(source) ||
      ((this.#memory.view(source) !== undefined || group.produced.has(source)) &&
        this.#memory.readers(source).some((reader) => waiting.has(reader)));
    if (!this.#memory.readers(value).every(isRowWise) || !sources.every(isKept)) return false;
    const { operator, constant } = operation;
    this.#recipes.set(value, { operator, sources, ...given({ constant }) });
    return true;
  }

  /** A recomputed value's stand-in within a group. */
  #copyIn(group: RowGroup, value: Value, { operator, sources, constant }: Recipe): Value {
    const copies = this.#copies.get(group) ?? new Map<Value, Value>();
    this.#copies.set(group, copies);
    const known = copies.get(value);
    if (known) return known;
    const copy: Value = { ...value };
    const { length } = rowsOf(value);
    const inputs = sources.map((source) => this.operand(group, source, length));
    group.push({ operator, out: copy, inputs, length, ...given({ constant }) });
    copies.set(value, copy);
    return copy;
  }
}

export const rowsOf = ({ shape }: Value): RowShape => ({ lead: shape.slice(0, -1), length: shape.at(-1) ?? 1 });

const isAligned = ({ shape }: Value, lead: readonly number[]): boolean => `${shape.slice(0, -1)}` === `${lead}`;

/** Whether a group's own result has a row for each of its rows, there when the row is. */
const isReadable = (group: RowGroup, value: Value): boolean => !group.sums.has(value) && isAligned(value, group.lead);

/** Memory as a group over `lead` walks over it. */
function rowView(view: View, lead: readonly number[]): View {
  if (view.shape.length === 0) return broadcastTo({ ...view, shape: [1], strides: [0] }, [...lead, 1]);
  return broadcastTo(view, [...lead, view.shape.at(-1) as number]);
}

function* first<T>(values: Iterable<T>, count: number): Generator<T> {
  let seen = 0;
  for (const value of values) {
    if (seen++ === count) return;
    yield value;
  }
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The fields that are not undefined. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
}
