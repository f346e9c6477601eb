import type { Graph, Value } from "../graph/graph.ts";
import { sequenceAttention } from "./attention.ts";
import type { ModelConfig } from "./config.ts";
import type { DecoderRows } from "./decoder.ts";

/**
 * Whole sequences as a decoder's rows, time-major: row t * batch + b is token t of sequence b. Declares the int inputs
 * tokenIds, positions and segments, [batch, seq].
 */
export function sequenceRows(graph: Graph, config: ModelConfig, batch: number, seq: number): DecoderRows {
  const input = (name: string): Value => graph.input(name, [batch, seq], "int");
  const timeMajor = (x: Value): Value => graph.reshape(graph.transpose(x, [1, 0]), [seq * batch]);
  return {
    tokenIds: timeMajor(input("tokenIds")),
    positions: timeMajor(input("positions")),
    maxPositions: seq,
    attention: sequenceAttention(graph, config, input("segments")),
  };
}
