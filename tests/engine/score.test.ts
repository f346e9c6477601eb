import { describe, expect, test } from "vitest";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import { score } from "../../src/engine/sample/score.ts";
import { bucketLength, layOut } from "../../src/engine/train/batch.ts";
import { lossAndGradients } from "../../src/engine/train/gradients.ts";
import { mergeAdapter } from "../../src/engine/train/lora.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { UserError } from "../../src/util/errors.ts";
import { randomRows, tinyAdapter, tinyConfigs, tinyLora, tinyWeights } from "./tiny.ts";

const config = tinyConfigs["grouped-query"];
const weights = tinyWeights(config, 4);

describe.each([createOnnxExecutor(), createReferenceExecutor()])("scores of the $id executor", (executor) => {
  const programs = new ProgramCache(executor);

  test.each(Object.entries(tinyConfigs))("are the log-probabilities in the training loss: %s", async (_, config) => {
    const weights = tinyWeights(config, 4);
    const rows = randomRows([9, 3, 17, 2], config.vocabSize, 1);
    const scores = await score({ programs, config, weights }, rows);
    for (const [i, row] of rows.entries()) {
      const batch = layOut([[row]], 1, bucketLength(row.tokenIds.length));
      const { loss } = await lossAndGradients(programs, { config, weights }, [batch], []);
      const { logProb, tokens } = scores[i] as (typeof scores)[number];
      expect(tokens).toBe(row.lossWeights.filter((weight) => weight === 1).length);
      expect(Math.abs(logProb / tokens + loss)).toBeLessThan(1e-5);
    }
  });

  test("of an adapter are those of the merged weights", async () => {
    const rows = randomRows([7, 12], config.vocabSize, 2);
    for (const lora of [tinyLora(), tinyLora({ rankStabilized: true, targetModules: ["q_proj", "down_proj"] })]) {
      const adapter = tinyAdapter(config, lora, 6);
      const merged = mergeAdapter(weights, adapter, lora);
      const batch = layOut(
        rows.map((row) => [row]),
        2,
        16,
      );
      const trainee = { config, weights, adapter: { lora, weights: adapter } };
      const { loss } = await lossAndGradients(programs, trainee, [batch], []);
      const scores = await score({ programs, config, weights: merged }, rows);
      const [logProb, tokens] = [
        scores.reduce((sum, s) => sum + s.logProb, 0),
        scores.reduce((sum, s) => sum + s.tokens, 0),
      ];
      expect(Math.abs(logProb / tokens + loss)).toBeLessThan(1e-5);
      const base = await score({ programs, config, weights }, rows);
      expect(Math.abs((base[0]?.logProb ?? 0) - (scores[0]?.logProb ?? 0))).toBeGreaterThan(1e-2);
    }
  });
});

describe("score", () => {
  const generator = { programs: new ProgramCache(createOnnxExecutor()), config, weights };

  test("keeps the order of rows that do not fit one batch", async () => {
    const rows = randomRows(
      Array.from({ length: 40 }, (_, i) => 2 + ((11 * i) % 23)),
      config.vocabSize,
      3,
    );
    const scores = await score(generator, rows);
    for (const i of [0, 17, 39]) {
      const [alone] = await score(generator, [rows[i] as (typeof rows)[number]]);
      expect(scores[i]?.tokens).toBe(alone?.tokens);
      expect(scores[i]?.logProb).toBeCloseTo(alone?.logProb as number, 4);
    }
  });

  test("refuses a row without anything to score, and one beyond the context", async () => {
    const [row] = randomRows([129], config.vocabSize, 3) as [never];
    await expect(score(generator, [row])).rejects.toThrow(/row 1 of 1 has 129 tokens, .* context holds 128/);
    await expect(score(generator, [{ tokenIds: [1, 2], lossWeights: [1, 0] }])).rejects.toThrow(UserError);
  });

  test("of a model that computes no numbers is an error", async () => {
    const broken = new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => NaN) }]));
    const scores = score({ ...generator, weights: broken }, randomRows([5], config.vocabSize, 1));
    await expect(scores).rejects.toThrow(/logits are not numbers/);
  });

  test("of no rows is empty", async () => {
    expect(await score(generator, [])).toEqual([]);
  });
});

test("an adapter of another model is not merged", () => {
  const lora = tinyLora();
  const adapter = tinyAdapter({ ...config, layers: 3 }, lora, 1);
  expect(() => mergeAdapter(weights, adapter, lora)).toThrow(/layers.2.self_attn.q_proj/);
});

test("merging leaves the base's weights as they are", () => {
  const copies = new Map([...weights].map(([name, { data }]) => [name, data.slice()]));
  const lora = tinyLora({ targetModules: ["v_proj"] });
  const merged = mergeAdapter(weights, tinyAdapter(config, lora, 1), lora);
  for (const [name, { data }] of weights) expect(data).toEqual(copies.get(name));
  const changed = [...merged].filter(([name, weight]) => weight !== weights.get(name)).map(([name]) => name);
  expect(changed).toEqual([0, 1].map((layer) => `model.layers.${layer}.self_attn.v_proj.weight`));
});
