import { bucketLength, layOut } from "../train/batch.ts";
import { weightInputs } from "../train/gradients.ts";
import { decodeGraph, prefillGraph } from "./decodingGraphs.ts";
import type { Generator } from "./generate.ts";

/** Prompts read together at most: what they activate then stays in the processor's cache. */
const mostReadRows = 16;

/**
 * The keys and values of texts that grow side by side, one text per lane. Of every layer
 * [slot, lane, keyValueHeads * headDim]; token t of a text lies in slot t of its lane.
 */
export class DecodingCache {
  /** Prompts that `read` takes at most. */
  readonly readRows: number;
  readonly #generator: Generator;
  readonly #lanes: number;
  readonly #rowWidth: number;
  readonly #layers: { keys: Float32Array; values: Float32Array }[];
  /** Tokens of each lane's text; 0 where the lane is free. */
  readonly #lengths: Int32Array;

  /** @param longest tokens of the longest text that is to come */
  constructor(generator: Generator, lanes: number, longest: number) {
    const { layers, keyValueHeads, headDim } = generator.config;
    this.readRows = readRows(lanes);
    this.#generator = generator;
    this.#lanes = lanes;
    this.#rowWidth = keyValueHeads * headDim;
    this.#lengths = new Int32Array(lanes);
    const empty = (): Float32Array => new Float32Array(slots(longest) * lanes * this.#rowWidth);
    this.#layers = Array.from({ length: layers }, () => ({ keys: empty(), values: empty() }));
  }

  /** Reads a prompt into each of the lanes. @returns the logits after each prompt, [readRows, vocabulary] */
  async read(prompts: readonly (readonly number[])[], lanes: readonly number[]): Promise<Float32Array> {
    const { programs, config, weights } = this.#generator;
    const batch = this.readRows;
    const seq = bucketLength(prompts.reduce((longest, { length }) => Math.max(longest, length), 1));
    const { tokenIds, positions, segments } = layOut(
      prompts.map((prompt) => [{ tokenIds: prompt, lossWeights: [] }]),
      batch,
      seq,
    );
    const lastRows = Int32Array.from({ length: batch }, (_, i) => ((prompts[i]?.length ?? 1) - 1) * batch + i);
    const program = await programs.get(["prefill", config, batch, seq], () => prefillGraph(config, batch, seq));
    const outputs = await program.run({ ...weightInputs(weights), tokenIds, positions, segments, lastRows });
    lanes.forEach((lane, i) => {
      const { length } = prompts[i] as readonly number[];
      for (let t = 0; t < length; t++) this.#store(outputs, t * batch + i, t, lane);
      this.#lengths[lane] = length;
    });
    return outputs.logits as Float32Array;
  }

  /**
   * Appends a token to the text of every busy lane.
   *
   * @param tokenIds [lanes]; those of free lanes don't matter
   * @returns the logits after it, [lanes, vocabulary]
   */
  async append(tokenIds: Int32Array): Promise<Float32Array> {
    const { programs, config, weights } = this.#generator;
    const lanes = this.#lanes;
    const lengths = this.#lengths;
    const capacity = slots(lengths.reduce((longest, length) => Math.max(longest, length), 1));
    const program = await programs.get(["decode", config, lanes, capacity], () => decodeGraph(config, lanes, capacity));
    const inputs: Record<string, Float32Array | Int32Array> = {
      tokenIds,
      positions: lengths,
      mask: this.#mask(capacity),
      ...(config.slidingWindow && { windowMask: this.#mask(capacity, config.slidingWindow.size) }),
    };
    this.#layers.forEach(({ keys, values }, layer) => {
      inputs[`keys${layer}`] = keys.subarray(0, capacity * lanes * this.#rowWidth);
      inputs[`values${layer}`] = values.subarray(0, capacity * lanes * this.#rowWidth);
    });
    const outputs = await program.run({ ...weightInputs(weights), ...inputs });
    for (const [lane, length] of lengths.entries()) {
      if (length === 0) continue;
      this.#store(outputs, lane, length, lane);
      lengths[lane] = length + 1;
    }
    return outputs.logits as Float32Array;
  }

  /** Forgets a lane's text. */
  free(lane: number): void {
    this.#lengths[lane] = 0;
  }

  /** Keeps one row of the new keys and values. */
  #store(outputs: Record<string, Float32Array | Float64Array>, row: number, slot: number, lane: number): void {
    const width = this.#rowWidth;
    const at = (slot * this.#lanes + lane) * width;
    this.#layers.forEach(({ keys, values }, layer) => {
      keys.set((outputs[`key${layer}`] as Float32Array).subarray(row * width, (row + 1) * width), at);
      values.set((outputs[`value${layer}`] as Float32Array).subarray(row * width, (row + 1) * width), at);
    });
  }

  /** [lanes, capacity + 1]: each lane's new token sees the last `window` tokens of its text, itself (the last column) included. */
  #mask(capacity: number, window = Number.POSITIVE_INFINITY): Float32Array {
    const columns = capacity + 1;
    const mask = new Float32Array(this.#lanes * columns);
    this.#lengths.forEach((length, lane) => {
      mask.fill(-1e9, lane * columns + length, (lane + 1) * columns - 1);
      mask.fill(-1e9, lane * columns, lane * columns + Math.max(0, length + 1 - window));
    });
    return mask;
  }
}

/** Prompts read together. A quarter of the lanes need not stand free for long; a single row would take other kernels. */
export const readRows = (lanes: number): number => Math.max(2, Math.min(mostReadRows, Math.ceil(lanes / 4)));

/** Cache sizes come in steps of 32, so that few programs are compiled. */
export const slots = (length: number): number => Math.ceil(length / 32) * 32;
