import { GraphError } from "../../util/errors.ts";

/** One tokenized example: predicting `tokenIds[t]` from what stands before it counts with `lossWeights[t]`. */
export interface EncodedRow {
  tokenIds: readonly number[] | Int32Array;
  /** As long as `tokenIds`; the first is never predicted, so its weight is ignored. */
  lossWeights: readonly number[] | Float32Array;
}

/**
 * A rectangle of rows, row-major [batch, seq]. Several examples may share a row: each has its own segment number,
 * its positions start at 0, and it never sees the others. Padding has segment -1 and weight 0.
 */
export interface TrainBatch {
  batch: number;
  seq: number;
  tokenIds: Int32Array;
  positions: Int32Array;
  segments: Int32Array;
  lossWeights: Float32Array;
}

/**
 * Lays rows into a rectangle. Each entry of `rows` is one row of the batch and may hold several examples.
 *
 * @param batch rows of the rectangle; missing ones are padding
 * @param seq columns; must hold the longest row
 * @throws GraphError when the rows don't fit
 */
export function layOut(rows: readonly (readonly EncodedRow[])[], batch: number, seq: number): TrainBatch {
  const size = batch * seq;
  const out: TrainBatch = {
    batch,
    seq,
    tokenIds: new Int32Array(size),
    positions: new Int32Array(size),
    segments: new Int32Array(size).fill(-1),
    lossWeights: new Float32Array(size),
  };
  if (rows.length > batch) throw new GraphError(`${rows.length} rows do not fit a batch of ${batch}`);
  rows.forEach((examples, row) => {
    const length = examples.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0);
    if (length > seq) throw new GraphError(`row ${row} of a batch has ${length} tokens, its columns are ${seq}`);
    let at = row * seq;
    examples.forEach(({ tokenIds, lossWeights }, segment) => {
      for (let t = 0; t < tokenIds.length; t++, at++) {
        out.tokenIds[at] = tokenIds[t] as number;
        out.positions[at] = t;
        out.segments[at] = segment;
        out.lossWeights[at] = t === 0 ? 0 : (lossWeights[t] as number);
      }
    });
  });
  return out;
}

/** The hidden rows that predict something: logits are computed only there. */
export interface LossRows {
  /** Row of the time-major hidden states, t * batch + b. */
  rows: Int32Array;
  targets: Int32Array;
  weights: Float32Array;
}

/**
 * The rows with loss, padded to `capacity` with rows of weight 0.
 *
 * @param divisor what the weights are divided by: the weights' sum over the effective batch
 */
export function lossRows(batch: TrainBatch, divisor: number, capacity: number): LossRows {
  const out: LossRows = {
    rows: new Int32Array(capacity),
    targets: new Int32Array(capacity),
    weights: new Float32Array(capacity),
  };
  let n = 0;
  batch.lossWeights.forEach((weight, flat) => {
    if (weight === 0) return;
    const [row, t] = [Math.floor(flat / batch.seq), flat % batch.seq];
    out.rows[n] = (t - 1) * batch.batch + row;
    out.targets[n] = batch.tokenIds[flat] as number;
    out.weights[n] = weight / divisor;
    n++;
  });
  return out;
}

export const countLossRows = (batch: TrainBatch): number =>
  batch.lossWeights.reduce((n, weight) => n + Number(weight !== 0), 0);

/** Few different shapes, so that few programs are compiled: the next multiple of 8, of 16 above 64, of 64 above 256. */
export function bucketLength(length: number): number {
  const step = length <= 64 ? 8 : length <= 256 ? 16 : 64;
  return Math.ceil(length / step) * step;
}

/** The number of loss rows, rounded up to an eighth of the batch's tokens. */
export function bucketLossRows(count: number, batch: number, seq: number): number {
  const step = Math.ceil((batch * seq) / 8);
  return Math.max(step, Math.ceil(count / step) * step);
}
