import type { Graph, Value } from "../graph/graph.ts";
import type { ModelConfig } from "./config.ts";
import { type RopeScaling, rotaryFrequencies } from "./rope.ts";
import { perLayer } from "./slidingWindow.ts";

/**
 * Turns queries or keys [rows, heads * headDim] of a layer by their positions.
 *
 * @param positions int [rows], below `maxPositions`
 */
export function rotaryEmbedding(
  graph: Graph,
  config: ModelConfig,
  positions: Value,
  maxPositions: number,
): (layer: number, x: Value) => Value {
  const tables = (theta: number, scaling?: RopeScaling): Tables =>
    rotaryTables(graph, rotaryFrequencies(theta, config.headDim, scaling), maxPositions);
  const everywhere = tables(config.ropeTheta, config.ropeScaling);
  const layers = perLayer(
    config,
    () => everywhere,
    ({ ropeTheta }) => (ropeTheta === undefined ? everywhere : tables(ropeTheta)),
  );
  return (layer, x) => {
    const { cos, sin } = layers[layer] as Tables;
    return graph.rope(x, positions, cos, sin);
  };
}

/** cos and sin of position * frequency, [maxPositions, headDim / 2]. */
interface Tables {
  cos: Value;
  sin: Value;
}

function rotaryTables(graph: Graph, frequencies: readonly number[], maxPositions: number): Tables {
  const half = frequencies.length;
  const angle = (flat: number): number => Math.floor(flat / half) * (frequencies[flat % half] as number);
  const table = (wave: (x: number) => number): Value =>
    graph.constant(
      Float32Array.from({ length: maxPositions * half }, (_, flat) => wave(angle(flat))),
      [maxPositions, half],
    );
  return { cos: table(Math.cos), sin: table(Math.sin) };
}
