/**
 * How many tokens per second are sampled at batch 64 with a key-value cache, here and in PyTorch (float32, bfloat16)?
 * Same weights and prompts, temperature 0.7, one thread; the reading of the prompts is included. The sides take
 * turns, and processor time is what counts, so that other work on the machine changes little.
 *
 * Usage: npx tsx bench/sampling.ts [tiny|micro]
 */
import { createOnnxExecutor } from "../src/engine/executors/onnx.ts";
import { initialWeights } from "../src/engine/model/initialWeights.ts";
import { type Generator, generate } from "../src/engine/sample/generate.ts";
import { ProgramCache } from "../src/engine/train/programCache.ts";
import { openPeer, type PeerResult } from "./peer.ts";
import { chosenShape, median, peerConfig, processorSeconds, randomTokens } from "./shapes.ts";

const rounds = 3;
/** The first of each round warms up. */
const repetitions = 4;
const batch = 64;
const promptTokens = 24;
const newTokens = 40;
const temperature = 0.7;

/** Processor seconds of each repetition. */
async function ours(generator: Generator, prompts: number[][]): Promise<number[]> {
  const sampling = { temperature, topP: 1, maxNewTokens: newTokens };
  const ids = prompts.map((_, i) => `prompt-${i}`);
  const seconds: number[] = [];
  for (let seed = 0; seed < repetitions; seed++) {
    const start = processorSeconds();
    await generate(generator, prompts, sampling, { seed, ids, stopTokens: new Set(), batchSize: batch });
    seconds.push(processorSeconds() - start);
  }
  return seconds;
}

const { name, shape } = chosenShape();
const { config } = shape;
const weights = initialWeights(config, 1);
const prompts = randomTokens(config, batch, promptTokens);
const peer = await openPeer("sampling.py", weights);
const task = { ...peerConfig(config), prompts, newTokens, temperature, rounds: repetitions };
const programs = new ProgramCache(createOnnxExecutor({ threads: 1 }));
const times = { inoculate: [] as number[], pytorchFp32: [] as number[], pytorchBf16: [] as number[] };
let last: PeerResult | undefined;
for (let round = 0; round < rounds; round++) {
  times.inoculate.push(...(await ours({ programs, config, weights }, prompts)).slice(1));
  times.pytorchFp32.push(...peer.run({ ...task, dtype: "fp32" }).seconds.slice(1));
  last = peer.run({ ...task, dtype: "bf16" });
  times.pytorchBf16.push(...last.seconds.slice(1));
  console.error(
    `round ${round + 1} of ${rounds}: ${median(times.inoculate).toFixed(2)} s for ${batch * newTokens} tokens`,
  );
}
peer.close();
await programs.release();
const speed = (seconds: number[]): number => Math.round((batch * newTokens) / median(seconds));
const [inoculate, pytorchFp32, pytorchBf16] = [
  speed(times.inoculate),
  speed(times.pytorchFp32),
  speed(times.pytorchBf16),
];
console.log(
  JSON.stringify({
    bench: "sampling",
    shape: name,
    batch,
    promptTokens,
    newTokens,
    threads: 1,
    unit: "tokens/s",
    inoculate,
    pytorchFp32,
    pytorchBf16,
    ratioToFp32: Number((inoculate / pytorchFp32).toFixed(2)),
    ratioToBf16: Number((inoculate / pytorchBf16).toFixed(2)),
    torch: last?.torch,
  }),
);
