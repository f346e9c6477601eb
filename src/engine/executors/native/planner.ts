import type { Graph, Node, Value } from "../../graph/graph.ts";
import { type OperatorName, sizeOf } from "../../graph/operators.ts";
import { RowGroup, type RowOperand, type RowOperation, type RowOperator } from "./rowGroup.ts";
import { rowsStep } from "./rowSteps.ts";
import { type Buffer, type Home, type PackedLayout, type Place, placeOf, type Step, type View } from "./steps.ts";
import { countUses, type ProductSum, productSums } from "./sums.ts";
import { broadcastTo, contiguousStrides, isContiguous, reshaped, sliced, transposed } from "./views.ts";

export interface PlanOptions {
  threads: number;
  /** Inputs that stay as they are in all runs. */
  fixed: ReadonlySet<string>;
}

/** Products of so few rows are computed in float32 where their operands lie; tiles would be mostly empty. */
const fewRows = 4;

/**
 * Turns a graph into steps. Matrix products read tiles of bfloat16 and add up in float32; everything else is float32,
 * and runs of elementwise and row-wise operators become one pass over their rows. Reshapes, transposes and slices are
 * views.
 */
export function planSteps(graph: Graph, options: PlanOptions): Step[] {
  return new Planner(graph, options).plan();
}

class Planner {
  readonly #graph: Graph;
  readonly #options: PlanOptions;
  readonly #steps: Step[] = [];
  readonly #views = new Map<Value, View>();
  readonly #open = new Map<string, RowGroup>();
  readonly #groupOf = new Map<Value, RowGroup>();
  readonly #uses: ReadonlyMap<Value, number>;
  readonly #readers = new Map<Value, Node[]>();
  readonly #outputNames = new Map<Value, string>();
  readonly #packed = new Map<string, View>();
  readonly #bufferNumbers = new Map<Buffer, number>();
  readonly #packings = new Map<string, number>();
  readonly #recipes = new Map<Value, Recipe>();
  readonly #copies = new WeakMap<RowGroup, Map<Value, Value>>();
  readonly #sums: Map<Node, ProductSum>;
  readonly #waiting: Set<Node>;

