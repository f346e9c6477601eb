import { describe, expect, test } from "vitest";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import type { ModelConfig } from "../../src/engine/model/config.ts";
import type { Weights } from "../../src/engine/model/parameters.ts";
import { countLossRows, layOut } from "../../src/engine/train/batch.ts";
import { batchInputs } from "../../src/engine/train/gradients.ts";
import { type LoraOptions, loraModules } from "../../src/engine/train/lora.ts";
import { dropoutInput, trainingGraph } from "../../src/engine/train/trainingGraph.ts";
import { random } from "../../src/util/random.ts";
import { relativeError } from "./fixtures.ts";
import { finiteDifferences, normals, slope, upTo } from "./numerics.ts";
import { randomRows, tinyAdapter, tinyConfigs, tinyLora, tinyWeights } from "./tiny.ts";

type Feeds = Record<string, Float64Array>;

const float64 = (weights: Weights): Feeds =>
  Object.fromEntries([...weights].map(([name, { data }]) => [name, Float64Array.from(data)]));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** A loss of packed rows with padding, all that a training step computes of it, and the trained weights as float64. */
async function prepare(config: ModelConfig, lora: LoraOptions | undefined) {
  const [long, short, other] = randomRows([3, 2, 4], config.vocabSize, 5) as [never, never, never];
  const batch = layOut([[long, short], [other]], 2, 6);
  const shape = { batch: 2, seq: 6, lossRows: countLossRows(batch) + 1 };
  const trained = float64(lora ? tinyAdapter(config, lora, 2) : tinyWeights(config, 1));
  const masks = lora?.dropout
    ? loraModules(config, lora).map(({ module, inputs }) => {
        const stream = random("mask", module);
        return [dropoutInput(module), Float64Array.from({ length: 12 * inputs }, () => Number(stream.chance(0.7)))];
      })
    : [];
  const feeds = {
    ...float64(tinyWeights(config, 1)),
    ...trained,
    ...Object.fromEntries(masks),
    ...batchInputs(batch, 3, shape),
  };
  const executor = createReferenceExecutor();
  const graph = trainingGraph(config, shape, lora);
  const forward = await executor.compile(upTo(graph, "loss"));
  const loss = async (): Promise<number> => (await forward.run(feeds)).loss?.[0] as number;
  return { outputs: await (await executor.compile(graph)).run(feeds), loss, trained };
}

const methods: [name: string, lora: LoraOptions | undefined][] = [
  ["every weight", undefined],
  ["adapters with dropout", tinyLora({ dropout: 0.3, rankStabilized: true })],
];

describe.each(methods)("the gradient of a whole model's loss by %s", (_, lora) => {
  test.each(Object.entries(tinyConfigs))("agrees with finite differences: %s", async (name, config) => {
    const { outputs, loss, trained } = await prepare(config, lora);
    expect(await loss()).toBe(outputs.loss?.[0]);
    expect(Object.keys(outputs).length).toBe(Object.keys(trained).length + 1);
    for (const [parameter, numbers] of Object.entries(trained)) {
      const gradient = outputs[`grad:${parameter}`] as Float64Array;
      const direction = normals(random(name, parameter), numbers.length);
      const measured = await slope(loss, 1e-4, (by) => {
        for (let i = 0; i < numbers.length; i++) numbers[i] = (numbers[i] as number) + by * (direction[i] as number);
      });
      const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
      expect(Math.abs(measured - dot(gradient, direction)) / scale, parameter).toBeLessThan(1e-6);
    }
  });
});

test("the gradient by single numbers of an embedding agrees with finite differences", async () => {
  const { outputs, loss, trained } = await prepare(tinyConfigs["multi-head"], undefined);
  const embedding = trained["model.embed_tokens.weight"] as Float64Array;
  const part = embedding.subarray(0, 8);
  const gradient = outputs["grad:model.embed_tokens.weight"]?.subarray(0, 8) ?? [];
  const measured = await finiteDifferences(part, loss);
  expect(relativeError(gradient, measured)).toBeLessThan(1e-6);
});
