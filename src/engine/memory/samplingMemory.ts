import type { ModelConfig } from "../model/config.ts";
import { readRows, slots } from "../sample/decodingCache.ts";
import { decodeGraph, prefillGraph } from "../sample/decodingGraphs.ts";
import { bucketLength } from "../train/batch.ts";
import type { ProgramCache } from "../train/programCache.ts";
import type { MemoryNeed } from "./ensureMemory.ts";

export interface SamplingMemoryRequest {
  config: ModelConfig;
  /** Replies that grow side by side. */
  lanes: number;
  /** Tokens of the shortest and of the longest prompt. */
  shortest: number;
  longest: number;
  maxNewTokens: number;
}

/** Outputs that wait until they are collected: those of so many steps, at most so many bytes. */
const uncollected = { steps: 8, bytes: 2 ** 27 };

/**
 * What a sampling needs besides the weights that are in memory already: the cache, masks, outputs, programs. Of the
 * programs only the largest ones are looked at, and the others taken to be as large.
 */
export function samplingMemory(programs: ProgramCache, request: SamplingMemoryRequest): MemoryNeed {
  const { config, lanes, shortest, longest, maxNewTokens } = request;
  const [batch, seq, capacity] = [readRows(lanes), bucketLength(longest), slots(longest + maxNewTokens)];
  const prefill = programs.memory(["prefill", config, batch, seq], () => prefillGraph(config, batch, seq));
  const decode = programs.memory(["decode", config, lanes, capacity], () => decodeGraph(config, lanes, capacity));
  const prefills = 1 + (seq - bucketLength(shortest)) / 8;
  const decodes = 1 + (capacity - slots(shortest + 1)) / 32;
  const rowBytes = 4 * config.keyValueHeads * config.headDim;
  const outputs = lanes * (4 * config.vocabSize + 2 * config.layers * rowBytes);
  return {
    cache: 2 * config.layers * (longest + maxNewTokens) * lanes * rowBytes,
    masks: 2 * 4 * lanes * (capacity + 1),
    outputs: Math.min(uncollected.steps * outputs, Math.max(uncollected.bytes, outputs)),
    programs: prefills * prefill.held + decodes * decode.held,
    activations: Math.max(prefill.running, decode.running),
  };
}