  constructor(graph: Graph, options: PlanOptions) {
    this.#graph = graph;
    this.#options = options;
    const nodes = neededNodes(graph);
    this.#uses = countUses(graph, nodes);
    for (const node of nodes)
      for (const value of node.inputs) this.#readers.set(value, [...(this.#readers.get(value) ?? []), node]);
    for (const [name, value] of graph.outputs) this.#outputNames.set(value, name);
    const { sums, absorbed } = productSums(nodes, this.#uses);
    this.#sums = sums;
    for (const [node, { products }] of sums)
      if (!absorbed.has(node)) for (const key of products.flatMap(packingKeys)) this.#packings.set(key, (this.#packings.get(key) ?? 0) + 1);
    this.#waiting = new Set(scalarsLast(nodes, this.#readers).filter((node) => !absorbed.has(node)));
  }

  plan(): Step[] {
    for (const [name, value] of this.#graph.inputs) this.#views.set(value, fresh(value.shape, { kind: "input", name }));
    for (const [value, data] of this.#graph.constants) this.#views.set(value, constantView(value.shape, data));
    for (const node of this.#waiting) this.#add(node);
    for (const [name, value] of this.#graph.outputs) this.#deliver(name, value);
    return this.#steps;
  }

  #add(node: Node): void {
    this.#waiting.delete(node);
    const sum = this.#sums.get(node);
    if (sum) this.#sum(node.outputs[0] as Value, sum);
    else (this.#rules[node.operator] as (node: Node) => void)(node);
  }

  // Memory

  /** Where a value lies, once it has been computed. */
  #need(value: Value): View {
    const group = this.#groupOf.get(value);
    if (group) this.#close(group);
    return this.#views.get(value) as View;
  }

  /** Memory for a result: the caller's, or one whose only reader finds it in the order that it wants. */
  #result(value: Value): View {
    const name = this.#outputNames.get(value);
    const view = this.#laidOut(value, name === undefined ? { kind: "arena" } : { kind: "output", name });
    this.#views.set(value, view);
    return view;
  }

  #laidOut(value: Value, home: Home): View {
    const readers = this.#readers.get(value) ?? [];
    const [reader] = readers;
    if (home.kind === "output" || readers.length !== 1 || reader?.operator !== "transpose")
      return fresh(value.shape, home);
    const { permutation } = (reader as Node<"transpose">).attributes;
    if (permutation.at(-1) !== permutation.length - 1) return fresh(value.shape, home);
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    return transposed(
      fresh(
        permutation.map((axis) => value.shape[axis] as number),
        home,
      ),
      inverse,
    );
  }

  #contiguous(view: View): View {
    if (isContiguous(view)) return { ...view, strides: contiguousStrides(view.shape) };
    const copy = fresh(view.shape, { kind: "arena" });
    this.#copy(view, copy);
    return copy;
  }

  #copy(from: View, to: View): void {
    const shape = to.shape.length === 0 ? [1] : to.shape;
    const strides = ({ strides: own }: View): readonly number[] => (own.length === 0 ? [1] : own);
    this.#steps.push({
      kind: "copy",
      body: [shape.length, ...shape, placeOf(from), ...strides(from), placeOf(to), ...strides(to)],
    });
  }

  #deliver(name: string, value: Value): void {
    const view = this.#need(value);
    const { home } = view.buffer;
    if (home.kind !== "output" || home.name !== name || !isContiguous(view))
      this.#copy(view, fresh(value.shape, { kind: "output", name }));
  }

  // Rows

  /** Adds an operation to the open group over the same rows, after closing those that it has to wait for. */
  #row(lead: readonly number[], inputs: readonly RowOperand[], push: (group: RowGroup) => void): void {
    const key = `${lead}`;
    for (const input of inputs) {
      if (!("id" in input)) continue;
      const group = this.#groupOf.get(input);
      if (group && (group !== this.#open.get(key) || group.sums.has(input) || !isAligned(input, lead)))
        this.#close(group);
    }
    let group = this.#open.get(key);
    if (!group || group.operations.length >= mostOperations) {
      if (group) this.#close(group);
      group = new RowGroup(lead);
      this.#open.set(key, group);
    }
    push(group);
  }

  /** The operand as the group sees it: its own value, or a view of memory broadcast to its rows. */
  #operand(group: RowGroup, value: Value, length: number): RowOperand {
    if (this.#groupOf.get(value) === group) return value;
    const recipe = this.#recipes.get(value);
    if (recipe) return this.#copyIn(group, value, recipe);
    const view = this.#views.get(value) as View;
    const own = view.shape.at(-1) ?? 1;
    const wide = broadcastTo(view.shape.length === 0 ? { ...view, shape: [1], strides: [0] } : view, [
      ...group.lead,
      own,
    ]);
    const step = wide.strides.at(-1) as number;
    if (own === 1 || length === 1 || step === 1) return wide;
    if (step === 0) return { ...wide, shape: wide.shape.with(-1, 1) };
    return this.#operandCopy(view, group);
  }

  #operandCopy(view: View, group: RowGroup): View {
    const copy = fresh(view.shape, { kind: "arena" });
    this.#copy(view, copy);
    return broadcastTo(copy, [...group.lead, view.shape.at(-1) as number]);
  }

  /** One operation whose result has a row for every row of the group. */
  #aligned(
    operator: RowOperator,
    node: Node,
    options: { lead: readonly number[]; length: number; inputs?: readonly Value[]; second?: Value; constant?: number },
  ): void {
    const { lead, length, inputs = node.inputs, second, constant } = options;
    const out = node.outputs[0] as Value;
    this.#row(lead, inputs, (group) => {
      const operands = inputs.map((input) => this.#operand(group, input, input.dtype === "int" ? 1 : length));
      this.#push(group, {
        operator,
        out,
        inputs: operands,
        length,
        ...(second && { second }),
        ...(constant !== undefined && { constant }),
      });
      if (!second) group.sources.set(out, inputs);
    });
  }

  #push(group: RowGroup, operation: RowOperation): void {
    group.push(operation);
    for (const value of [operation.out, operation.second]) if (value && "id" in value) this.#groupOf.set(value, group);
  }

  #elementwise =
    (operator: RowOperator) =>
    (node: Node): void => {
      const { lead, length } = rowsOf(node.outputs[0] as Value);
      const constant = (node as Node<"scale">).attributes.factor;
      this.#aligned(operator, node, { lead, length, ...(constant !== undefined && { constant }) });
    };

  #close(group: RowGroup): void {
    this.#hoist(group);
    for (const [key, open] of this.#open) if (open === group) this.#open.delete(key);
    const memory = new Map<Value, View>();
    for (const value of group.produced.keys()) {
      this.#groupOf.delete(value);
      const isRead = (this.#uses.get(value) ?? 0) > (group.readInside.get(value) ?? 0);
      if (isRead && !this.#recomputed(group, value)) memory.set(value, rowView(this.#result(value), group.lead));
    }
    for (const value of group.sums) {
      this.#groupOf.delete(value);
      const { buffer } = this.#views.get(value) as View;
      this.#steps.push({ kind: "fill", body: [{ buffer, offset: 0 }, buffer.words, 0] });
    }
    this.#steps.push(rowsStep(group, memory, this.#options.threads));
  }

  /** Takes in what comes soon, goes over the same rows and reads the group's results: memory is then read once for both. */
  #hoist(group: RowGroup): void {
    const ready = new Set<Node>();
    const made = new Map<Value, Node>();
    const reading = new Set<Node>();
    let seen = 0;
    for (const node of this.#waiting) {
      if (++seen > lookAhead) break;
      if (!simpleOperators.has(node.operator) || this.#sums.has(node) || !isAligned(node.outputs[0] as Value, group.lead)) continue;
      const readsGroup = (input: Value): boolean => this.#groupOf.get(input) === group && !group.sums.has(input) && isAligned(input, group.lead);
      const isThere = (input: Value): boolean => !this.#groupOf.has(input) && (this.#views.has(input) || this.#recipes.has(input));
      if (!node.inputs.every((input) => readsGroup(input) || isThere(input) || made.has(input))) continue;
      ready.add(node);
      for (const value of node.outputs) made.set(value, node);
      if (node.inputs.some((input) => readsGroup(input) || reading.has(made.get(input) as Node))) reading.add(node);
    }
    const wanted = new Set(reading);
    for (const node of [...ready].reverse())
      if (wanted.has(node)) for (const input of node.inputs) if (made.has(input)) wanted.add(made.get(input) as Node);
    for (const node of ready) if (wanted.has(node) && group.operations.length < mostOperations) this.#add(node);
  }

  /**
   * Decides not to keep a cheap result for later groups: they compute it again from what is kept anyway, which costs
   * less than writing and reading it.
   */
  #recomputed(group: RowGroup, value: Value): boolean {
    const operation = group.operations.find(({ out }) => out === value);
    const sources = group.sources.get(value);
    if (!operation || !sources || !cheapOperators.has(operation.operator) || this.#outputNames.has(value)) return false;
    const readers = this.#readers.get(value) ?? [];
    if (!readers.every((reader) => simpleOperators.has(reader.operator) && !this.#sums.has(reader) && (!this.#waiting.has(reader) || rowsOf(reader.outputs[0] as Value).lead.join() === group.lead.join()))) return false;
    const isKept = (source: Value): boolean =>
      this.#recipes.has(source) ||
      ((this.#views.has(source) || group.produced.has(source)) && (this.#readers.get(source) ?? []).some((reader) => this.#waiting.has(reader)));
    if (!sources.every(isKept)) return false;
    this.#recipes.set(value, { operator: operation.operator, sources, ...(operation.constant !== undefined && { constant: operation.constant }) });
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
    const inputs = sources.map((source) => this.#operand(group, source, length));
    group.push({ operator, out: copy, inputs, length, ...(constant !== undefined && { constant }) });
    copies.set(value, copy);
    return copy;
  }

  /** Adds rows up in a result of its own; `into` shows the result as the group walks over it. */
  #accumulate(group: RowGroup, out: Value, from: RowOperand, length: number, into: (view: View) => RowOperand): void {
    const view = this.#result(out);
    group.push({ operator: "accumulate", out: into(view), inputs: [from], length });
    group.sums.add(out);
    this.#groupOf.set(out, group);
  }

  // Products

  #sum(out: Value, { products, base }: ProductSum): void {
    const [rows, columns] = out.shape as [number, number];
    const isOnly = products.length === 1;
    const terms = products.flatMap((product): (number | Place)[] => {
      const { alpha } = product.attributes;
      const [a, b] = this.#matrices(product);
      const scaleA = a.size < b.size && !a.fixed;
      const [forA, forB] = isOnly ? [1, 1] : scaleA ? [alpha, 1] : [1, alpha];
      const [keyA, keyB] = packingKeys(product);
      const looseA = columns <= 32 && this.#isLoose(a, keyA);
      const looseB = !looseA && a.depth * rows * 2 <= cachedBytes && this.#isLoose(b, keyB);
      return [
        ...(looseA ? looseOperand(a, forA) : packedOperand(this.#pack(a, false, forA), [])),
        ...(looseB ? looseOperand(b, forB) : packedOperand(this.#pack(b, true, forB), [])),
        a.depth,
      ];
    });
    const baseView = base && this.#need(base);
    const usable = baseView && (baseView.strides.at(-1) === 1 || columns === 1 ? baseView : this.#contiguous(baseView));
    const c = this.#result(out);
    const alpha = isOnly ? (products[0] as Node<"matmul">).attributes.alpha : 1;
    const baseRow = usable && usable.shape.length === 2 && usable.shape[0] !== 1 ? (usable.strides[0] as number) : 0;
    const body = [rows, columns, 0, products.length, ...terms, placeOf(c), c.strides[0] as number];
    this.#steps.push({
      kind: "product",
      body: [...body, Number(usable !== undefined), placeOf(usable ?? c), baseRow, alpha],
    });
  }

  /** Whether a product packs this operand as it goes along: nobody else wants it, and a block's part is small. */
  #isLoose({ depth, fixed }: Matrix, key: string): boolean {
    return !fixed && depth <= mostLooseDepth && (this.#packings.get(key) ?? 0) < 3;
  }

  #matrices({ inputs, attributes }: Node<"matmul">): [Matrix, Matrix] {
    const [a, b] = inputs.map((value) => this.#need(value)) as [View, View];
    return [this.#matrix(a, attributes.transposeA), this.#matrix(b, !attributes.transposeB)];
  }

  /** Rows and depth of an operand; one of them must lie side by side. */
  #matrix(view: View, depthFirst: boolean): Matrix {
    const [rows, depth] = (depthFirst ? view.shape.slice(-2).reverse() : view.shape.slice(-2)) as [number, number];
    const usable = view.strides.at(-1) === 1 || view.strides.at(-2) === 1 ? view : this.#contiguous(view);
    const [rowStride, depthStride] = (depthFirst ? usable.strides.slice(-2).reverse() : usable.strides.slice(-2)) as [
      number,
      number,
    ];
    const { home } = usable.buffer;
    const fixed = home.kind === "input" && this.#options.fixed.has(home.name);
    return { view: usable, rows, depth, rowStride, depthStride, size: sizeOf(view.shape), fixed };
  }

  #pack(matrix: Matrix, forB: boolean, scale: number): View {
    const { view, rows, depth, rowStride, depthStride, fixed } = matrix;
    const words = Math.ceil(rows / 16) * Math.ceil(depth / 32) * 256;
    const layout: PackedLayout = { forB, rows, depth, offset: view.offset, rowStride, depthStride };
    const lead = view.shape.slice(0, -2);
    const key = `${this.#numberOf(view.buffer)} ${Object.values(layout)} ${scale} ${lead} ${view.strides}`;
    const known = this.#packed.get(key);
    if (known) return known;
    const { home } = view.buffer;
    const keep = fixed && scale === 1 && lead.length === 0 && home.kind === "input";
    const shape = [...lead, words];
    const packed = fresh(shape, keep ? { kind: "packed", input: home.name, layout } : { kind: "arena" });
    if (!keep) this.#steps.push(packStep(view, layout, scale, packed));
    this.#packed.set(key, packed);
    return packed;
  }

  #numberOf(buffer: Buffer): number {
    const number = this.#bufferNumbers.get(buffer) ?? this.#bufferNumbers.size;
    this.#bufferNumbers.set(buffer, number);
    return number;
  }

  #matmul(node: Node<"matmul">): void {
    const { alpha } = node.attributes;
    const [a, b] = this.#matrices(node);
    const out = this.#result(node.outputs[0] as Value);
    const lead = out.shape.slice(0, -2);
    const [rows, columns] = out.shape.slice(-2) as [number, number];
    const over = (view: View): readonly number[] =>
      broadcastTo({ ...view, shape: view.shape.slice(0, -2), strides: view.strides.slice(0, -2) }, lead).strides;
    const [cRow] = out.strides.slice(-2) as [number, number];
    if (rows <= fewRows && a.depthStride === 1) {
      const left = [placeOf(a.view), a.rowStride, ...over(a.view)];
      const right = [placeOf(b.view), b.depthStride, b.rowStride, ...over(b.view)];
      const body = [
        rows,
        columns,
        a.depth,
        lead.length,
        ...lead,
        ...left,
        ...right,
        placeOf(out),
        cRow,
        ...over(out),
        alpha,
      ];
      this.#steps.push({ kind: "smallProduct", body });
      return;
    }
    const [left, right] = [this.#pack(a, false, 1), this.#pack(b, true, 1)];
    const packedOver = (view: View): readonly number[] =>
      broadcastTo({ ...view, shape: view.shape.slice(0, -1), strides: view.strides.slice(0, -1) }, lead).strides;
    const term = [...packedOperand(left, packedOver(left)), ...packedOperand(right, packedOver(right)), a.depth];
    const target = [placeOf(out), cRow, ...over(out)];
    this.#steps.push({
      kind: "product",
      body: [rows, columns, lead.length, ...lead, 1, ...term, ...target, 0, placeOf(out), 0, ...over(out), alpha],
    });
  }

  // One rule per operator

  readonly #rules: { [Name in OperatorName]: (node: Node<Name>) => void } = {
    add: this.#elementwise("add"),
    subtract: this.#elementwise("subtract"),
    multiply: this.#elementwise("multiply"),
    scale: this.#elementwise("scale"),
    sigmoid: this.#elementwise("sigmoid"),
    tanh: this.#elementwise("tanh"),
    softmax: (node) => this.#aligned("softmax", node, rowsOf(node.outputs[0] as Value)),
    matmul: (node) => this.#matmul(node),

    reshape: (node) => {
      const view = this.#need(node.inputs[0] as Value);
      const { shape } = node.attributes;
      this.#views.set(
        node.outputs[0] as Value,
        reshaped(view, shape) ?? (reshaped(this.#contiguous(view), shape) as View),
      );
    },
    transpose: (node) => {
      this.#views.set(
        node.outputs[0] as Value,
        transposed(this.#need(node.inputs[0] as Value), node.attributes.permutation),
      );
    },
    slice: (node) => {
      const { axis, start, end } = node.attributes;
      this.#views.set(node.outputs[0] as Value, sliced(this.#need(node.inputs[0] as Value), axis, start, end));
    },
    concat: (node) => {
      const parts = node.inputs.map((value) => this.#need(value));
      const out = this.#result(node.outputs[0] as Value);
      const { axis } = node.attributes;
      let start = 0;
      for (const part of parts) {
        const end = start + (part.shape[axis] as number);
        this.#copy(part, sliced(out, axis, start, end));
        start = end;
      }
    },

    sum: (node) => {
      const [input] = node.inputs as [Value];
      const { lead, length } = rowsOf(input);
      const { axes, keep } = node.attributes;
      const last = input.shape.length - 1;
      const out = node.outputs[0] as Value;
      const kept = input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      if (axes.length === 1 && axes[0] === last && keep) return this.#aligned("rowSum", node, { lead, length });
      this.#row(lead, [input], (group) => {
        let from = this.#operand(group, input, length);
        if (axes.includes(last)) {
          const inRow: Value = { id: -1, shape: [...lead, 1], dtype: "float" };
          group.push({ operator: "rowSum", out: inRow, inputs: [from], length });
          from = inRow;
        }
        const width = axes.includes(last) ? 1 : length;
        this.#accumulate(group, out, from, width, (view) =>
          broadcastTo(reshaped(view, kept) as View, [...lead, width]),
        );
      });
    },

    gatherRows: (node) => {
      const [table, index] = node.inputs as [Value, Value];
      const { lead, length } = rowsOf(node.outputs[0] as Value);
      const rows = { table: this.#contiguous(this.#need(table)), index: asRows(this.#need(index)) };
      this.#row(lead, [], (group) =>
        this.#push(group, { operator: "copy", out: node.outputs[0] as Value, inputs: [rows], length }),
      );
    },
    scatterAddRows: (node) => {
      const [values, index] = node.inputs as [Value, Value];
      const { lead, length } = rowsOf(values);
      const rows = asRows(this.#need(index));
      this.#row(lead, [values], (group) => {
        const from = this.#operand(group, values, length);
        this.#accumulate(group, node.outputs[0] as Value, from, length, (table) => ({ table, index: rows }));
      });
    },

    rmsNorm: (node) => {
      const rows = rowsOf(node.outputs[0] as Value);
      this.#aligned("rmsNorm", node, { ...rows, second: node.outputs[1] as Value, constant: node.attributes.epsilon });
    },
    rope: (node) => {
      const [x, positions, cos, sin] = node.inputs as [Value, Value, Value, Value];
      const { lead, length } = rowsOf(x);
      const half = cos.shape[1] as number;
      const index = asRows(this.#need(positions));
      const [cosine, sine] = [cos, sin].map((table) => ({ table: this.#contiguous(this.#need(table)), index })) as [
        RowOperand,
        RowOperand,
      ];
      this.#row(lead, [x], (group) => {
        const inputs = [this.#operand(group, x, length), cosine, sine];
        const constant = node.attributes.inverse ? -half : half;
        this.#push(group, { operator: "rope", out: node.outputs[0] as Value, inputs, length, constant });
      });
    },
    tokenLogProb: (node) => this.#withTargets("logProb", node, node.outputs[1] as Value),
    oneHotMinus: (node) => this.#withTargets("oneHotMinus", node),
    causalSegmentMask: (node) => {
      const segments = this.#contiguous(this.#need(node.inputs[0] as Value));
      const [batch, seq] = segments.shape as [number, number];
      const out = this.#result(node.outputs[0] as Value);
      this.#steps.push({
        kind: "mask",
        body: [placeOf(out), placeOf(segments), batch, seq, node.attributes.window ?? seq],
      });
    },
  };

  #withTargets(operator: "logProb" | "oneHotMinus", node: Node, second?: Value): void {
    const [rows, targets] = node.inputs as [Value, Value];
    const { lead, length } = rowsOf(rows);
    const index = asRows(this.#need(targets));
    this.#row(lead, [rows], (group) => {
      const inputs = [this.#operand(group, rows, length), index];
      this.#push(group, { operator, out: node.outputs[0] as Value, inputs, length, ...(second && { second }) });
    });
  }
}

