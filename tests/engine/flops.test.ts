import { describe, expect, test } from "vitest";
import { matmulRate } from "../../src/engine/executors/matmulRate.ts";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import { matmulFlops } from "../../src/engine/graph/flops.ts";
import { Graph } from "../../src/engine/graph/graph.ts";
import type { ModelConfig } from "../../src/engine/model/config.ts";
import { modelFlops } from "../../src/engine/train/modelFlops.ts";
import { recipe } from "../../src/engine/train/recipe.ts";
import { trainingGraph } from "../../src/engine/train/trainingGraph.ts";
import { tinyConfigs } from "./tiny.ts";

describe("operations of matrix products", () => {
  const count = (build: (graph: Graph) => void): number => {
    const graph = new Graph();
    build(graph);
    return matmulFlops(graph);
  };

  test("two per multiplication and addition, whichever side is transposed", () => {
    for (const transposeA of [false, true])
      for (const transposeB of [false, true]) {
        const flops = count((graph) => {
          const a = graph.input("a", transposeA ? [5, 3] : [3, 5]);
          const b = graph.input("b", transposeB ? [7, 5] : [5, 7]);
          graph.output("c", graph.matmul(a, b, { transposeA, transposeB }));
        });
        expect(flops).toBe(2 * 3 * 5 * 7);
      }
  });

  test("leading axes multiply, broadcast ones included", () => {
    const flops = count((graph) => {
      const product = graph.matmul(graph.input("a", [2, 4, 3, 5]), graph.input("b", [2, 1, 5, 7]));
      graph.output("c", product);
    });
    expect(flops).toBe(2 * (2 * 4) * 3 * 5 * 7);
  });

  test("what no output needs does not count, nor does anything but products", () => {
    const flops = count((graph) => {
      const [a, b] = [graph.input("a", [3, 5]), graph.input("b", [5, 3])];
      const used = graph.matmul(a, b);
      graph.matmul(graph.matmul(b, a), b);
      graph.output("c", graph.softmax(graph.multiply(used, used)));
    });
    expect(flops).toBe(2 * 3 * 5 * 3);
  });
});

describe("model FLOPs of a row", () => {
  const config = tinyConfigs["grouped-query"] as ModelConfig;
  const { hiddenSize: d, layers, heads, keyValueHeads, headDim, intermediateSize: ffn, vocabSize } = config;
  const [queries, keys] = [heads * headDim, keyValueHeads * headDim];
  const linear = layers * (2 * d * queries + 2 * d * keys + 3 * d * ffn);
  const [tokens, lossRows] = [13, 5];
  const attention = layers * 2 * 2 * tokens ** 2 * queries;
  const head = 2 * lossRows * vocabSize * d;

  test("full fine-tuning: three times the forward pass, by hand", () => {
    // The gradient of every product takes two products of its size.
    const forward = 2 * tokens * linear + attention + head;
    expect(modelFlops(config, undefined)(tokens, lossRows)).toBe(3 * forward);
  });

  test("LoRA: no gradients of frozen weights, and none before the first adapters", () => {
    const { lora } = recipe({ lora: { rank: 3, targetModules: ["o_proj"] } });
    const adapters = layers * 2 * tokens * 3 * (queries + d);
    const forward = 2 * tokens * linear + attention + head + adapters;
    // Backward: the head; of all layers but the first everything; of the first what lies behind o_proj's input.
    const perLayer = 2 * tokens * (linear / layers) + (2 * attention) / layers;
    const ofFirst = 2 * tokens * 3 * d * ffn;
    // By the adapters: A and B each by themselves and, except for the first layer's A, by their inputs.
    const byAdapters = 2 * adapters - 2 * tokens * 3 * queries;
    expect(modelFlops(config, lora)(tokens, lossRows)).toBe(
      forward + head + (layers - 1) * perLayer + ofFirst + byAdapters,
    );
  });

  test.each([1, 8, 40])("is what the graph of a single row of %i tokens has", (seq) => {
    const { lora } = recipe();
    const graph = trainingGraph(config, { batch: 1, seq, lossRows: 3 }, lora);
    expect(modelFlops(config, lora)(seq, 3)).toBe(matmulFlops(graph));
  });
});

test("the rate of matrix products is measured once for an executor", async () => {
  let compiled = 0;
  const { compile, id } = createReferenceExecutor();
  const quick = {
    id,
    compile: async (...args: Parameters<typeof compile>) => {
      compiled++;
      const program = await compile(...args);
      // As if it took a thousandth of a second: the reference would take minutes.
      const run = async (): Promise<Record<string, Float32Array>> => {
        for (const end = performance.now() + 1; performance.now() < end; );
        return {};
      };
      return { ...program, run, release: async () => undefined };
    },
  };
  const [first, second] = [await matmulRate(quick), await matmulRate(quick)];
  expect(first).toBe(second);
  expect(compiled).toBe(1);
  expect(first).toBeGreaterThan(0);
  expect(Number.isFinite(first)).toBe(true);
});
