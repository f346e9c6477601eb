import type { Completion, ModelRef } from "../backends/backend.ts";
import type { ChatMessage } from "../data/chat.ts";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { type Sampling, samplingSchema } from "../engine/sample/sampling.ts";
import { modelFolder } from "../hub/modelFolder.ts";
import { loadParts } from "./parts.ts";
import { embeddedModel } from "./study.ts";

export interface SampleOnceOptions {
  /** One chat per reply wanted. */
  chats: readonly ChatMessage[][];
  /** Folder of an adapter; absent: the initial model itself. */
  adapter?: string | undefined;
  /** Folder of the initial model. @default the embedded model */
  base?: string | undefined;
  /** @default temperature 0.7, at most 64 tokens */
  sampling?: Sampling | undefined;
  /** @default 1 */
  seed?: number | undefined;
  /** @default "auto" */
  device?: DeviceChoice | undefined;
  parts?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Replies to chats, in their order, sampled in this process. Nothing is stored. @throws UserError */
export async function sampleOnce(options: SampleOnceOptions): Promise<Completion[]> {
  const { chats, sampling = samplingSchema.parse({}), seed = 1, signal } = options;
  const base = modelFolder(options.base ?? embeddedModel());
  const model: ModelRef = options.adapter === undefined ? { base } : { base, adapter: modelFolder(options.adapter) };
  const backend = await (await loadParts(options.parts)).createBackend({ threads: 1, device: options.device });
  try {
    const ids = chats.map((_, index) => `chat-${index}`);
    return await backend.sample(model, chats, sampling, { seed, ids, ...(signal && { signal }) });
  } finally {
    await backend.close();
  }
}
