import { InterruptedError, UserError } from "../../util/errors.ts";
import { uniformAt } from "../../util/random.ts";
import { affordableLanes } from "../memory/affordableLanes.ts";
import type { ModelConfig } from "../model/config.ts";
import type { Weights } from "../model/parameters.ts";
import type { ProgramCache } from "../train/programCache.ts";
import { chooseToken } from "./chooseToken.ts";
import { DecodingCache } from "./decodingCache.ts";
import type { Sampling } from "./sampling.ts";

export interface GenerateOptions {
  seed: number;
  /** One per prompt. Each token's random number is keyed by (seed, id, step) alone. */
  ids: readonly string[];
  /** Tokens that end a reply; they are not part of it. */
  stopTokens: ReadonlySet<number>;
  /** Replies that grow side by side, if memory allows; as one ends, the next prompt takes its place. @default 64 */
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
 * @throws UserError when a prompt is empty, has a token that the model does not know, or does not fit the model's
 * context together with its reply, or when memory would not do for two replies at a time
 */
export async function generate(
  generator: Generator,
  prompts: readonly (readonly number[])[],
  sampling: Sampling,
  { seed, ids, stopTokens, batchSize = 64, signal, onProgress }: GenerateOptions,
): Promise<Generated[]> {
  checkPrompts(generator.config, prompts, ids, sampling);
  const { maxNewTokens, temperature } = sampling;
  const vocabulary = generator.config.vocabSize;
  const replies = prompts.map((): Generated => ({ tokenIds: [], finishReason: "length" }));
  const waiting = longestFirst(prompts);
  const [longest, shortest] = [lengthOf(prompts, waiting[0]), lengthOf(prompts, waiting.at(-1))];
  const lanes = affordableLanes(generator.programs, {
    config: generator.config,
    lanes: Math.max(2, Math.min(batchSize, Math.ceil(prompts.length / 16) * 16)),
    shortest,
    longest,
    maxNewTokens,
  });
  const cache = new DecodingCache(generator, lanes, longest + maxNewTokens);
  const free = Array.from({ length: lanes }, (_, lane) => lane);
  const running = new Map<number, number>();
  const next = new Int32Array(lanes);
  const weights = new Float64Array(vocabulary);

  /** Adds to the reply in a lane what follows from row `at` of the logits, or ends it. */
  const extend = (lane: number, prompt: number, logits: Float32Array, at: number): void => {
    const reply = replies[prompt] as Generated;
    const uniform = temperature === 0 ? 0 : uniformAt(seed, ids[prompt] as string, reply.tokenIds.length);
    const row = logits.subarray(at * vocabulary, (at + 1) * vocabulary);
    const token = chooseToken(row, sampling, uniform, weights);
    const stopped = stopTokens.has(token);
    if (stopped) reply.finishReason = "stop";
    else reply.tokenIds.push(token);
    next[lane] = token;
    if (!stopped && reply.tokenIds.length < maxNewTokens) return;
    running.delete(lane);
    cache.free(lane);
    free.push(lane);
  };

  while (waiting.length + running.size > 0) {
    if (signal?.aborted) throw new InterruptedError("sampling was stopped");
    const room = Math.min(cache.readRows, waiting.length);
    if (room > 0 && free.length >= room) {
      const [read, into] = [waiting.splice(0, room), free.splice(0, room)];
      const logits = await cache.read(
        read.map((prompt) => prompts[prompt] as readonly number[]),
        into,
      );
      read.forEach((prompt, i) => {
        running.set(into[i] as number, prompt);
        extend(into[i] as number, prompt, logits, i);
      });
    } else {
      const logits = await cache.append(next);
      for (const [lane, prompt] of running) extend(lane, prompt, logits, lane);
    }
    onProgress?.(prompts.length - waiting.length - running.size, prompts.length);
  }
  return replies;
}

const lengthOf = (prompts: readonly (readonly number[])[], prompt = 0): number => prompts[prompt]?.length ?? 0;

/** Numbers of the prompts. Prompts that are read together are then about as long. */
function longestFirst(prompts: readonly (readonly number[])[]): number[] {
  return [...prompts.keys()].sort((a, b) => lengthOf(prompts, b) - lengthOf(prompts, a) || a - b);
}

function checkPrompts(
  { maxPositionEmbeddings: context, vocabSize }: ModelConfig,
  prompts: readonly (readonly number[])[],
  ids: readonly string[],
  { maxNewTokens }: Sampling,
): void {
  if (ids.length !== prompts.length) {
    throw new UserError(`expected one id per prompt, got ${ids.length} ids for ${prompts.length} prompts`);
  }
  prompts.forEach((prompt, i) => {
    const { length } = prompt;
    const outside = prompt.find((token) => !(token >= 0 && token < vocabSize));
    if (outside !== undefined)
      throw new UserError(`prompt "${ids[i]}" has token ${outside}, the model knows 0 to ${vocabSize - 1}`);
    if (length === 0) throw new UserError(`prompt "${ids[i]}" is empty: a reply needs at least one token before it`);
    const needed = length + maxNewTokens;
    if (needed > context) {
      throw new UserError(
        `prompt "${ids[i]}" needs ${needed} tokens with its reply, the model's context holds ${context}; shorten it or lower maxNewTokens`,
      );
    }
  });
}