/** How a value is computed again from others. */
interface Recipe {
  operator: RowOperator;
  sources: readonly Value[];
  constant?: number;
}

/** A row group's size is bounded by the kernel's tables. */
const mostOperations = 60;
/** Nodes that are looked through for some that may join a group before it closes. */
const lookAhead = 100;
/** So deep may an operand be that is packed block by block, and so large its partner: the kernel's buffers. */
const mostLooseDepth = 2048;
const cachedBytes = 2 ** 20;

const cheapOperators: ReadonlySet<RowOperator> = new Set(["add", "subtract", "multiply", "scale", "sigmoid", "tanh"]);
/** Operators that read their operands row by row. */
const simpleOperators: ReadonlySet<OperatorName> = new Set(["add", "subtract", "multiply", "scale", "sigmoid", "tanh", "softmax", "oneHotMinus", "rmsNorm"]);

interface Matrix {
  view: View;
  rows: number;
  depth: number;
  rowStride: number;
  depthStride: number;
  size: number;
  fixed: boolean;
}

/** Names the two forms in which a product wants its operands. */
function packingKeys({ inputs, attributes }: Node<"matmul">): [string, string] {
  const [a, b] = inputs as [Value, Value];
  return [`${a.id} a ${attributes.transposeA}`, `${b.id} b ${attributes.transposeB}`];
}

