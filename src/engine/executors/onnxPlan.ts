import type { Graph, Node, Value } from "../graph/graph.ts";
import type { Buffer } from "../graph/liveness.ts";
import type { OperatorName, Operators } from "../graph/operators.ts";
import { sizeOf } from "../graph/operators.ts";
import { foldAdditions } from "./foldAdditions.ts";

/** A tensor of the lowered program: a value of the graph, or what its lowering makes on the way. */
interface Tensor {
  bytes: number;
  /** Buffers are handed on only between tensors of the same shape. */
  shape: string;
}

/** One operator of the lowered program. */
interface Step {
  inputs: Tensor[];
  outputs: Tensor[];
  /** Position in the lowered program, which decides ties in the order of execution. */
  index: number;
  /** The output may take an input's buffer: `view` always, `overwrite` when nobody else reads that input. */
  reuse?: "view" | "overwrite";
}

/**
 * Which buffers ONNX Runtime holds from when to when while it runs the lowering of a graph (`onnxLowering.ts`). Follows
 * its rules for one thread without a memory pattern: nodes run in depth-first order from the outputs, reshapes are
 * views, element-wise operators overwrite an operand that nobody else reads, and a buffer that has become free goes to
 * the next tensor of its shape instead of the allocator. The graph's inputs are the caller's, so they are not in it.
 *
 * @returns the buffers, in the order in which they are filled; those of outputs last until the end
 */
export function onnxPlan(graph: Graph): Buffer[] {
  const tensors = new Map<Value, Tensor>();
  const tensorOf = (value: Value): Tensor => {
    const known = tensors.get(value);
    if (known) return known;
    const tensor = { bytes: 4 * sizeOf(value.shape), shape: `${value.shape}` };
    tensors.set(value, tensor);
    return tensor;
  };
  const steps = depthFirst(lowered(graph, tensorOf));
  return assignBuffers(steps, new Set([...graph.outputs.values()].map(tensorOf)));
}

/** The program as ONNX Runtime has it after its own optimizations. */
function lowered(graph: Graph, tensorOf: (value: Value) => Tensor): Step[] {
  const { folded, skipped } = foldAdditions(graph);
  const readers = readersOf(graph);
  const steps: Step[] = [];
  for (const node of graph.nodes) {
    if (skipped.has(node)) continue;
    const addend = folded.get(node);
    const values = addend ? [...addend.product.inputs, addend.base] : node.inputs;
    const inputs = values.map(tensorOf);
    const outputs = node.outputs.map(tensorOf);
    const add = (step: Omit<Step, "index">): unknown => steps.push({ ...step, index: steps.length });
    if (addend) add({ inputs, outputs });
    else if (node.operator in composed) (composed[node.operator] as Compose)(node, inputs, outputs, add);
    else add({ inputs, outputs, ...reuseOf(node, readers) });
  }
  return steps;
}

function readersOf(graph: Graph): Map<Value, Node[]> {
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const value of node.inputs) readers.set(value, [...(readers.get(value) ?? []), node]);
  }
  return readers;
}

const overwriting = new Set<OperatorName>(["add", "subtract", "multiply", "scale", "sigmoid", "tanh", "softmax"]);

function reuseOf(node: Node, readers: ReadonlyMap<Value, readonly Node[]>): Pick<Step, "reuse"> {
  if (node.operator === "reshape") return { reuse: "view" };
  if (overwriting.has(node.operator)) return { reuse: "overwrite" };
  if (node.operator !== "transpose") return {};
  // Products read through a transposition that moves the first axis to the second last place.
  const { permutation } = node.attributes as Operators["transpose"];
  const last = permutation.length - 1;
  const movesFirst = permutation.every((axis, i) => axis === (i === last ? last : i === last - 1 ? 0 : i + 1));
  const read = readers.get(node.outputs[0] as Value) ?? [];
  return movesFirst && read.length > 0 && read.every(({ operator }) => operator === "matmul") ? { reuse: "view" } : {};
}

type Compose = (node: Node, inputs: Tensor[], outputs: Tensor[], add: (step: Omit<Step, "index">) => unknown) => void;

const like = ({ shape }: Tensor, bytes: number): Tensor => ({ shape, bytes });

