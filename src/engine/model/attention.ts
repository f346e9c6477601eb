import type { Graph, Value } from "../graph/graph.ts";
import type { ModelConfig } from "./config.ts";
import type { Attention } from "./decoder.ts";
import { perLayer } from "./slidingWindow.ts";
import { cappedProduct } from "./softCap.ts";

const scaleOf = ({ attentionScalar, headDim }: ModelConfig): number => (attentionScalar ?? headDim) ** -0.5;

/**
 * Causal attention within segments over whole sequences. Rows are time-major: row t * batch + b is token t of
 * sequence b. Grouped queries share their key head by broadcasting.
 *
 * @param segments int [batch, seq]
 */
export function sequenceAttention(graph: Graph, config: ModelConfig, segments: Value): Attention {
  const [batch, seq] = segments.shape as [number, number];
  const { heads, keyValueHeads, headDim } = config;
  const groups = heads / keyValueHeads;
  const split = (x: Value, perKey: number): Value =>
    graph.transpose(graph.reshape(x, [seq, batch, keyValueHeads, perKey, headDim]), [1, 2, 3, 0, 4]);
  const mask = (window?: number): Value =>
    graph.reshape(graph.causalSegmentMask(segments, window === undefined ? {} : { window }), [batch, 1, 1, seq, seq]);
  const masks = perLayer(config, mask, ({ size }) => mask(size));
  return (layer, query, key, value) => {
    const scores = cappedProduct(graph, split(query, groups), split(key, 1), scaleOf(config), config.attentionCap);
    const weights = graph.softmax(graph.add(scores, masks[layer] as Value));
    const mixed = graph.matmul(weights, split(value, 1));
    return graph.reshape(graph.transpose(mixed, [3, 0, 1, 2, 4]), [seq * batch, heads * headDim]);
  };
}

export interface KeyValueCache {
  /** Graph inputs [capacity, batch, keyValueHeads, headDim] of every layer. */
  keys: Value[];
  values: Value[];
  /** Of every layer, [batch, 1, 1, capacity + 1]: 0 where a row may look, -1e9 elsewhere; the last column is the new token. */
  masks: Value[];
}

/**
 * Attention of one new token per row over the cached ones and itself. Each layer's new key and value
 * [batch, keyValueHeads * headDim] are handed to `keep`; writing them into the cache is up to the caller.
 */
export function cachedAttention(
  graph: Graph,
  config: ModelConfig,
  cache: KeyValueCache,
  keep: (layer: number, key: Value, value: Value) => void,
): Attention {
  const { heads, keyValueHeads, headDim } = config;
  const groups = heads / keyValueHeads;
  const score = (query: Value, key: Value): Value =>
    cappedProduct(graph, query, key, scaleOf(config), config.attentionCap);
  return (layer, query, key, value) => {
    keep(layer, key, value);
    const mask = cache.masks[layer] as Value;
    const capacity = (mask.shape[3] as number) - 1;
    const batch = query.shape[0] as number;
    const split = (x: Value, perKey: number): Value => graph.reshape(x, [batch, keyValueHeads, perKey, headDim]);
    const byHead = (x: Value): Value => graph.transpose(x, [1, 2, 0, 3]);
    const queries = split(query, groups);
    const past = score(queries, byHead(cache.keys[layer] as Value));
    const self = score(queries, split(key, 1));
    const weights = graph.softmax(graph.add(graph.concat([past, self], 3), mask));
    const fromPast = graph.matmul(graph.slice(weights, 3, 0, capacity), byHead(cache.values[layer] as Value));
    const fromSelf = graph.multiply(graph.slice(weights, 3, capacity, capacity + 1), split(value, 1));
    return graph.reshape(graph.add(fromPast, fromSelf), [batch, heads * headDim]);
  };
}