const packedOperand = (packed: View, strides: readonly number[]): (number | Place)[] => [placeOf(packed), 0, 0, 0, 1, ...strides];
const looseOperand = ({ view, rowStride, depthStride }: Matrix, scale: number): (number | Place)[] => [placeOf(view), 1, rowStride, depthStride, scale];

function fresh(shape: readonly number[], home: Home): View {
  return { buffer: { words: sizeOf(shape), home }, offset: 0, shape, strides: contiguousStrides(shape) };
}

/** Constants of one number throughout take one word. */
function constantView(shape: readonly number[], data: Float32Array): View {
  if (data.length > 1 && data.every((x) => x === data[0])) {
    return { ...fresh([1], { kind: "constant", data: data.slice(0, 1) }), shape, strides: shape.map(() => 0) };
  }
  return fresh(shape, { kind: "constant", data });
}

function packStep(view: View, layout: PackedLayout, scale: number, packed: View): Step {
  const { forB, rows, depth, rowStride, depthStride } = layout;
  const lead = view.shape.slice(0, -2);
  const body = [
    Number(forB),
    rows,
    depth,
    placeOf(view),
    rowStride,
    depthStride,
    scale,
    placeOf(packed),
    lead.length,
    ...lead,
  ];
  return { kind: "pack", body: [...body, ...view.strides.slice(0, -2)] };
}

