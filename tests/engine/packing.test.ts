import { describe, expect, test } from "vitest";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import type { ModelConfig } from "../../src/engine/model/config.ts";
import type { Weights } from "../../src/engine/model/parameters.ts";
import { countLossRows, type EncodedRow, layOut, type TrainBatch } from "../../src/engine/train/batch.ts";
import { batchInputs, lossAndGradients, type Trainee, weightInputs } from "../../src/engine/train/gradients.ts";
import { microBatches, positionsOf, type Rectangle } from "../../src/engine/train/microBatches.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { recipe } from "../../src/engine/train/recipe.ts";
import { type StepReport, train } from "../../src/engine/train/train.ts";
import { scoringGraph } from "../../src/engine/train/trainingGraph.ts";
import { random } from "../../src/util/random.ts";
import { relativeError } from "./fixtures.ts";
import { randomRows, tinyAdapter, tinyConfigs, tinyLora, tinyWeights } from "./tiny.ts";

const executor = createOnnxExecutor();
const programs = new ProgramCache(executor);
const plain = tinyConfigs["grouped-query"];
const apart = recipe({ effectiveBatchSize: 16, microBatchSize: 8 });
const packing = { ...apart, packing: true };

const layAll = (rectangles: readonly Rectangle[]): TrainBatch[] =>
  rectangles.map(({ rows, batch, seq }) => layOut(rows, batch, seq));

/** One long row and short ones, so that several share a row, and some rows stay alone. */
const ragged = (config: ModelConfig): EncodedRow[] =>
  randomRows([48, 5, 9, 30, 3, 8, 2, 21, 6, 7, 11, 4, 40, 3], config.vocabSize, 4);

describe("the layout", () => {
  const stream = random("packing");
  const cases = Array.from({ length: 60 }, (_, i) => {
    const size = stream.integer(1, 12);
    const effective = size * stream.integer(1, 4);
    const lengths = Array.from({ length: stream.integer(1, effective) }, () => stream.integer(2, i % 2 ? 60 : 128));
    const settings = recipe({ microBatchSize: size, effectiveBatchSize: effective });
    return { settings, examples: randomRows(lengths, plain.vocabSize, i) };
  });

  test("holds every example once and whole, with room for it, in no more tokens at once than without packing", () => {
    let shared = 0;
    for (const { settings, examples } of cases) {
      const [loose, tight] = [false, true].map((packing) => microBatches(examples, { ...settings, packing }, plain));
      const placed = (tight ?? []).flatMap(({ rows }) => rows.flat());
      expect(placed).toHaveLength(examples.length);
      expect(new Set(placed)).toEqual(new Set(examples));
      for (const { batch, seq, rows } of tight ?? []) {
        expect(rows.length).toBeLessThanOrEqual(batch);
        for (const row of rows) {
          expect(row.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0)).toBeLessThanOrEqual(seq);
          shared += Number(row.length > 1);
        }
      }
      const largest = (way: readonly Rectangle[] = []): number => Math.max(...way.map((one) => positionsOf([one])));
      expect(largest(tight)).toBeLessThanOrEqual(largest(loose));
      expect(microBatches(examples, { ...settings, packing: true }, plain)).toEqual(tight);
    }
    expect(shared).toBeGreaterThan(50);
  });

  test("is as without packing where there is nothing to save", () => {
    const alike = randomRows(new Array(16).fill(40), plain.vocabSize, 1);
    expect(microBatches(alike, packing, plain)).toEqual(microBatches(alike, apart, plain));
  });

  test("saves most of the padding of ragged rows", () => {
    const examples = ragged(plain);
    const tokens = examples.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
    const settings = { ...apart, microBatchSize: 16 };
    const [loose, tight] = [settings, { ...settings, packing: true }].map((one) =>
      positionsOf(microBatches(examples, one, plain)),
    ) as [number, number];
    expect(1 - tokens / loose).toBeGreaterThan(0.7);
    expect(1 - tokens / tight).toBeLessThan(0.25);
  });
});

