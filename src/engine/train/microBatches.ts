import type { ModelConfig } from "../model/config.ts";
import { bucketLength, type EncodedRow } from "./batch.ts";
import type { Recipe } from "./recipe.ts";

/** A micro-batch before it is laid out. */
export interface Rectangle {
  /** Rows; those that `rows` lacks are padding. */
  batch: number;
  seq: number;
  /** The examples of each row. */
  rows: EncodedRow[][];
}

/** How much longer packed rows may be than the longest example. */
const stretches = [1, 1.25, 1.5, 2];
/** Packing must save this share of the work: another shape is another program to compile. */
const worthwhile = 0.03;
/** Measured with ONNX Runtime: attention takes so many times as long as its multiplications would elsewhere. */
const attentionWeight = 1.5;

/**
 * Cuts an effective batch into micro-batches. With `packing` several examples share a row where that is less work by
 * estimate. No packed micro-batch has more tokens than the largest one without packing.
 *
 * @param examples in the data's order, not empty
 */
export function microBatches(examples: readonly EncodedRow[], recipe: Recipe, config: ModelConfig): Rectangle[] {
  const size = Math.min(recipe.microBatchSize, recipe.effectiveBatchSize);
  const apart = oneEach(examples, size);
  if (!recipe.packing) return apart;
  const most = size * bucketLength(longest(examples));
  const ways = [apart, ...stretches.map((stretch) => packed(examples, most, stretch))];
  const works = ways.map((way) => workOf(way, config));
  const least = works.indexOf(Math.min(...works));
  const isWorthIt = (works[least] as number) < (1 - worthwhile) * (works[0] as number);
  return isWorthIt ? (ways[least] as Rectangle[]) : apart;
}

/** Positions that a step computes, padding included. */
export const positionsOf = (rectangles: readonly Rectangle[]): number =>
  rectangles.reduce((sum, { batch, seq }) => sum + batch * seq, 0);

const lengthOf = ({ tokenIds }: EncodedRow): number => tokenIds.length;

const longest = (examples: readonly EncodedRow[]): number =>
  examples.reduce((most, example) => Math.max(most, lengthOf(example)), 0);

/** One example a row, in the order given. */
function oneEach(examples: readonly EncodedRow[], size: number): Rectangle[] {
  return Array.from({ length: Math.ceil(examples.length / size) }, (_, i) => {
    const part = examples.slice(i * size, (i + 1) * size);
    return { batch: size, seq: bucketLength(longest(part)), rows: part.map((example) => [example]) };
  });
}

/**
 * First-fit decreasing: the longest example that is left opens a micro-batch, then each shorter one goes into the first
 * row that has room, or opens a row while the micro-batch has room; what has no place waits for the next one.
 *
 * @param most tokens of a micro-batch
 */
function packed(examples: readonly EncodedRow[], most: number, stretch: number): Rectangle[] {
  const rectangles: Rectangle[] = [];
  // Sorting is stable: among examples of one length the data's order decides.
  let left = examples.toSorted((a, b) => lengthOf(b) - lengthOf(a));
  while (left.length > 0) {
    const seq = Math.min(bucketLength(Math.ceil(longest(left) * stretch)), most);
    const capacity = Math.floor(most / seq);
    const bins: { room: number; row: EncodedRow[] }[] = [];
    const waiting: EncodedRow[] = [];
    for (const example of left) {
      let bin = bins.find(({ room }) => room >= lengthOf(example));
      if (bin === undefined && bins.length < capacity) {
        bin = { room: seq, row: [] };
        bins.push(bin);
      }
      if (bin === undefined) waiting.push(example);
      else {
        bin.row.push(example);
        bin.room -= lengthOf(example);
      }
    }
    rectangles.push({ batch: bins.length, seq, rows: bins.map(({ row }) => row) });
    left = waiting;
  }
  return rectangles;
}

/**
 * Multiplications of one layer's forward pass, attention weighted as measured. The backward pass has twice as many of
 * each kind, and logits are computed for the same tokens in every layout.
 */
function workOf(rectangles: readonly Rectangle[], config: ModelConfig): number {
  const { hiddenSize, intermediateSize, heads, keyValueHeads, headDim } = config;
  const linear = hiddenSize * (2 * headDim * (heads + keyValueHeads) + 3 * intermediateSize);
  const perColumn = attentionWeight * 2 * heads * headDim;
  return rectangles.reduce((sum, { batch, seq }) => sum + batch * seq * (linear + seq * perColumn), 0);
}
