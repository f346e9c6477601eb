import type { Graph, Node, Value } from "../graph/graph.ts";

/** A product that is added to another value of its shape: one Gemm with C = base. */
export interface FoldedAddition {
  product: Node<"matmul">;
  base: Value;
}

/**
 * Finds additions of a two-dimensional matrix product to something that broadcasts to its shape (residuals,
 * biases, accumulated gradients). Gemm adds its C operand for free, so neither the product nor the sum needs a pass of its own.
 *
 * @returns the additions to replace, and the products that are then no longer needed on their own
 */
export function foldAdditions(graph: Graph): { folded: Map<Node, FoldedAddition>; skipped: Set<Node> } {
  const producers = new Map<Value, Node>();
  const uses = new Map<Value, number>();
  for (const node of graph.nodes) {
    for (const value of node.outputs) producers.set(value, node);
    for (const value of node.inputs) uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  for (const value of graph.outputs.values()) uses.set(value, (uses.get(value) ?? 0) + 1);

  const folded = new Map<Node, FoldedAddition>();
  const skipped = new Set<Node>();
  const productOf = (value: Value): Node<"matmul"> | undefined => {
    const node = producers.get(value);
    const foldable =
      node?.operator === "matmul" && value.shape.length === 2 && uses.get(value) === 1 && !skipped.has(node);
    return foldable ? (node as Node<"matmul">) : undefined;
  };
  for (const node of graph.nodes) {
    if (node.operator !== "add") continue;
    const [a, b] = node.inputs as [Value, Value];
    for (const [value, base] of [
      [b, a],
      [a, b],
    ] as const) {
      const product = productOf(value);
      if (!product || `${value.shape}` !== `${node.outputs[0]?.shape}`) continue;
      folded.set(node, { product, base });
      skipped.add(product);
      break;
    }
  }
  return { folded, skipped };
}
