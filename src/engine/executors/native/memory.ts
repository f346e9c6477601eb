import type { Graph, Node, Value } from "../../graph/graph.ts";
import { type Buffer, type Home, placeOf, type Step, type Tensor, type View } from "./steps.ts";
import { countUses } from "./sums.ts";
import { fresh, isContiguous, transposed } from "./views.ts";

/** Where a graph's values lie, and the steps so far. */
export class Memory {
  readonly threads: number;
  /** Inputs whose arrays nobody writes to any more. */
  readonly frozen: ReadonlySet<string>;
  readonly steps: Step[] = [];
  /** How often every value is read. */
  readonly uses: ReadonlyMap<Value, number>;
  /** Has whoever still works on a value write it, before it is looked up. */
  finish: (value: Value) => void = () => {};
  readonly #views = new Map<Value, View>();
  readonly #readers = new Map<Value, Node[]>();
  readonly #outputNames = new Map<Value, string>();

  constructor(graph: Graph, nodes: readonly Node[], threads: number) {
    this.threads = threads;
    this.frozen = graph.frozen;
    this.uses = countUses(graph, nodes);
    for (const node of nodes) for (const value of node.inputs) this.#readers.set(value, [...this.readers(value), node]);
    for (const [name, value] of graph.outputs) this.#outputNames.set(value, name);
    for (const [name, value] of graph.inputs) this.#views.set(value, fresh(value.shape, { kind: "input", name }));
    for (const [value, data] of graph.constants) this.#views.set(value, constantView(value.shape, data));
  }

  readers(value: Value): readonly Node[] {
    return this.#readers.get(value) ?? [];
  }

  isOutput(value: Value): boolean {
    return this.#outputNames.has(value);
  }

  /** Where a value lies, if that is settled. */
  view(value: Value): View | undefined {
    return this.#views.get(value);
  }

  need(value: Value): View {
    this.finish(value);
    return this.#views.get(value) as View;
  }

  set(value: Value, view: View): void {
    this.#views.set(value, view);
  }

  /** Memory for a result: the caller's, or one whose only reader finds it in the order that it wants. */
  result(value: Value): View {
    const name = this.#outputNames.get(value);
    const view = name === undefined ? this.#laidOut(value) : fresh(value.shape, { kind: "output", name });
    this.#views.set(value, view);
    return view;
  }

  #laidOut(value: Value): View {
    const arena: Home = { kind: "arena" };
    const [reader, ...others] = this.readers(value);
    if (reader?.operator !== "transpose" || others.length > 0) return fresh(value.shape, arena);
    const { permutation } = (reader as Node<"transpose">).attributes;
    if (permutation.at(-1) !== permutation.length - 1) return fresh(value.shape, arena);
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    const shape = permutation.map((axis) => value.shape[axis] as number);
    return transposed(fresh(shape, arena), inverse);
  }

  /** The view itself, or a copy that is row-major. */
  contiguous(view: View): View {
    if (isContiguous(view)) return view;
    const copy = fresh(view.shape, { kind: "arena" });
    this.copy(view, copy);
    return copy;
  }

  copy(from: View, to: View): void {
    const axes = to.shape.length === 0 ? [1] : to.shape;
    const tensor = (view: View): Tensor => ({
      ...placeOf(view),
      strides: view.shape.length === 0 ? [1] : view.strides,
    });
    this.steps.push({ kind: "copy", axes, body: [tensor(from), tensor(to)], writes: [to.buffer] });
  }

  clear(buffer: Buffer): void {
    this.steps.push({ kind: "fill", axes: [], body: [{ buffer, offset: 0 }, buffer.words, 0], writes: [buffer] });
  }

  /** Hands a value out under a name. */
  deliver(name: string, value: Value): void {
    const view = this.need(value);
    const { home } = view.buffer;
    const isThere = home.kind === "output" && home.name === name && isContiguous(view);
    if (!isThere) this.copy(view, fresh(value.shape, { kind: "output", name }));
  }
}

/** Constants of one number throughout take one word. */
function constantView(shape: readonly number[], data: Float32Array): View {
  if (data.length <= 1 || data.some((x) => x !== data[0])) return fresh(shape, { kind: "constant", data });
  return { ...fresh([1], { kind: "constant", data: data.slice(0, 1) }), shape, strides: shape.map(() => 0) };
}
