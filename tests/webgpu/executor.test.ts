import { describe, expect, test } from "vitest";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { Graph } from "../../src/engine/graph/graph.ts";
import { generate } from "../../src/engine/sample/generate.ts";
import { initialAdapter } from "../../src/engine/train/lora.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { type Recipe, recipe } from "../../src/engine/train/recipe.ts";
import { train } from "../../src/engine/train/train.ts";
import { GraphError, UserError } from "../../src/util/errors.ts";
import { relativeError } from "../engine/fixtures.ts";
import { randomRows, tinyConfigs, tinyWeights } from "../engine/tiny.ts";
import { gpu, hasGpu } from "./gpu.ts";

/** y = x * w, w frozen. */
function product(): Graph {
  const graph = new Graph();
  graph.output("y", graph.multiply(graph.input("x", [3]), graph.input("w", [3])));
  graph.frozen.add("w");
  return graph;
}

const x = Float32Array.of(1, 2, 3);
const config = { ...tinyConfigs["grouped-query"], layers: 1 };

describe.skipIf(!hasGpu)("the WebGPU executor", () => {
  test("names an input that is missing or does not fit", async () => {
    const program = await gpu.compile(product());
    await expect(program.run({ x })).rejects.toThrow(new GraphError('input "w" is missing'));
    await expect(program.run({ x, w: Float32Array.of(1) })).rejects.toThrow(/input "w": expected 3 numbers/);
    await expect(program.run({ x, w: Int32Array.of(1, 2, 3) })).rejects.toThrow(/input "w": expected floats/);
    await program.release();
  });

  test("reads arrays anew at every run, and keeps no hold of them afterwards", async () => {
    const program = await gpu.compile(product());
    const [own, w] = [x.slice(), Float32Array.of(2, 2, 2)];
    const first = await program.run({ x: own, w });
    own.fill(5);
    expect([...((await program.run({ x: own, w })).y ?? [])]).toEqual([10, 10, 10]);
    expect([...(first.y ?? [])]).toEqual([2, 4, 6]);
    await program.release();
  });

  test("keeps frozen arrays apart, over programs and their release", async () => {
    const [some, others] = [Float32Array.of(2, 3, 4), Float32Array.of(-1, -1, -1)];
    for (let round = 0; round < 2; round++) {
      const program = await gpu.compile(product());
      for (const w of [some, others, some]) {
        expect([...((await program.run({ x, w })).y ?? [])]).toEqual([...w].map((value, i) => value * (i + 1)));
      }
      await program.release();
    }
  });

  test("takes a frozen array in another shape", async () => {
    const w = Float32Array.of(7, 8, 9);
    const column = new Graph();
    column.output("y", column.multiply(column.input("x", [1, 3]), column.input("w", [3, 1])));
    column.frozen.add("w");
    for (const [graph, numbers] of [
      [product(), 3],
      [column, 9],
      [product(), 3],
    ] as const) {
      const program = await gpu.compile(graph);
      expect((await program.run({ x, w })).y).toHaveLength(numbers);
      await program.release();
    }
  });

  test("notices that a frozen array was written to", async () => {
    const program = await gpu.compile(product());
    const w = Float32Array.of(2, 3, 4);
    await program.run({ x, w });
    w[1] = 0;
    await expect(program.run({ x, w })).rejects.toThrow(new GraphError(`${frozen}`));
    await program.release();
  });

  test.each(["lora", "full"] as const)("trains (%s) as the CPU does, the same bits twice", async (method) => {
    const settings = recipe({
      method,
      lora: { rank: 4, alpha: 8, dropout: 0.1, targetModules: ["q_proj", "down_proj"] } as Recipe["lora"],
      learningRate: 1e-2,
      effectiveBatchSize: 2,
      microBatchSize: 2,
    });
    const trained = async (executor: typeof gpu) => {
      const programs = new ProgramCache(executor);
      const adapter = { lora: settings.lora, weights: initialAdapter(config, settings.lora, 1) };
      const trainee = { config, weights: tinyWeights(config, 1), ...(method === "lora" && { adapter }) };
      const losses: number[] = [];
      const onStep = ({ loss }: { loss: number }) => void losses.push(loss);
      await train(programs, trainee, randomRows([6, 6, 6, 6], config.vocabSize, 2), settings, { seed: 1, onStep });
      await programs.release();
      return { losses, weights: (trainee.adapter ?? trainee).weights };
    };
    const ours = await trained(gpu);
    expect(await trained(gpu)).toEqual(ours);
    const expected = await trained(createOnnxExecutor());
    expect(relativeError(ours.losses, expected.losses)).toBeLessThan(1e-5);
    for (const [name, { data }] of expected.weights) {
      expect(relativeError(ours.weights.get(name)?.data ?? [], data), name).toBeLessThan(1e-3);
    }
  });

  test("says so when a model computes something that is not a number", async () => {
    const weights = tinyWeights(config, 1);
    weights.get("model.layers.0.mlp.down_proj.weight")?.data.fill(Number.NaN, 3, 9);
    const generator = { programs: new ProgramCache(gpu), config, weights };
    const sampling = { temperature: 0, topP: 1, maxNewTokens: 2 };
    const reply = generate(generator, [[1, 2, 3]], sampling, { seed: 1, ids: ["a"], stopTokens: new Set() });
    await expect(reply).rejects.toThrow(UserError);
    await generator.programs.release();
  });
});

const frozen = 'input "w" is frozen, but its array was written to since it was first fed';
