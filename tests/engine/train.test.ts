import { describe, expect, test } from "vitest";
import type { TensorData } from "../../src/engine/executors/executor.ts";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { initialWeights } from "../../src/engine/model/initialWeights.ts";
import type { Weights } from "../../src/engine/model/parameters.ts";
import { bucketLength, type EncodedRow, layOut } from "../../src/engine/train/batch.ts";
import { lossAndGradients, type Trainee } from "../../src/engine/train/gradients.ts";
import { initialAdapter, type LoraOptions, loraModules, loraScaling } from "../../src/engine/train/lora.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { type Recipe, recipe } from "../../src/engine/train/recipe.ts";
import { type StepReport, train } from "../../src/engine/train/train.ts";
import { dropoutInput } from "../../src/engine/train/trainingGraph.ts";
import { InterruptedError, UserError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";
import { relativeError } from "./fixtures.ts";
import { randomRows, recording, tinyAdapter, tinyConfigs, tinyLora, tinyWeights } from "./tiny.ts";

const config = tinyConfigs["grouped-query"];
const onnx = createOnnxExecutor();
const programs = new ProgramCache(onnx);
const base = tinyWeights(config, 1);

const copy = (weights: Weights): Weights =>
  new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));

/** A fresh trainee, and the weights that training changes. */
function traineeFor({ method, lora }: Recipe, weights = base): { trainee: Trainee; trained: Weights } {
  if (method === "full") {
    const trained = copy(weights);
    return { trainee: { config, weights: trained }, trained };
  }
  const adapter = { lora, weights: initialAdapter(config, lora, 1) };
  return { trainee: { config, weights, adapter }, trained: adapter.weights };
}

/** Trains from the same start. */
async function trained(rows: readonly EncodedRow[], settings: Recipe, seed: number) {
  const { trainee, trained } = traineeFor(settings);
  const reports: StepReport[] = [];
  await train(programs, trainee, rows, settings, { seed, onStep: (report) => void reports.push(report) });
  return { weights: trained, reports };
}

const small = { rank: 3, alpha: 6 } as Recipe["lora"];
const rows = randomRows([5, 9, 12, 7, 3, 8, 10, 6, 5, 11, 4], config.vocabSize, 2);

describe.each(["lora", "full"] as const)("training (%s)", (method) => {
  const settings = recipe({ method, lora: { ...small, dropout: 0.1 }, effectiveBatchSize: 4, epochs: 2 });

  test("gives the same weights bit for bit from the same seed, others from another", async () => {
    const [first, second] = [await trained(rows, settings, 1), await trained(rows, settings, 1)];
    expect(second).toEqual(first);
    expect((await trained(rows, settings, 2)).weights).not.toEqual(first.weights);
  });

  test("reports every step", async () => {
    const { reports } = await trained(rows, settings, 1);
    const total = rows.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
    expect(reports.map(({ step, steps }) => `${step}/${steps}`)).toEqual([1, 2, 3, 4, 5, 6].map((step) => `${step}/6`));
    expect(reports.map(({ rowsSeen }) => rowsSeen)).toEqual([4, 8, 11, 15, 19, 22]);
    expect(reports[2]?.tokens).toBe(total);
    expect(reports[5]?.tokens).toBe(2 * total);
    for (const { loss, gradNorm } of reports) expect(loss > 0 && gradNorm > 0).toBe(true);
  });

  test("makes the same update from micro-batches of 1, 2 and 8 rows", async () => {
    // With PyTorch's epsilon of 1e-8, AdamW's first steps are the gradients' signs, noise included.
    const smooth = { method, lora: small, effectiveBatchSize: 8, epochs: 1, epsilon: 1e-3, warmupSteps: 0 };
    const [whole, pairs, single] = await Promise.all(
      [8, 2, 1].map((microBatchSize) => trained(rows.slice(0, 8), recipe({ ...smooth, microBatchSize }), 3)),
    );
    for (const other of [pairs, single]) {
      expect(Math.abs((other?.reports[0]?.loss ?? 0) - (whole?.reports[0]?.loss ?? 0))).toBeLessThan(1e-6);
      for (const [name, { data }] of whole?.weights ?? []) {
        const change = data.map((value, i) => value - (other?.weights.get(name)?.data[i] as number));
        expect(Math.max(...change.map(Math.abs)), name).toBeLessThan(1e-6);
      }
    }
  });

  test("lowers the loss on a toy task", async () => {
    const { reports } = await trained(
      copyTask(64),
      recipe({ method, lora: { rank: 8 } as Recipe["lora"], learningRate: 0.02, effectiveBatchSize: 16, epochs: 25 }),
      1,
    );
    // Six equally likely tokens: a model that copies beats log 6 = 1.8 nats by far.
    const last = reports.at(-1)?.loss as number;
    expect(reports[0]?.loss).toBeGreaterThan(3);
    expect(last).toBeLessThan((method === "full" ? 0.1 : 0.7) * Math.log(6));
  });
});

