/**
 * How well is the memory of training, sampling and scoring predicted? Each case runs in a process of its own with
 * random weights; its peak resident memory is compared with what was predicted before the first step.
 *
 * Usage: npx tsx bench/memory.ts [DEVICE] [CASE...]
 * DEVICE: cpu (the default) or cpu-bf16. CASE: e.g. tiny-lora; all by default, which takes some minutes and 4 GB
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createExecutor } from "../src/engine/executors/createExecutor.ts";
import { type Device, devices } from "../src/engine/executors/device.ts";
import { sizeOf } from "../src/engine/graph/operators.ts";
import { type MemoryNeed, processBytes } from "../src/engine/memory/ensureMemory.ts";
import { scoringMemory } from "../src/engine/memory/ensureScoringMemory.ts";
import { samplingMemory } from "../src/engine/memory/samplingMemory.ts";
import { trainingMemory } from "../src/engine/memory/trainingMemory.ts";
import type { ModelConfig } from "../src/engine/model/config.ts";
import { parameterShapes, type Weights } from "../src/engine/model/parameters.ts";
import { generate } from "../src/engine/sample/generate.ts";
import { score } from "../src/engine/sample/score.ts";
import { bucketLossRows, type EncodedRow } from "../src/engine/train/batch.ts";
import { initialAdapter } from "../src/engine/train/lora.ts";
import { ProgramCache } from "../src/engine/train/programCache.ts";
import { recipe } from "../src/engine/train/recipe.ts";
import { train } from "../src/engine/train/train.ts";
import { randomTokens, shapes } from "./shapes.ts";

interface Case {
  shape: keyof typeof shapes;
  work: "lora" | "full" | "sample" | "score";
  batch: number;
  seq: number;
  /** Rows per forward and backward pass. @default batch */
  micro?: number;
}

const cases: Readonly<Record<string, Case>> = {
  "tiny-lora": { shape: "tiny", work: "lora", batch: 32, seq: 40 },
  "tiny-full": { shape: "tiny", work: "full", batch: 32, seq: 40 },
  "tiny-sample": { shape: "tiny", work: "sample", batch: 64, seq: 24 },
  "micro-lora": { shape: "micro", work: "lora", batch: 32, seq: 96 },
  "micro-full": { shape: "micro", work: "full", batch: 32, seq: 96 },
  "micro-sample": { shape: "micro", work: "sample", batch: 64, seq: 96 },
  "smollm-lora": { shape: "smollm", work: "lora", batch: 4, seq: 256 },
  "smollm-lora-accumulated": { shape: "smollm", work: "lora", batch: 4, seq: 256, micro: 1 },
  "smollm-full": { shape: "smollm", work: "full", batch: 2, seq: 256 },
  "smollm-full-accumulated": { shape: "smollm", work: "full", batch: 4, seq: 64, micro: 1 },
  "smollm-sample": { shape: "smollm", work: "sample", batch: 64, seq: 64 },
  "smollm-score": { shape: "smollm", work: "score", batch: 32, seq: 64 },
};

const steps = 3;
const newTokens = 33;

/** Bytes predicted by what for, and measured in all. */
interface Outcome {
  predicted: MemoryNeed;
  peak: number;
}

/** Cheap numbers: what they are changes nothing in memory. */
function someWeights(config: ModelConfig): Weights {
  return new Map(
    [...parameterShapes(config)].map(([name, shape]) => {
      const data = new Float32Array(sizeOf(shape));
      for (let i = 0; i < data.length; i++) data[i] = shape.length === 1 ? 1 : ((i * 7919) % 1000) / 25_000 - 0.02;
      return [name, { shape, data }];
    }),
  );
}

/** Rows with loss on the last third. */
function rowsOf(config: ModelConfig, batch: number, seq: number): EncodedRow[] {
  const from = seq - Math.floor(seq / 3);
  return randomTokens(config, batch, seq).map((tokenIds) => ({
    tokenIds,
    lossWeights: tokenIds.map((_, t) => Number(t >= from)),
  }));
}

