import type { Graph, Value } from "../graph/graph.ts";

/**
 * scale * a @ b^T over the last two axes. With a cap, cap * tanh(product / cap): nearly the product where it is small,
 * never beyond the cap (Gemma 2, section 2).
 */
export function cappedProduct(graph: Graph, a: Value, b: Value, scale: number, cap: number | undefined): Value {
  if (cap === undefined) return graph.matmul(a, b, { transposeB: true, alpha: scale });
  return graph.scale(graph.tanh(graph.matmul(a, b, { transposeB: true, alpha: scale / cap })), cap);
}