/** a b c -> a b c: the reply repeats the prompt. */
function copyTask(count: number): EncodedRow[] {
  const stream = random("copy task");
  return Array.from({ length: count }, () => {
    const tokens = Array.from({ length: 3 }, () => stream.integer(3, 8));
    return { tokenIds: [2, ...tokens, 1, ...tokens], lossWeights: [0, 0, 0, 0, 0, 1, 1, 1] };
  });
}

test("LoRA leaves the base's weights as they are", async () => {
  const before = copy(base);
  await trained(rows, recipe({ lora: small, epochs: 1 }), 1);
  expect(base).toEqual(before);
});

test("a fresh adapter changes nothing: B is zero", async () => {
  const lora = tinyLora();
  const batch = [layOut([[rows[0] as EncodedRow]], 1, 8)];
  const plain = await lossAndGradients(programs, { config, weights: base }, batch, []);
  const adapter = { lora, weights: initialAdapter(config, lora, 9) };
  const adapted = await lossAndGradients(programs, { config, weights: base, adapter }, batch, []);
  expect(adapted.loss).toBe(plain.loss);
});

test("rank-stabilised scaling is alpha / sqrt(rank)", async () => {
  expect(loraScaling(tinyLora({ rank: 16, alpha: 32 }))).toBe(2);
  expect(loraScaling(tinyLora({ rank: 16, alpha: 32, rankStabilized: true }))).toBe(8);
  const loss = async (lora: LoraOptions): Promise<number> => {
    const adapter = { lora, weights: tinyAdapter(config, lora, 9) };
    const batch = layOut([[rows[2] as EncodedRow]], 1, 16);
    return (await lossAndGradients(programs, { config, weights: base, adapter }, [batch], [])).loss;
  };
  const stabilized = await loss(tinyLora({ rank: 4, alpha: 6, rankStabilized: true }));
  expect(stabilized).toBe(await loss(tinyLora({ rank: 4, alpha: 12 })));
  expect(stabilized).not.toBe(await loss(tinyLora({ rank: 4, alpha: 6 })));
});

describe("dropout", () => {
  const dropout = 0.25;
  const modules = loraModules(config, tinyLora()).map(({ module }) => dropoutInput(module));

  /** The masks of every run of a training of two steps, each in two micro-batches. */
  async function masks(seed: number): Promise<Record<string, TensorData>[]> {
    const { executor, runs } = recording(onnx);
    const settings = recipe({ lora: { ...small, dropout }, effectiveBatchSize: 4, microBatchSize: 2, epochs: 1 });
    await train(new ProgramCache(executor), traineeFor(settings).trainee, rows.slice(0, 8), settings, { seed });
    return runs.map((run) => Object.fromEntries(modules.map((module) => [module, run[module] as TensorData])));
  }

  test("zeroes its share of an adapter's inputs and scales up the rest", async () => {
    const values = (await masks(1)).flatMap((run) => Object.values(run).flatMap((mask) => [...mask]));
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / (1 - dropout))]));
    const rate = values.filter((value) => value === 0).length / values.length;
    const standardError = Math.sqrt((dropout * (1 - dropout)) / values.length);
    expect(Math.abs(rate - dropout)).toBeLessThan(4 * standardError);
  });

  test("differs by module, micro-batch, step and seed, and repeats from a seed", async () => {
    const [first, again, other] = [await masks(1), await masks(1), await masks(2)];
    expect(again).toEqual(first);
    const all = [...first, ...other].flatMap((run) => Object.values(run).map((mask) => mask.slice(0, 128).join()));
    expect(all).toHaveLength(2 * 4 * modules.length);
    expect(new Set(all).size).toBe(all.length);
  });

  test("of 0 has no masks", async () => {
    const { executor, runs } = recording(onnx);
    const settings = recipe({ lora: small, epochs: 1 });
    await train(new ProgramCache(executor), traineeFor(settings).trainee, rows, settings, { seed: 1 });
    expect(Object.keys(runs[0] ?? {}).filter((name) => name.includes("dropout"))).toEqual([]);
  });
});

