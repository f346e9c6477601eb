import { random } from "../../util/random.ts";

/** Batches among which rows are sorted by length: little padding, and the order stays random. */
const windowBatches = 8;

/**
 * One epoch's batches as row numbers: shuffled, sorted by length within windows of 8 batches, the batches of a
 * window shuffled again. Every row occurs once; only the last batch of all may be short.
 */
export function batchOrder(lengths: readonly number[], batchSize: number, seed: number, epoch: number): number[][] {
  const order = random("data order", seed, epoch);
  const shuffled = order.shuffle(lengths.map((_, row) => row));
  const batches: number[][] = [];
  const short: number[][] = [];
  for (let start = 0; start < shuffled.length; start += windowBatches * batchSize) {
    const window = shuffled.slice(start, start + windowBatches * batchSize);
    window.sort((a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b);
    const cut = Array.from({ length: Math.ceil(window.length / batchSize) }, (_, i) =>
      window.slice(i * batchSize, (i + 1) * batchSize),
    );
    for (const batch of order.shuffle(cut)) (batch.length < batchSize ? short : batches).push(batch);
  }
  return [...batches, ...short];
}
