import { InterruptedError, UserError } from "../../util/errors.ts";
import { uniformAt } from "../../util/random.ts";
import type { ModelConfig } from "../model/config.ts";
import type { Weights } from "../model/parameters.ts";
import { bucketLength, layOut } from "../train/batch.ts";
import { weightInputs } from "../train/gradients.ts";
import type { ProgramCache } from "../train/programCache.ts";
import { chooseToken } from "./chooseToken.ts";
import { decodeGraph, prefillGraph } from "./decodingGraphs.ts";
import type { Sampling } from "./sampling.ts";

export interface GenerateOptions {
  seed: number;
  /** One per prompt. Each token's random number is keyed by (seed, id, step) alone. */
  ids: readonly string[];
  /** Tokens that end a reply; they are not part of it. */
  stopTokens: ReadonlySet<number>;
  /** Rows decoded together; short batches are padded, so that a row's numbers don't depend on its neighbours. @default 64 */
  batchSize?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface Generated {
  tokenIds: number[];
  finishReason: "stop" | "length";
}

export interface Generator {
  programs: ProgramCache;
  config: ModelConfig;
  weights: Weights;
}

/**
 * Continues every prompt, with a key-value cache. Replies come in the order of the prompts.
 *
 * Replies don't depend on the batch size, nor on which prompts share a batch: a row's sums run over the same numbers
 * in the same order whatever stands beside and behind it. Only a matrix of a single row takes other kernels (1e-6
 * relative), so a batch always has two.
 *
 * @throws UserError when a prompt is empty, or does not fit the model's context together with its reply
 */
export async function generate(
  generator: Generator,
  prompts: readonly (readonly number[])[],
  sampling: Sampling,
  options: GenerateOptions,
): Promise<Generated[]> {
  const { ids, batchSize = 64, signal, onProgress } = options;
  checkPrompts(generator.config, prompts, ids, sampling);
  const replies: Generated[] = [];
  for (let start = 0; start < prompts.length; start += batchSize) {
    if (signal?.aborted) throw new InterruptedError("sampling was stopped");
    const rows = prompts.slice(start, start + batchSize);
    replies.push(
      ...(await generateBatch(generator, rows, ids.slice(start, start + batchSize), sampling, {
        ...options,
        batchSize: Math.max(2, batchSize),
      })),
    );
    onProgress?.(replies.length, prompts.length);
  }
  return replies;
}

function checkPrompts(
  { maxPositionEmbeddings: context }: ModelConfig,
  prompts: readonly (readonly number[])[],
  ids: readonly string[],
  { maxNewTokens }: Sampling,
): void {
  if (ids.length !== prompts.length) {
    throw new UserError(`expected one id per prompt, got ${ids.length} ids for ${prompts.length} prompts`);
  }
  prompts.forEach(({ length }, i) => {
    if (length === 0) throw new UserError(`prompt "${ids[i]}" is empty: a reply needs at least one token before it`);
    const needed = length + maxNewTokens;
    if (needed > context) {
      throw new UserError(
        `prompt "${ids[i]}" needs ${needed} tokens with its reply, the model's context holds ${context}; shorten it or lower maxNewTokens`,
      );
    }
  });
}

async function generateBatch(
  generator: Generator,
  prompts: readonly (readonly number[])[],
  ids: readonly string[],
  sampling: Sampling,
  { seed, stopTokens, batchSize }: GenerateOptions & { batchSize: number },
): Promise<Generated[]> {
  const cache = new DecodingCache(generator, batchSize, sampling.maxNewTokens);
  const replies = prompts.map((): Generated => ({ tokenIds: [], finishReason: "length" }));
  const vocabulary = generator.config.vocabSize;
  let logits = await cache.prefill(prompts);
  const running = new Set(prompts.keys());
  for (let step = 0; step < sampling.maxNewTokens; step++) {
    const next = new Int32Array(batchSize);
    for (const row of [...running]) {
      const token = chooseToken(
        logits.subarray(row * vocabulary, (row + 1) * vocabulary),
        sampling,
        sampling.temperature === 0 ? 0 : uniformAt(seed, ids[row] as string, step),
      );
      if (stopTokens.has(token)) {
        (replies[row] as Generated).finishReason = "stop";
        running.delete(row);
      } else {
        replies[row]?.tokenIds.push(token);
        next[row] = token;
      }
    }
    if (running.size === 0 || step === sampling.maxNewTokens - 1) break;
    logits = await cache.advance(next, running);
  }
  return replies;
}

/** Keys and values of all layers, [slot, batch, keyValueHeads * headDim]; a row's token t lies in its slot t. */
class DecodingCache {
  readonly #generator: Generator;
  readonly #batch: number;
  readonly #maxNewTokens: number;
  readonly #rowWidth: number;
  readonly #lengths: Int32Array;
  #layers: { keys: Float32Array; values: Float32Array }[] = [];
  #capacity = 0;

