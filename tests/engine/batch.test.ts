import { describe, expect, test } from "vitest";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import {
  bucketLength,
  bucketLossRows,
  countLossRows,
  type EncodedRow,
  layOut,
  lossRows,
  type TrainBatch,
} from "../../src/engine/train/batch.ts";
import { batchInputs, lossAndGradients, weightInputs } from "../../src/engine/train/gradients.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { scoringGraph } from "../../src/engine/train/trainingGraph.ts";
import { GraphError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";
import { relativeError } from "./fixtures.ts";
import { randomRows, tinyConfigs, tinyWeights } from "./tiny.ts";

const config = tinyConfigs["grouped-query"];
const weights = tinyWeights(config, 8);
const executor = createOnnxExecutor();
const programs = new ProgramCache(executor);
const rows = randomRows([5, 3, 8, 4], config.vocabSize, 1) as [EncodedRow, EncodedRow, EncodedRow, EncodedRow];

/** The log-probability of every token with loss, in the batch's order. */
async function logProbs(batch: TrainBatch): Promise<Float32Array> {
  const shape = { batch: batch.batch, seq: batch.seq, lossRows: countLossRows(batch) };
  const program = await executor.compile(scoringGraph(config, shape));
  const { logProb } = await program.run({ ...weightInputs(weights), ...batchInputs(batch, 1, shape) });
  await program.release();
  return logProb as Float32Array;
}

test("rows are laid out one after the other, and nothing else is there", () => {
  const a: EncodedRow = { tokenIds: [7, 8, 9], lossWeights: [1, 0, 0.5] };
  const b: EncodedRow = { tokenIds: [4, 5], lossWeights: [1, 1] };
  expect(layOut([[a, b], [b]], 3, 6)).toEqual({
    batch: 3,
    seq: 6,
    tokenIds: Int32Array.from([[7, 8, 9, 4, 5, 0], [4, 5, 0, 0, 0, 0], new Array(6).fill(0)].flat()),
    positions: Int32Array.from([[0, 1, 2, 0, 1, 0], [0, 1, 0, 0, 0, 0], new Array(6).fill(0)].flat()),
    segments: Int32Array.from([[0, 0, 0, 1, 1, -1], [0, 0, -1, -1, -1, -1], new Array(6).fill(-1)].flat()),
    lossWeights: Float32Array.from([[0, 0, 0.5, 0, 1, 0], [0, 1, 0, 0, 0, 0], new Array(6).fill(0)].flat()),
  });
});

test("rows that do not fit are refused", () => {
  expect(() => layOut([[rows[0], rows[1]]], 1, 7)).toThrow(
    new GraphError("row 0 of a batch has 8 tokens, its columns are 7"),
  );
  expect(() => layOut([[rows[0]], [rows[1]]], 1, 8)).toThrow(GraphError);
});

test("loss rows name the hidden state before each target, in time-major order", () => {
  const batch = layOut([[rows[0], rows[1]], [rows[2]]], 2, 9);
  const found = lossRows(batch, 4, 12);
  const expected = [...batch.lossWeights.keys()].filter((flat) => batch.lossWeights[flat] !== 0);
  expect(countLossRows(batch)).toBe(expected.length);
  expected.forEach((flat, i) => {
    const [row, t] = [Math.floor(flat / 9), flat % 9];
    expect([found.rows[i], found.targets[i], found.weights[i]]).toEqual([
      (t - 1) * 2 + row,
      batch.tokenIds[flat],
      0.25,
    ]);
    expect(batch.segments[flat]).toBe(batch.segments[flat - 1]);
  });
  expect([...found.weights.slice(expected.length)].every((weight) => weight === 0)).toBe(true);
});

describe("in a packed row", () => {
  test("no example sees another: changing one leaves the other's log-probabilities as they are, bit for bit", async () => {
    const before = await logProbs(layOut([[rows[0], rows[1]]], 1, 8));
    const changed = { ...rows[0], tokenIds: rows[0].tokenIds.map((token) => (Number(token) + 5) % config.vocabSize) };
    const after = await logProbs(layOut([[changed, rows[1]]], 1, 8));
    const first = rows[0].lossWeights.filter((weight) => weight > 0).length;
    expect(after.slice(first)).toEqual(before.slice(first));
    expect(after.slice(0, first)).not.toEqual(before.slice(0, first));
    const changedLater = await logProbs(layOut([[rows[1], rows[0]]], 1, 8));
    const againLater = await logProbs(layOut([[rows[1], changed]], 1, 8));
    const second = rows[1].lossWeights.filter((weight) => weight > 0).length;
    expect(againLater.slice(0, second)).toEqual(changedLater.slice(0, second));
  });

  test("loss and gradients are those of rows apart", async () => {
    const apart = await lossAndGradients(
      programs,
      { config, weights },
      [
        layOut(
          rows.map((row) => [row]),
          4,
          8,
        ),
      ],
      [],
    );
    const packed = layOut([[rows[0], rows[1]], [rows[3]], [rows[2]]], 3, 8);
    const together = await lossAndGradients(programs, { config, weights }, [packed], []);
    expect(Math.abs(together.loss - apart.loss)).toBeLessThan(1e-6);
    for (const [name, expected] of apart.gradients) {
      expect(relativeError(together.gradients.get(name) ?? [], expected), name).toBeLessThan(1e-5);
    }
  });
});

test("padding contributes nothing: neither its tokens nor its amount", async () => {
  const trainee = { config, weights };
  const tight = await lossAndGradients(programs, trainee, [layOut([[rows[0]], [rows[2]]], 2, 8)], []);
  const loose = layOut([[rows[0]], [rows[2]]], 5, 16);
  const padded = await lossAndGradients(programs, trainee, [loose], []);
  const stream = random("padding");
  const filled = {
    ...loose,
    tokenIds: loose.tokenIds.map((token, i) => (loose.segments[i] === -1 ? stream.integer(0, 22) : token)),
  };
  const other = await lossAndGradients(programs, trainee, [filled], []);
  expect(Math.abs(padded.loss - tight.loss)).toBeLessThan(1e-6);
  expect(other.loss).toBe(padded.loss);
  for (const [name, expected] of tight.gradients) {
    expect(relativeError(padded.gradients.get(name) ?? [], expected), name).toBeLessThan(1e-5);
    expect(relativeError(other.gradients.get(name) ?? [], expected), name).toBeLessThan(1e-5);
  }
});

test("loss weights weigh: doubling all changes nothing, a weight of 0 removes a token", async () => {
  const loss = async (row: EncodedRow) =>
    (await lossAndGradients(programs, { config, weights }, [layOut([[row]], 1, 8)], [])).loss;
  const { tokenIds } = rows[2];
  const of = (lossWeights: number[]): Promise<number> => loss({ tokenIds, lossWeights });
  const [both, first, second] = [
    await of([0, 0, 0, 1, 0, 0, 3, 0]),
    await of([0, 0, 0, 1, 0, 0, 0, 0]),
    await of([0, 0, 0, 0, 0, 0, 1, 0]),
  ];
  expect(both).toBeCloseTo((first + 3 * second) / 4, 5);
  expect(await of([0, 0, 0, 2, 0, 0, 6, 0])).toBeCloseTo(both, 6);
});

test("buckets hold what they are for, and are few", () => {
  const lengths = Array.from({ length: 1024 }, (_, i) => i + 1);
  for (const length of lengths) {
    expect(bucketLength(length)).toBeGreaterThanOrEqual(length);
    expect(bucketLength(bucketLength(length))).toBe(bucketLength(length));
  }
  expect(new Set(lengths.map(bucketLength)).size).toBeLessThan(35);
  for (let count = 0; count <= 56; count++)
    expect(bucketLossRows(count, 7, 8)).toBeGreaterThanOrEqual(Math.max(1, count));
  expect(new Set(Array.from({ length: 57 }, (_, count) => bucketLossRows(count, 7, 8))).size).toBe(8);
});