describe("training is refused before its first step", () => {
  const settings = recipe({ lora: small });
  const attempt = (bad: readonly EncodedRow[]): Promise<unknown> => {
    const onStep = (): never => expect.unreachable("a step was made");
    return train(programs, traineeFor(settings).trainee, bad, settings, { seed: 1, onStep });
  };
  const good = rows[0] as EncodedRow;
  const faults: [string, EncodedRow, RegExp][] = [
    ["has nothing to learn", { tokenIds: [4, 5], lossWeights: [0, 0] }, /row 2 of 2 has no token to learn/],
    ["has loss on its first token only", { tokenIds: [4, 5], lossWeights: [1, 0] }, /row 2 of 2 has no token to learn/],
    ["is empty", { tokenIds: [], lossWeights: [] }, /row 2 of 2 has no token to learn/],
    [
      "is longer than the context",
      randomRows([129], 23, 1)[0] as EncodedRow,
      /row 2 of 2 has 129 tokens, .* holds 128/,
    ],
    ["has an unknown token", { tokenIds: [4, 23], lossWeights: [0, 1] }, /row 2 of 2 has token 23, .* 0 to 22/],
    ["has a negative weight", { tokenIds: [4, 5], lossWeights: [0, -1] }, /row 2 of 2 has a loss weight of -1/],
    ["has no weight for a token", { tokenIds: [4, 5], lossWeights: [1] }, /row 2 of 2 has 2 tokens and 1 loss weights/],
  ];
  test.each(faults)("when a row %s", async (_, row, message) => {
    await expect(attempt([good, row])).rejects.toThrow(UserError);
    await expect(attempt([good, row])).rejects.toThrow(message);
  });

  test("when there are no rows", async () => {
    await expect(attempt([])).rejects.toThrow(/expected at least one row/);
  });

  test("when it was stopped", async () => {
    const { trainee } = traineeFor(settings);
    const stopped = train(programs, trainee, rows, settings, { seed: 1, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(InterruptedError);
  });
});

test("training that diverges says so", async () => {
  const settings = recipe({ method: "full", learningRate: 1e30, warmupSteps: 0, effectiveBatchSize: 2 });
  const diverging = train(programs, traineeFor(settings).trainee, rows, settings, { seed: 1 });
  await expect(diverging).rejects.toThrow(UserError);
  await expect(diverging).rejects.toThrow(/training diverged: .* lower learningRate/);
});

test("a fraction of an epoch is its first steps", async () => {
  const steps = async (epochs: number): Promise<number> =>
    (await trained(rows, recipe({ lora: small, effectiveBatchSize: 1, epochs }), 1)).reports.length;
  expect(await steps(0.5)).toBe(6);
  expect(await steps(3 / 11)).toBe(3);
  expect(await steps(1.1)).toBe(13);
});

test("one cache serves every model and method without mixing their programs", async () => {
  const batch = [layOut([[rows[0] as EncodedRow]], 1, 8)];
  const others = [config, tinyConfigs["multi-head"]].flatMap((config): Trainee[] => {
    const lora = tinyLora();
    const weights = tinyWeights(config, 1);
    return [
      { config, weights },
      { config, weights, adapter: { lora, weights: tinyAdapter(config, lora, 1) } },
      { config, weights, adapter: { lora: { ...lora, alpha: 1 }, weights: tinyAdapter(config, lora, 1) } },
    ];
  });
  for (const trainee of others) {
    const alone = await lossAndGradients(new ProgramCache(onnx), trainee, batch, []);
    expect(await lossAndGradients(programs, trainee, batch, [])).toEqual(alone);
  }
});

test("two threads give the gradients of one, bit for bit", async () => {
  const larger = { ...config, vocabSize: 300, hiddenSize: 64, headDim: 16, intermediateSize: 160 };
  const weights = initialWeights(larger, 1);
  const examples = randomRows(
    Array.from({ length: 16 }, (_, i) => 20 + i),
    300,
    4,
  );
  const batch = layOut(
    examples.map((row) => [row]),
    16,
    bucketLength(36),
  );
  const lora = tinyLora({ rank: 8 });
  const adapter = { lora, weights: tinyAdapter(larger, lora, 1) };
  for (const trainee of [
    { config: larger, weights },
    { config: larger, weights, adapter },
  ]) {
    const [one, two] = await Promise.all(
      [1, 2].map(async (threads) => {
        const cache = new ProgramCache(createOnnxExecutor({ threads }));
        const result = await lossAndGradients(cache, trainee, [batch, batch], []);
        await cache.release();
        return result;
      }),
    );
    expect(two?.loss).toBe(one?.loss);
    for (const [name, expected] of one?.gradients ?? []) {
      expect(relativeError(two?.gradients.get(name) ?? [], expected), name).toBe(0);
    }
  }
});
