import { Graph, type Value } from "../graph/graph.ts";
import { cachedAttention } from "../model/attention.ts";
import type { ModelConfig } from "../model/config.ts";
import { type Attention, declareParameters, decoder, logits, type ModelValues } from "../model/decoder.ts";
import { sequenceRows } from "../model/sequenceRows.ts";
import { perLayer } from "../model/slidingWindow.ts";

const bare = (graph: Graph, config: ModelConfig): ModelValues => ({
  parameters: declareParameters(graph, config, true),
  adapters: new Map(),
});

/**
 * Reads whole prompts. Inputs: tokenIds, positions, segments [batch, seq] and lastRows [batch], the time-major row of
 * each prompt's last token. Outputs: logits [batch, vocabulary] there, and `key0`, `value0`, ... of all rows,
 * [seq * batch, keyValueHeads * headDim], time-major.
 */
export function prefillGraph(config: ModelConfig, batch: number, seq: number): Graph {
  const graph = new Graph();
  const model = bare(graph, config);
  const sequences = sequenceRows(graph, config, batch, seq);
  const lastRows = graph.input("lastRows", [batch], "int");
  const attention: Attention = (layer, query, key, value) => {
    graph.output(`key${layer}`, key);
    graph.output(`value${layer}`, value);
    return sequences.attention(layer, query, key, value);
  };
  const hidden = decoder(graph, config, model, {
    ...sequences,
    attention,
    select: (all) => graph.gatherRows(all, lastRows),
  });
  graph.output("logits", logits(graph, config, model, hidden));
  return graph;
}

/**
 * Reads one more token per row. Inputs: tokenIds, positions (capacity at most) [batch]; mask (if some layer sees
 * everything before it) and windowMask (if some layer has a sliding window), [batch, 1, 1, capacity + 1]; `keys0`, `values0`, ... [capacity, batch, keyValueHeads, headDim]. Outputs: logits
 * [batch, vocabulary] and the new rows `key0`, `value0`, ... [batch, keyValueHeads * headDim].
 */
export function decodeGraph(config: ModelConfig, batch: number, capacity: number): Graph {
  const graph = new Graph();
  const model = bare(graph, config);
  const tokenIds = graph.input("tokenIds", [batch], "int");
  const positions = graph.input("positions", [batch], "int");
  const maskInput = (name: string): Value => graph.input(name, [batch, 1, 1, capacity + 1]);
  const masks = perLayer(
    config,
    () => maskInput("mask"),
    () => maskInput("windowMask"),
  );
  const cacheInput = (name: string): Value[] =>
    Array.from({ length: config.layers }, (_, layer) =>
      graph.input(`${name}${layer}`, [capacity, batch, config.keyValueHeads, config.headDim]),
    );
  const cache = { keys: cacheInput("keys"), values: cacheInput("values"), masks };
  const attention = cachedAttention(graph, config, cache, (layer, key, value) => {
    graph.output(`key${layer}`, key);
    graph.output(`value${layer}`, value);
  });
  const hidden = decoder(graph, config, model, { tokenIds, positions, maxPositions: capacity + 1, attention });
  graph.output("logits", logits(graph, config, model, hidden));
  return graph;
}
