import { backward } from "../graph/backward.ts";
import { Graph, type Value } from "../graph/graph.ts";
import type { ModelConfig } from "../model/config.ts";
import { declareParameters, decoder, type LowRank, logits, type ModelValues } from "../model/decoder.ts";
import { sequenceRows } from "../model/sequenceRows.ts";
import { type LoraOptions, loraA, loraB, loraModules, loraScaling } from "./lora.ts";

/** What one training or scoring program is compiled for. */
export interface BatchShape {
  batch: number;
  seq: number;
  /** Rows with loss, padding included. */
  lossRows: number;
}

export const differentShapes = (shapes: readonly BatchShape[]): BatchShape[] => [
  ...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values(),
];

export const dropoutInput = (module: string): string => `${module}.dropout`;

/** The inputs of a batch: tokenIds, positions, segments [batch, seq]; lossRows, targets [n]; lossWeights [n, 1]. */
function batchLogProbs(
  graph: Graph,
  config: ModelConfig,
  model: ModelValues,
  shape: BatchShape,
): { logProb: Value; weights: Value } {
  const { batch, seq, lossRows } = shape;
  const sequences = sequenceRows(graph, config, batch, seq);
  const rows = graph.input("lossRows", [lossRows], "int");
  const targets = graph.input("targets", [lossRows], "int");
  const weights = graph.input("lossWeights", [lossRows, 1]);
  const hidden = decoder(graph, config, model, { ...sequences, select: (all) => graph.gatherRows(all, rows) });
  return { logProb: graph.tokenLogProb(logits(graph, config, model, hidden), targets), weights };
}

function declareAdapters(graph: Graph, config: ModelConfig, lora: LoraOptions, tokens: number): Map<string, LowRank> {
  const adapters = new Map<string, LowRank>();
  for (const { module, outputs, inputs } of loraModules(config, lora)) {
    adapters.set(module, {
      a: graph.input(loraA(module), [lora.rank, inputs]),
      b: graph.input(loraB(module), [outputs, lora.rank]),
      scaling: loraScaling(lora),
      ...(lora.dropout > 0 && { dropoutMask: graph.input(dropoutInput(module), [tokens, inputs]) }),
    });
  }
  return adapters;
}

/**
 * One forward and backward pass. Outputs `loss`, the sum of lossWeights * -log p(target), and for every trainable
 * parameter `name` its gradient under `grad:name`.
 *
 * @param lora absent: every weight is trained
 */
export function trainingGraph(config: ModelConfig, shape: BatchShape, lora: LoraOptions | undefined): Graph {
  const graph = new Graph();
  const parameters = declareParameters(graph, config, lora !== undefined);
  const adapters = lora ? declareAdapters(graph, config, lora, shape.batch * shape.seq) : new Map<string, LowRank>();
  const { logProb, weights } = batchLogProbs(graph, config, { parameters, adapters }, shape);
  const loss = graph.scale(graph.sum(graph.multiply(logProb, weights), [0, 1], false), -1);
  graph.output("loss", loss);
  const trainable = lora
    ? new Map([...adapters].flatMap(([module, { a, b }]) => [[loraA(module), a] as const, [loraB(module), b] as const]))
    : parameters;
  const gradients = backward(graph, loss, [...trainable.values()]);
  [...trainable.keys()].forEach((name, i) => {
    const gradient = gradients[i];
    if (gradient) graph.output(`grad:${name}`, gradient);
  });
  return graph;
}

/** Forward only: outputs `logProb` [lossRows, 1], the log-probability of every target. */
export function scoringGraph(config: ModelConfig, shape: BatchShape): Graph {
  const graph = new Graph();
  const model = { parameters: declareParameters(graph, config, true), adapters: new Map<string, LowRank>() };
  graph.output("logProb", batchLogProbs(graph, config, model, shape).logProb);
  return graph;
}