/** Operators that are lowered to several, with the tensors in between. */
const composed: { [Name in OperatorName]?: Compose } = {
  scatterAddRows: (_node, [values, index], outputs, add) => {
    const cells = like(values as Tensor, 2 * (values as Tensor).bytes);
    const zeros = like(outputs[0] as Tensor, (outputs[0] as Tensor).bytes);
    add({ inputs: [], outputs: [zeros] });
    add({ inputs: [index as Tensor], outputs: [cells] });
    add({ inputs: [zeros, cells, values as Tensor], outputs, reuse: "overwrite" });
  },
  tokenLogProb: (_node, [logits, targets], [logProb, probabilities], add) => {
    const all = like(logits as Tensor, (logits as Tensor).bytes);
    add({ inputs: [logits as Tensor], outputs: [all], reuse: "overwrite" });
    add({ inputs: [all, targets as Tensor], outputs: [logProb as Tensor] });
    add({ inputs: [all], outputs: [probabilities as Tensor], reuse: "overwrite" });
  },
  causalSegmentMask: (_node, inputs, outputs, add) => {
    const allowed = { bytes: (outputs[0] as Tensor).bytes / 4, shape: `bool ${outputs[0]?.shape}` };
    add({ inputs, outputs: [allowed] });
    add({ inputs: [allowed], outputs });
  },
  rope: (_node, [x], outputs, add) => add({ inputs: [x as Tensor], outputs }),
  oneHotMinus: (_node, inputs, outputs, add) => add({ inputs, outputs, reuse: "overwrite" }),
};

/** Orders steps as a depth-first search from the results does: the last result first, of each step's operands the last. */
function depthFirst(steps: readonly Step[]): Step[] {
  const producers = new Map(steps.flatMap((step) => step.outputs.map((tensor) => [tensor, step] as const)));
  const read = new Set(steps.flatMap(({ inputs }) => inputs));
  const stack = steps
    .filter(({ outputs }) => !outputs.some((tensor) => read.has(tensor)))
    .map((step) => ({ step, leaving: false }));
  const visited = new Set<Step>();
  const order: Step[] = [];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { step, leaving } = top;
    if (leaving) order.push(step);
    if (visited.has(step)) continue;
    visited.add(step);
    stack.push({ step, leaving: true });
    const before = step.inputs.flatMap((tensor) => producers.get(tensor) ?? []);
    for (const producer of before.sort((a, b) => a.index - b.index)) {
      if (!visited.has(producer)) stack.push({ step: producer, leaving: false });
    }
  }
  return order;
}

/** A buffer while the plan is made. */
interface Held extends Buffer {
  shape: string;
  /** Reads to come, of all tensors in it. */
  reads: number;
}

function assignBuffers(steps: readonly Step[], kept: ReadonlySet<Tensor>): Buffer[] {
  const reads = new Map<Tensor, number>();
  for (const { inputs } of steps) for (const tensor of inputs) reads.set(tensor, (reads.get(tensor) ?? 0) + 1);
  const buffers: Held[] = [];
  const holding = new Map<Tensor, Held>();
  const free: Held[] = [];

  const place = (tensor: Tensor, step: Step, from: number): Held => {
    const handed = step.inputs
      .flatMap((input) => holding.get(input) ?? [])
      .find((held) => {
        if (step.reuse === "view") return true;
        return step.reuse === "overwrite" && held.reads === 1 && held.bytes === tensor.bytes;
      });
    if (handed) return handed;
    const at = kept.has(tensor)
      ? -1
      : free.findLastIndex(({ shape, bytes }) => shape === tensor.shape && bytes === tensor.bytes);
    if (at >= 0) return free.splice(at, 1)[0] as Held;
    const fresh = { bytes: tensor.bytes, shape: tensor.shape, from, to: from, reads: 0 };
    buffers.push(fresh);
    return fresh;
  };

  steps.forEach((step, at) => {
    for (const tensor of step.outputs) {
      const held = place(tensor, step, at);
      held.reads += (reads.get(tensor) ?? 0) + Number(kept.has(tensor));
      held.to = kept.has(tensor) ? steps.length : Math.max(held.to, at);
      holding.set(tensor, held);
    }
    const done = new Set<Held>();
    for (const tensor of step.inputs) {
      const held = holding.get(tensor);
      if (!held) continue;
      held.reads--;
      held.to = Math.max(held.to, at);
      if (held.reads === 0) done.add(held);
    }
    for (const tensor of step.outputs) {
      const held = holding.get(tensor) as Held;
      if (held.reads === 0) done.add(held);
    }
    free.push(...done);
  });
  return buffers;
}
