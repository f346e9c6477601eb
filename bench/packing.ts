/**
 * What does packing save in training the embedded model's shape? Rows of several kinds of lengths, small and whole
 * micro-batches; with and without packing in turns, processor time. The first epoch of each training compiles its
 * programs, the second does not: both are told.
 *
 * Usage: npx tsx bench/packing.ts
 */
import { createOnnxExecutor } from "../src/engine/executors/onnx.ts";
import { initialWeights } from "../src/engine/model/initialWeights.ts";
import type { EncodedRow } from "../src/engine/train/batch.ts";
import { initialAdapter } from "../src/engine/train/lora.ts";
import { ProgramCache } from "../src/engine/train/programCache.ts";
import { recipe } from "../src/engine/train/recipe.ts";
import { train } from "../src/engine/train/train.ts";
import { processorSeconds } from "../src/util/processorSeconds.ts";
import { type Random, random } from "../src/util/random.ts";
import { type Shape, shapes } from "./shapes.ts";

const { config } = shapes.tiny as Shape;
const rowCount = 192;
/** Of which the quickest counts: other work on the machine only slows down. */
const rounds = 3;

/** Lengths in tokens. */
const kinds: Record<string, (stream: Random) => number> = {
  "alike, 25 to 45": (stream) => stream.integer(25, 45),
  "uniform, 16 to 256": (stream) => stream.integer(16, 256),
  "log-normal, median 60, at most 512": (stream) =>
    Math.round(Math.min(512, Math.max(8, 60 * Math.exp(0.8 * stream.normal())))),
  "one in 20 of 200 to 512, the rest 20 to 60": (stream) =>
    stream.chance(0.05) ? stream.integer(200, 512) : stream.integer(20, 60),
};

function rowsOf(kind: string, lengthOf: (stream: Random) => number): EncodedRow[] {
  const stream = random("packing bench", kind);
  return Array.from({ length: rowCount }, () => {
    const length = lengthOf(stream);
    return {
      tokenIds: Array.from({ length }, () => stream.integer(0, config.vocabSize - 1)),
      lossWeights: Array.from({ length }, (_, t) => Number(t >= (2 * length) / 3)),
    };
  });
}

/** Processor seconds of a training of two epochs and of its second one, and the share of padding. */
async function measure(rows: readonly EncodedRow[], microBatchSize: number, packing: boolean) {
  const settings = recipe({ microBatchSize, packing });
  const weights = initialWeights(config, 1);
  const adapter = { lora: settings.lora, weights: initialAdapter(config, settings.lora, 1) };
  const programs = new ProgramCache(createOnnxExecutor({ threads: 1 }));
  const started = processorSeconds();
  let [half, padding] = [started, 0];
  // The same rows in the same order twice, so that the second time every program is there.
  for (let epoch = 0; epoch < 2; epoch++) {
    if (epoch === 1) half = processorSeconds();
    const once = { ...settings, epochs: 1 };
    await train(programs, { config, weights, adapter }, rows, once, {
      seed: 1,
      onStep: ({ tokens, positions }) => {
        padding = 1 - tokens / positions;
      },
    });
  }
  const ended = processorSeconds();
  await programs.release();
  return { first: half - started, second: ended - half, padding };
}

function quickest() {
  const best = { first: Number.POSITIVE_INFINITY, second: Number.POSITIVE_INFINITY, padding: 0 };
  const add = ({ first, second, padding }: typeof best): void => {
    Object.assign(best, { first: Math.min(best.first, first), second: Math.min(best.second, second), padding });
  };
  return { best, add };
}

const round = (value: number): number => Number(value.toFixed(3));
const results = [];
for (const [kind, lengthOf] of Object.entries(kinds)) {
  const rows = rowsOf(kind, lengthOf);
  for (const microBatchSize of [8, 32]) {
    const apart = quickest();
    const packed = quickest();
    for (let turn = 0; turn < rounds; turn++) {
      apart.add(await measure(rows, microBatchSize, false));
      packed.add(await measure(rows, microBatchSize, true));
    }
    const result = {
      lengths: kind,
      microBatchSize,
      padding: round(apart.best.padding),
      paddingPacked: round(packed.best.padding),
      gainWithCompiling: round(apart.best.first / packed.best.first),
      gain: round(apart.best.second / packed.best.second),
    };
    console.error(JSON.stringify(result));
    results.push(result);
  }
}
console.log(JSON.stringify({ bench: "packing", rows: rowCount, rowsPerStep: recipe().effectiveBatchSize, results }));
