import { describe, expect, test } from "vitest";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { type Generated, generate } from "../../src/engine/sample/generate.ts";
import { score } from "../../src/engine/sample/score.ts";
import { lossAndGradients } from "../../src/engine/train/gradients.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { random } from "../../src/util/random.ts";
import { gradientFixture, gradientFixtures, relativeError } from "../engine/fixtures.ts";
import { randomRows, tinyConfigs, tinyWeights } from "../engine/tiny.ts";
import { gpu, hasGpu, isSoftware } from "./gpu.ts";

/** One model of every family, full and with adapters by turns. */
const fewFixtures = [
  "llama-gqa-untied-lora",
  "qwen2-gqa-untied-full",
  "llama3-scaled-full",
  "smollm2-lora",
  "mistral-full",
  "qwen2-sliding-lora",
  "qwen3-full",
  "gemma-full",
  "gemma2-lora",
  "gemma3-lora",
];
const fewConfigs: readonly string[] = ["grouped-query", "Gemma 2"];

describe.skipIf(!hasGpu)("on WebGPU", () => {
  test.each(isSoftware ? fewFixtures : gradientFixtures)(
    "loss and gradients agree with PyTorch's, the same bits twice: %s",
    async (name) => {
      const fixture = await gradientFixture(name);
      const programs = new ProgramCache(gpu);
      const { loss, gradients } = await lossAndGradients(programs, fixture.trainee, [fixture.batch], [0]);
      expect(Math.abs(loss - fixture.loss)).toBeLessThan(1e-5);
      expect([...gradients.keys()].sort()).toEqual([...fixture.gradients.keys()].sort());
      for (const [parameter, expected] of fixture.gradients) {
        expect(relativeError(gradients.get(parameter) ?? [], expected), parameter).toBeLessThan(1e-4);
      }
      const again = await lossAndGradients(programs, fixture.trainee, [fixture.batch], [0]);
      expect(again).toEqual({ loss, gradients });
      await programs.release();
    },
  );

  const configs = Object.entries(tinyConfigs).filter(([name]) => !isSoftware || fewConfigs.includes(name));
  test.each(configs)("replies are those of the CPU: %s", async (_, config) => {
    const stream = random("prompts", 4);
    const prompts = [1, 5, 31, 33].map((length) => Array.from({ length }, () => stream.integer(0, 22)));
    const reply = async (executor: typeof gpu): Promise<Generated[]> => {
      const generator = { programs: new ProgramCache(executor), config, weights: tinyWeights(config, 3) };
      const options = { seed: 11, ids: prompts.map((_, i) => `${i}`), stopTokens: new Set([7]), batchSize: 3 };
      const replies = await generate(generator, prompts, { temperature: 0.9, topP: 0.95, maxNewTokens: 6 }, options);
      await generator.programs.release();
      return replies;
    };
    expect(await reply(gpu)).toEqual(await reply(createOnnxExecutor()));
  });

  test("scores are those of the CPU", async () => {
    const config = tinyConfigs["grouped-query"];
    const rows = randomRows([9, 3, 17, 2], config.vocabSize, 1);
    const scores = async (executor: typeof gpu) =>
      score({ programs: new ProgramCache(executor), config, weights: tinyWeights(config, 4) }, rows);
    const [ours, expected] = [await scores(gpu), await scores(createOnnxExecutor())];
    const numbers = (list: typeof ours): number[] => list.map(({ logProb }) => logProb);
    expect(relativeError(numbers(ours), numbers(expected))).toBeLessThan(1e-5);
  });
});
