import type { Graph, Node, Value } from "../../graph/graph.ts";
import { type OperatorName, sizeOf } from "../../graph/operators.ts";
import { fuseLoops } from "./loops.ts";
import { Memory } from "./memory.ts";
import { Products } from "./products.ts";
import type { RowOperand } from "./rowGroup.ts";
import { Rows, rowsOf } from "./rows.ts";
import { type Loop, placeOf, type Step, type View } from "./steps.ts";
import { type ProductSum, productSums } from "./sums.ts";
import { broadcastTo, reshaped, sliced, transposed } from "./views.ts";

/**
 * Turns a graph into steps. Matrix products read tiles of bfloat16 and add up in float32; everything else is float32,
 * and runs of elementwise and row-wise operators become one pass over their rows. Reshapes, transposes and slices are
 * views.
 */
export function planSteps(graph: Graph, threads: number): (Step | Loop)[] {
  return fuseLoops(new Planner(graph, threads).plan(), threads);
}

class Planner {
  readonly #graph: Graph;
  readonly #memory: Memory;
  readonly #rows: Rows;
  readonly #products: Products;
  readonly #sums: Map<Node, ProductSum>;
  readonly #waiting: Set<Node>;

  constructor(graph: Graph, threads: number) {
    this.#graph = graph;
    const nodes = neededNodes(graph);
    this.#memory = new Memory(graph, nodes, threads);
    const { sums, absorbed } = productSums(nodes, this.#memory.uses);
    this.#sums = sums;
    const own = nodes.filter((node) => !absorbed.has(node));
    this.#waiting = new Set(scalarsLast(own, this.#memory));
    this.#products = new Products(
      this.#memory,
      own.flatMap((node) => sums.get(node)?.products ?? []),
    );
    this.#rows = new Rows(this.#memory, {
      waiting: this.#waiting,
      products: sums,
      plan: (node) => this.#plan(node),
    });
  }

  plan(): Step[] {
    for (const node of this.#waiting) this.#plan(node);
    for (const [name, value] of this.#graph.outputs) this.#memory.deliver(name, value);
    return this.#memory.steps;
  }

  #plan(node: Node): void {
    this.#waiting.delete(node);
    const sum = this.#sums.get(node);
    if (sum) this.#products.sum(node.outputs[0] as Value, sum);
    else (this.#rules[node.operator] as (node: Node) => void)(node);
  }

  #map = (node: Node<"add" | "subtract" | "multiply" | "scale" | "sigmoid" | "tanh" | "softmax">): void => {
    const { factor } = node.attributes as { factor?: number };
    this.#rows.map(node.operator, rowsOf(node.outputs[0] as Value), node.inputs, node, factor);
  };

  #view = (node: Node, change: (view: View) => View): void => {
    this.#memory.set(node.outputs[0] as Value, change(this.#memory.need(node.inputs[0] as Value)));
  };

  /** One rule per operator. */
  readonly #rules: { [Name in OperatorName]: (node: Node<Name>) => void } = {
    add: this.#map,
    subtract: this.#map,
    multiply: this.#map,
    scale: this.#map,
    sigmoid: this.#map,
    tanh: this.#map,
    softmax: this.#map,
    matmul: (node) => this.#products.repeated(node),

    reshape: (node) => {
      const { shape } = node.attributes;
      this.#view(node, (view) => reshaped(view, shape) ?? (reshaped(this.#memory.contiguous(view), shape) as View));
    },
    transpose: (node) => this.#view(node, (view) => transposed(view, node.attributes.permutation)),
    slice: (node) => {
      const { axis, start, end } = node.attributes;
      this.#view(node, (view) => sliced(view, axis, start, end));
    },
    concat: (node) => {
      const parts = node.inputs.map((value) => this.#memory.need(value));
      const out = this.#memory.result(node.outputs[0] as Value);
      let start = 0;
      for (const part of parts) {
        const end = start + (part.shape[node.attributes.axis] as number);
        this.#memory.copy(part, sliced(out, node.attributes.axis, start, end));
        start = end;
      }
    },

    sum: (node) => this.#sum(node),
    gatherRows: (node) => {
      const [table, index] = node.inputs as [Value, Value];
      const out = node.outputs[0] as Value;
      const shape = rowsOf(out);
      const rows = this.#indexed(table, index);
      this.#rows.add(shape, [], (group) =>
        this.#rows.push(group, { operator: "copy", out, inputs: [rows], length: shape.length }),
      );
    },
    scatterAddRows: (node) => {
      const [values, index] = node.inputs as [Value, Value];
      const shape = rowsOf(values);
      const rows = oneARow(this.#memory.need(index));
      this.#rows.add(shape, [values], (group) => {
        const from = this.#rows.operand(group, values, shape.length);
        const into = (table: View): RowOperand => ({ table, index: rows });
        this.#rows.accumulate(group, node.outputs[0] as Value, from, shape.length, into);
      });
    },

    rmsNorm: (node) =>
      this.#rows.map("rmsNorm", rowsOf(node.outputs[0] as Value), node.inputs, node, node.attributes.epsilon),
    rope: (node) => {
      const [x, positions, cos, sin] = node.inputs as [Value, Value, Value, Value];
      const shape = rowsOf(x);
      const tables = [cos, sin].map((table) => this.#indexed(table, positions));
      const half = cos.shape[1] as number;
      this.#rows.add(shape, [x], (group) => {
        const inputs = [this.#rows.operand(group, x, shape.length), ...tables];
        const constant = node.attributes.inverse ? -half : half;
        this.#rows.push(group, {
          operator: "rope",
          out: node.outputs[0] as Value,
          inputs,
          length: shape.length,
          constant,
        });
      });
    },
    tokenLogProb: (node) => this.#withTargets("logProb", node),
    oneHotMinus: (node) => this.#withTargets("oneHotMinus", node),
    causalSegmentMask: (node) => {
      const segments = this.#memory.contiguous(this.#memory.need(node.inputs[0] as Value));
      const [batch, seq] = segments.shape as [number, number];
      const out = this.#memory.result(node.outputs[0] as Value);
      const body = [placeOf(out), placeOf(segments), batch, seq, node.attributes.window ?? seq];
      this.#memory.steps.push({ kind: "mask", axes: [], body, writes: [out.buffer] });
    },
  };

  #sum(node: Node<"sum">): void {
    const [input] = node.inputs as [Value];
    const { lead, length } = rowsOf(input);
    const { axes, keep } = node.attributes;
    const last = input.shape.length - 1;
    if (keep && axes.length === 1 && axes[0] === last) {
      this.#rows.map("rowSum", { lead, length }, node.inputs, node);
      return;
    }
    const kept = input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const width = axes.includes(last) ? 1 : length;
    this.#rows.add({ lead, length }, [input], (group) => {
      let from = this.#rows.operand(group, input, length);
      if (axes.includes(last)) {
        const inRow: Value = { ...input, shape: [...lead, 1] };
        group.push({ operator: "rowSum", out: inRow, inputs: [from], length });
        from = inRow;
      }
      const into = (view: View): View => broadcastTo(reshaped(view, kept) as View, [...lead, width]);
      this.#rows.accumulate(group, node.outputs[0] as Value, from, width, into);
    });
  }

  #withTargets(operator: "logProb" | "oneHotMinus", node: Node): void {
    const [values, targets] = node.inputs as [Value, Value];
    const shape = rowsOf(values);
    const index = oneARow(this.#memory.need(targets));
    this.#rows.add(shape, [values], (group) => {
      const inputs = [this.#rows.operand(group, values, shape.length), index];
      const [out, second] = node.outputs as [Value, Value | undefined];
      this.#rows.push(group, { operator, out, inputs, length: shape.length, ...(second && { second }) });
    });
  }

  /** The rows of a table that ints name. */
  #indexed(table: Value, index: Value): RowOperand {
    return { table: this.#memory.contiguous(this.#memory.need(table)), index: oneARow(this.#memory.need(index)) };
  }
}

/** An int [n] as one number a row. */
const oneARow = (view: View): View => ({ ...view, shape: [...view.shape, 1], strides: [...view.strides, 0] });

/** The nodes that some output depends on: derivatives of what nobody asked for are left out. */
function neededNodes(graph: Graph): Node[] {
  const needed = new Set<Value>(graph.outputs.values());
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((value) => needed.has(value))) continue;
    nodes.push(node);
    for (const value of node.inputs) needed.add(value);
  }
  return nodes.reverse();
}

/**
 * The nodes, with those that only lead to a single number (the loss) moved to the end: so the operators that read the
 * logits stand together.
 */
function scalarsLast(nodes: readonly Node[], memory: Memory): Node[] {
  const late = new Set<Node>();
  for (const node of [...nodes].reverse()) {
    const isScalar = node.outputs.every(({ shape }) => sizeOf(shape) === 1);
    if (isScalar && node.outputs.every((value) => memory.readers(value).every((reader) => late.has(reader))))
      late.add(node);
  }
  return [...nodes.filter((node) => !late.has(node)), ...nodes.filter((node) => late.has(node))];
}
