import type { Graph, Node, Value } from "../../graph/graph.ts";

/** A sum of matrix products of two dimensions, and at most one other value: one kernel writes it in one pass. */
export interface ProductSum {
  products: Node<"matmul">[];
  /** [rows, columns], [1, columns] or [columns]. */
  base?: Value;
}

const mostTerms = 16;

/**
 * Finds additions of matrix products to one another and to something else (residuals, biases, adapters, gradients of
 * a value that several maps read).
 *
 * @returns the sums by the node that completes them, and the nodes that are then no longer needed on their own
 */
export function productSums(
  nodes: readonly Node[],
  uses: ReadonlyMap<Value, number>,
): { sums: Map<Node, ProductSum>; absorbed: Set<Node> } {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const sums = new Map<Node, ProductSum>();
  const absorbed = new Set<Node>();
  const open = (value: Value): { node: Node; sum: ProductSum } | undefined => {
    const node = producers.get(value);
    const sum = node && sums.get(node);
    return node && sum && uses.get(value) === 1 ? { node, sum } : undefined;
  };
  for (const node of nodes) {
    if (node.operator === "matmul" && node.outputs[0]?.shape.length === 2 && node.inputs.every(isMatrix)) {
      sums.set(node, { products: [node as Node<"matmul">] });
    }
    if (node.operator !== "add") continue;
    const [a, b] = node.inputs as [Value, Value];
    const sum =
      joined(node, [open(a)?.sum ?? a, open(b)?.sum ?? b]) ??
      joined(node, [a, open(b)?.sum ?? b]) ??
      joined(node, [open(a)?.sum ?? a, b]);
    if (!sum) continue;
    sums.set(node, sum);
    for (const value of [a, b]) {
      const part = open(value);
      if (part?.sum.products.every((product) => sum.products.includes(product))) absorbed.add(part.node);
    }
  }
  return { sums, absorbed };
}

/** How often every value is read, by these nodes and as an output. */
export function countUses(graph: Graph, nodes: readonly Node[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of nodes) node.inputs.forEach(count);
  for (const value of graph.outputs.values()) count(value);
  return uses;
}

const isMatrix = ({ shape }: Value): boolean => shape.length === 2;

function joined(node: Node, parts: [ProductSum | Value, ProductSum | Value]): ProductSum | undefined {
  const products: Node<"matmul">[] = [];
  const bases: Value[] = [];
  const shape = node.outputs[0]?.shape ?? [];
  for (const part of parts) {
    if ("id" in part) bases.push(part);
    else {
      products.push(...part.products);
      if (part.base) bases.push(part.base);
    }
  }
  const fits = products.every(({ outputs }) => `${outputs[0]?.shape}` === `${shape}`);
  if (products.length === 0 || products.length > mostTerms || bases.length > 1 || !fits) return undefined;
  const [base] = bases;
  if (!base) return { products };
  const columns = shape[1] as number;
  const isRow =
    base.shape.length <= 2 && base.shape.at(-1) === columns && (base.shape.length === 1 || base.shape[0] === 1);
  return isRow || `${base.shape}` === `${shape}` ? { products, base } : undefined;
}