  constructor(generator: Generator, batch: number, maxNewTokens: number) {
    this.#generator = generator;
    this.#batch = batch;
    this.#maxNewTokens = maxNewTokens;
    this.#rowWidth = generator.config.keyValueHeads * generator.config.headDim;
    this.#lengths = new Int32Array(batch).fill(1);
  }

  /** @returns the logits after each prompt, [batch, vocabulary] */
  async prefill(prompts: readonly (readonly number[])[]): Promise<Float32Array> {
    const { programs, config, weights } = this.#generator;
    const batch = this.#batch;
    const seq = bucketLength(prompts.reduce((longest, { length }) => Math.max(longest, length), 1));
    prompts.forEach(({ length }, row) => {
      this.#lengths[row] = length;
    });
    const { tokenIds, positions, segments } = layOut(
      prompts.map((prompt) => [{ tokenIds: prompt, lossWeights: [] }]),
      batch,
      seq,
    );
    const program = await programs.get(["prefill", config, batch, seq], () => prefillGraph(config, batch, seq));
    const lastRows = this.#lengths.map((length, row) => (length - 1) * batch + row);
    const outputs = await program.run({ ...weightInputs(weights), tokenIds, positions, segments, lastRows });
    this.#capacity = slots(seq + this.#maxNewTokens);
    this.#layers = Array.from({ length: config.layers }, (_, layer) => {
      const empty = (): Float32Array => new Float32Array(this.#capacity * batch * this.#rowWidth);
      const [keys, values] = [empty(), empty()];
      keys.set(outputs[`key${layer}`] as Float32Array);
      values.set(outputs[`value${layer}`] as Float32Array);
      return { keys, values };
    });
    return outputs.logits as Float32Array;
  }

  /** Appends one token to every running row. @returns the logits after it, [batch, vocabulary] */
  async advance(tokenIds: Int32Array, running: ReadonlySet<number>): Promise<Float32Array> {
    const { programs, config, weights } = this.#generator;
    const batch = this.#batch;
    const capacity = slots(this.#lengths.reduce((longest, length) => Math.max(longest, length), 0));
    const program = await programs.get(["decode", config, batch, capacity], () => decodeGraph(config, batch, capacity));
    const inputs: Record<string, Float32Array | Int32Array> = {
      tokenIds,
      positions: this.#lengths,
      mask: this.#mask(capacity),
    };
    this.#layers.forEach(({ keys, values }, layer) => {
      inputs[`keys${layer}`] = keys.subarray(0, capacity * batch * this.#rowWidth);
      inputs[`values${layer}`] = values.subarray(0, capacity * batch * this.#rowWidth);
    });
    const outputs = await program.run({ ...weightInputs(weights), ...inputs });
    for (const row of running) this.#store(row, outputs);
    return outputs.logits as Float32Array;
  }

  #store(row: number, outputs: Record<string, Float32Array | Float64Array>): void {
    const width = this.#rowWidth;
    const slot = ((this.#lengths[row] as number) * this.#batch + row) * width;
    this.#layers.forEach(({ keys, values }, layer) => {
      keys.set((outputs[`key${layer}`] as Float32Array).subarray(row * width, (row + 1) * width), slot);
      values.set((outputs[`value${layer}`] as Float32Array).subarray(row * width, (row + 1) * width), slot);
    });
    this.#lengths[row] = (this.#lengths[row] as number) + 1;
  }

  #mask(capacity: number): Float32Array {
    const mask = new Float32Array(this.#batch * (capacity + 1));
    this.#lengths.forEach((length, row) => {
      mask.fill(-1e9, row * (capacity + 1) + length, (row + 1) * (capacity + 1) - 1);
    });
    return mask;
  }
}

/** Cache sizes come in steps of 32, so that few programs are compiled. */
const slots = (length: number): number => Math.ceil(length / 32) * 32;
