/**
 * How many tokens per second does a training step take in, here and in PyTorch (float32, and bfloat16 by autocast)?
 * Same weights, same batch, one thread: forward, backward, clipping and AdamW. The sides take turns, and processor
 * time is what counts, so that other work on the machine changes little.
 *
 * Usage: npx tsx bench/training.ts [tiny|micro]
 */
import { createOnnxExecutor } from "../src/engine/executors/onnx.ts";
import { initialWeights } from "../src/engine/model/initialWeights.ts";
import type { Weights } from "../src/engine/model/parameters.ts";
import { initialAdapter, loraScaling } from "../src/engine/train/lora.ts";
import { ProgramCache } from "../src/engine/train/programCache.ts";
import { type Recipe, recipe } from "../src/engine/train/recipe.ts";
import { train } from "../src/engine/train/train.ts";
import { openPeer, type PeerResult } from "./peer.ts";
import { chosenShape, median, peerConfig, processorSeconds, randomTokens, type Shape } from "./shapes.ts";

const rounds = 3;
const warmUpSteps = 3;
const steps = 12;

const copy = (weights: Weights): Weights =>
  new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));

/** Processor seconds of each step, and the first loss. */
async function ours({ config, batch, seq }: Shape, method: Recipe["method"], weights: Weights, adapter: Weights) {
  const options = recipe({
    method,
    effectiveBatchSize: batch,
    microBatchSize: batch,
    epochs: steps,
    learningRate: 1e-4,
    warmupSteps: 0,
  });
  const rows = batchOf({ config, batch, seq });
  const trainee =
    method === "full"
      ? { config, weights: copy(weights) }
      : { config, weights, adapter: { lora: options.lora, weights: copy(adapter) } };
  const programs = new ProgramCache(createOnnxExecutor({ threads: 1 }));
  const seconds: number[] = [];
  let firstLoss = Number.NaN;
  let last = processorSeconds();
  await train(programs, trainee, rows, options, {
    seed: 1,
    onStep: ({ step, loss }) => {
      if (step === 1) firstLoss = loss;
      const now = processorSeconds();
      seconds.push(now - last);
      last = now;
    },
  });
  await programs.release();
  return { seconds, firstLoss };
}

/** Rows of equal length, loss on the last third. */
function batchOf({ config, batch, seq }: Shape) {
  const from = seq - Math.floor(seq / 3);
  return randomTokens(config, batch, seq).map((tokenIds) => ({
    tokenIds,
    lossWeights: tokenIds.map((_, t) => Number(t >= from)),
  }));
}

async function compare(shape: Shape, method: Recipe["method"]) {
  const { config, batch, seq } = shape;
  const weights = initialWeights(config, 1);
  const { lora } = recipe();
  const adapter = initialAdapter(config, lora, 1);
  const peer = await openPeer("training.py", method === "lora" ? new Map([...weights, ...adapter]) : weights);
  const rows = batchOf(shape);
  const task = {
    ...peerConfig(config),
    method,
    steps,
    scaling: loraScaling(lora),
    tokenIds: rows.map(({ tokenIds }) => tokenIds),
    lossWeights: rows.map(({ lossWeights }) => lossWeights),
  };
  const times = { inoculate: [] as number[], pytorchFp32: [] as number[], pytorchBf16: [] as number[] };
  let lossDifference = 0;
  let last: PeerResult | undefined;
  for (let round = 0; round < rounds; round++) {
    const own = await ours(shape, method, weights, adapter);
    const fp32 = peer.run({ ...task, dtype: "fp32" });
    last = peer.run({ ...task, dtype: "bf16" });
    times.inoculate.push(...own.seconds.slice(warmUpSteps));
    times.pytorchFp32.push(...fp32.seconds.slice(warmUpSteps));
    times.pytorchBf16.push(...last.seconds.slice(warmUpSteps));
    lossDifference = Math.max(lossDifference, Math.abs(own.firstLoss - (fp32.firstLoss ?? Number.POSITIVE_INFINITY)));
    console.error(
      `${method}, round ${round + 1} of ${rounds}: ${(1000 * median(times.inoculate)).toFixed(1)} ms a step`,
    );
  }
  peer.close();
  const speed = (seconds: number[]): number => Math.round((batch * seq) / median(seconds));
  const [inoculate, pytorchFp32, pytorchBf16] = [
    speed(times.inoculate),
    speed(times.pytorchFp32),
    speed(times.pytorchBf16),
  ];
  return {
    torch: last?.torch,
    result: {
      inoculate,
      pytorchFp32,
      pytorchBf16,
      ratioToFp32: Number((inoculate / pytorchFp32).toFixed(2)),
      ratioToBf16: Number((inoculate / pytorchBf16).toFixed(2)),
      lossDifference,
    },
  };
}

const { name, shape } = chosenShape();
const lora = await compare(shape, "lora");
const full = await compare(shape, "full");
const { torch } = lora;
const { batch, seq } = shape;
console.log(
  JSON.stringify({
    bench: "training",
    shape: name,
    batch,
    seq,
    threads: 1,
    unit: "tokens/s",
    lora: lora.result,
    full: full.result,
    torch,
  }),
);
