import type { Graph, Node, Value } from "./graph.ts";
import { type Operators, sizeOf } from "./operators.ts";

/**
 * Floating-point operations of a graph's matrix products: 2 * rows * columns * inner size each, all leading axes
 * included. Only products that an output depends on count; element-wise work, sums and lookups don't.
 */
export function matmulFlops(graph: Graph): number {
  return neededNodes(graph).reduce((sum, node) => sum + (node.operator === "matmul" ? productFlops(node) : 0), 0);
}

function productFlops({ inputs, outputs, attributes }: Node): number {
  const { transposeA } = attributes as Operators["matmul"];
  const inner = (inputs[0] as Value).shape.at(transposeA ? -2 : -1) as number;
  return 2 * inner * sizeOf((outputs[0] as Value).shape);
}

function neededNodes(graph: Graph): Node[] {
  const needed = new Set<Value>(graph.outputs.values());
  return graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    const isNeeded = outputs.some((value) => needed.has(value));
    if (isNeeded) for (const value of inputs) needed.add(value);
    return isNeeded;
  });
}