async function measure({ shape, work, batch, seq, micro = batch }: Case, device: Device): Promise<Outcome> {
  const { config } = shapes[shape] as (typeof shapes)[string];
  const weights = someWeights(config);
  const held = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const programs = new ProgramCache(await createExecutor(device, { threads: 1, cores: 1 }));
  const rows = rowsOf(config, batch, seq);
  const lossRows = (size: number): number => bucketLossRows(size * Math.floor(seq / 3), size, seq);
  let need: MemoryNeed;
  if (work === "sample") {
    need = samplingMemory(programs, { config, lanes: batch, shortest: seq, longest: seq, maxNewTokens: newTokens });
    const sampling = { temperature: 0.7, topP: 1, maxNewTokens: newTokens };
    const ids = rows.map((_, i) => `prompt-${i}`);
    const prompts = rows.map(({ tokenIds }) => [...tokenIds]);
    await generate({ programs, config, weights }, prompts, sampling, { seed: 1, ids, stopTokens: new Set() });
  } else if (work === "score") {
    need = scoringMemory(programs, config, [{ batch, seq, lossRows: lossRows(batch) }]);
    await score({ programs, config, weights }, rows);
  } else {
    const options = recipe({
      method: work,
      effectiveBatchSize: batch,
      microBatchSize: micro,
      epochs: steps,
      learningRate: 1e-4,
    });
    const lora = work === "lora" ? options.lora : undefined;
    const trained = { batch: micro, seq, lossRows: lossRows(micro) };
    need = trainingMemory(programs, { config, lora, shapes: [trained], accumulates: micro < batch });
    const adapter = lora && { lora, weights: initialAdapter(config, lora, 1) };
    await train(programs, { config, weights, ...(adapter && { adapter }) }, rows, options, { seed: 1 });
  }
  const peak = 1024 * process.resourceUsage().maxRSS;
  return { predicted: { process: processBytes, weights: held, ...need }, peak };
}

function inOwnProcess(name: string, device: Device): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [name, device], { execArgv: ["--import", "tsx"] });
    child.once("message", (outcome: Outcome) => resolve(outcome));
    child.once("error", reject);
    child.once("exit", (code, signal) => reject(new Error(`${name} ended with ${signal ?? code}`)));
  });
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

async function main(): Promise<void> {
  const [first, ...rest] = process.argv.slice(2);
  const device = devices.find((known) => known === first) ?? "cpu";
  const named = first === undefined || first === device ? rest : [first, ...rest];
  const wanted = named.length > 0 ? named : Object.keys(cases);
  const results: Record<string, object> = {};
  let worst = 0;
  for (const name of wanted) {
    if (!cases[name]) {
      console.error(`no case "${name}"; choose some of ${Object.keys(cases).join(", ")}`);
      process.exit(2);
    }
    const { predicted, peak } = await inOwnProcess(name, device);
    const total = Object.values(predicted).reduce((sum, bytes) => sum + bytes, 0);
    const error = total / peak - 1;
    worst = Math.max(worst, Math.abs(error));
    console.error(
      `${name.padEnd(26)} predicted ${megabytes(total)} MB, measured ${megabytes(peak)} MB, ${(100 * error).toFixed(1)} %`,
    );
    const parts = Object.fromEntries(Object.entries(predicted).map(([part, bytes]) => [part, megabytes(bytes)]));
    results[name] = { predicted: megabytes(total), measured: megabytes(peak), error: Number(error.toFixed(3)), parts };
  }
  console.log(
    JSON.stringify({
      bench: "memory",
      device,
      unit: "MB",
      threads: 1,
      worst: Number(worst.toFixed(3)),
      cases: results,
    }),
  );
}

if (process.send) process.send(await measure(cases[process.argv[2] as string] as Case, process.argv[3] as Device));
else await main();
