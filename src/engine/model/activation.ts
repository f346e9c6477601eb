import type { Graph, Value } from "../graph/graph.ts";
import type { ModelConfig } from "./config.ts";

/**
 * What the feed-forward's gate passes: SiLU, x sigmoid(x); or GELU in its tanh form (Hendrycks & Gimpel 2016),
 * 0.5 x (1 + tanh(c (x + 0.044715 x^3))) with c = sqrt(2 / pi), which is x sigmoid(2 c (x + 0.044715 x^3)).
 */
export function activate(graph: Graph, { activation }: ModelConfig, x: Value): Value {
  if (activation === undefined) return graph.multiply(x, graph.sigmoid(x));
  const c = Math.sqrt(2 / Math.PI);
  const slope = graph.add(graph.scale(graph.multiply(x, x), 2 * c * 0.044715), graph.scalar(2 * c));
  return graph.multiply(x, graph.sigmoid(graph.multiply(x, slope)));
}