describe.each(Object.entries(tinyConfigs))("packed rows of %s", (_, config) => {
  const weights = tinyWeights(config, 3);
  const examples = ragged(config);
  const packedBatches = layAll(microBatches(examples, packing, config));
  const looseBatches = layAll(microBatches(examples, apart, config));

  test("are shared by several examples", () => {
    expect(Math.max(...packedBatches.map(({ segments }) => Math.max(...segments)))).toBeGreaterThan(1);
    expect(Math.max(...looseBatches.map(({ segments }) => Math.max(...segments)))).toBe(0);
  });

  const lora = tinyLora();
  const trainees: [string, Trainee][] = [
    ["all weights", { config, weights }],
    ["adapters", { config, weights, adapter: { lora, weights: tinyAdapter(config, lora, 2) } }],
  ];
  test.each(trainees)("give the loss and the gradients of rows apart: %s", async (_, trainee) => {
    const expected = await lossAndGradients(programs, trainee, looseBatches, []);
    const actual = await lossAndGradients(programs, trainee, packedBatches, []);
    expect(Math.abs(actual.loss - expected.loss)).toBeLessThan(1e-5);
    expect([...actual.gradients.keys()].sort()).toEqual([...expected.gradients.keys()].sort());
    for (const [name, gradient] of expected.gradients) {
      expect(relativeError(actual.gradients.get(name) ?? [], gradient), name).toBeLessThan(1e-5);
    }
  });

  test("keep examples apart: what one says changes no other's log-probability by a bit", async () => {
    const before = await byExample(config, weights, examples);
    for (const changed of [0, 1, 5, 12]) {
      const others = examples.map((example, i) =>
        i === changed ? { ...example, tokenIds: example.tokenIds.map((token) => (Number(token) + 3) % 20) } : example,
      );
      const after = await byExample(config, weights, others);
      examples.forEach((_, i) => {
        if (i === changed) expect(after[i]).not.toEqual(before[i]);
        else expect(after[i], `example ${i} when ${changed} changes`).toEqual(before[i]);
      });
    }
  });
});

/** The log-probabilities of each example's learnt tokens, from packed micro-batches. */
async function byExample(config: ModelConfig, weights: Weights, examples: EncodedRow[]): Promise<number[][]> {
  const found = new Map<EncodedRow, number[]>();
  for (const rectangle of microBatches(examples, packing, config)) {
    const batch = layOut(rectangle.rows, rectangle.batch, rectangle.seq);
    const shape = { batch: batch.batch, seq: batch.seq, lossRows: countLossRows(batch) };
    const program = await programs.get(["packed scores", config, shape], () => scoringGraph(config, shape));
    const { logProb } = await program.run({ ...weightInputs(weights), ...batchInputs(batch, 1, shape) });
    let at = 0;
    for (const example of rectangle.rows.flat()) {
      const learnt = [...example.lossWeights].filter((weight, t) => t > 0 && weight > 0).length;
      found.set(example, Array.from(logProb?.slice(at, at + learnt) ?? []));
      at += learnt;
    }
  }
  return examples.map((example) => found.get(example) ?? []);
}

test("training with packing makes the updates of training without, and computes less", async () => {
  const rows = Array.from({ length: 3 }, (_, i) =>
    ragged(plain).map((row, j) => ((i + j) % 3 ? row : (randomRows([4], plain.vocabSize, j)[0] as EncodedRow))),
  ).flat();
  const start = tinyWeights(plain, 5);
  const run = async (packing: boolean) => {
    const weights: Weights = new Map(
      [...start].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
    );
    // With PyTorch's epsilon of 1e-8, AdamW's first steps are the gradients' signs, noise included.
    const settings = recipe({ method: "full", effectiveBatchSize: 14, microBatchSize: 14, epsilon: 1e-3, packing });
    const reports: StepReport[] = [];
    await train(programs, { config: plain, weights }, rows, settings, {
      seed: 1,
      onStep: (report) => void reports.push(report),
    });
    return { weights, reports };
  };
  const [loose, packed] = [await run(false), await run(true)];
  expect(packed.reports.map(({ tokens, rowsSeen }) => [tokens, rowsSeen])).toEqual(
    loose.reports.map(({ tokens, rowsSeen }) => [tokens, rowsSeen]),
  );
  for (const [step, { loss }] of packed.reports.entries()) {
    expect(Math.abs(loss - (loose.reports[step]?.loss ?? 0))).toBeLessThan(1e-5);
  }
  for (const [name, { data }] of loose.weights) {
    expect(relativeError(packed.weights.get(name)?.data ?? [], data), name).toBeLessThan(1e-5);
  }
  const positions = ({ reports }: typeof loose): number => reports.at(-1)?.positions as number;
  expect(positions(packed)).toBeLessThan(0.6 * positions(loose));
  expect(positions(packed)).toBeGreaterThanOrEqual(packed.reports.at(-1)?.tokens as number);
});

test("packing that is off is packing that is absent", () => {
  expect(recipe({ packing: false })).toEqual(recipe());
  expect(JSON.stringify(recipe({ packing: false }))).toBe(JSON.stringify(recipe()));
  expect(recipe({ packing: true }).packing).toBe(true);
  expect(JSON.stringify(recipe())).not.toContain("packing");
});