const rowsOf = ({ shape }: Value): { lead: readonly number[]; length: number } => ({
  lead: shape.slice(0, -1),
  length: shape.at(-1) ?? 1,
});

const isAligned = ({ shape }: Value, lead: readonly number[]): boolean => `${shape.slice(0, -1)}` === `${lead}`;

/** A value's memory as a group over `lead` walks over it. */
const rowView = (view: View, lead: readonly number[]): View =>
  view.shape.length === 0
    ? { ...view, shape: [1], strides: [0] }
    : broadcastTo(view, [...lead, view.shape.at(-1) as number]);

/** An int [n] as one number a row. */
const asRows = (view: View): View => ({ ...view, shape: [...view.shape, 1], strides: [...view.strides, 0] });

/**
 * The nodes, with those that only lead to a single number (the loss) moved to the end: so the operators that read the
 * logits stand together.
 */
function scalarsLast(nodes: readonly Node[], readers: ReadonlyMap<Value, Node[]>): Node[] {
  const late = new Set<Node>();
  for (const node of [...nodes].reverse()) {
    const isScalar = node.outputs.every(({ shape }) => sizeOf(shape) === 1);
    if (isScalar && node.outputs.every((value) => (readers.get(value) ?? []).every((reader) => late.has(reader))))
      late.add(node);
  }
  return [...nodes.filter((node) => !late.has(node)), ...nodes.filter((node) => late.has(node))];
}

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
