import { derivatives } from "./derivatives.ts";
import type { Graph, Node, Value } from "./graph.ts";

/**
 * Reverse-mode differentiation: extends the graph by the derivatives of a scalar loss.
 *
 * @param loss a value of shape [1, 1] or []
 * @param parameters the values to differentiate by
 * @returns one gradient per parameter, of its shape; `undefined` where the loss does not depend on it
 */
export function backward(graph: Graph, loss: Value, parameters: readonly Value[]): (Value | undefined)[] {
  const dependent = new Set(parameters);
  const forward = graph.nodes.filter((node) => {
    const reached = node.inputs.some((value) => dependent.has(value));
    if (reached) for (const value of node.outputs) dependent.add(value);
    return reached;
  });
  const gradients = new Map<Value, Value>([[loss, graph.constant(new Float32Array([1]), loss.shape)]]);
  for (const node of forward.reverse()) {
    const gradient = gradients.get(node.outputs[0] as Value);
    if (gradient) accumulate(graph, node, gradient, gradients, dependent);
  }
  return parameters.map((parameter) => gradients.get(parameter));
}

function accumulate(
  graph: Graph,
  node: Node,
  gradient: Value,
  gradients: Map<Value, Value>,
  dependent: ReadonlySet<Value>,
): void {
  const wanted = (index: number): boolean => dependent.has(node.inputs[index] as Value);
  const rule = derivatives[node.operator] as (typeof derivatives)["add"];
  const parts = rule(graph, node as Node<"add">, gradient, wanted);
  parts.forEach((part, index) => {
    const value = node.inputs[index] as Value;
    if (!part || !dependent.has(value)) return;
    const sum = gradients.get(value);
    gradients.set(value, sum ? graph.add(sum, part) : part);
  });
}
