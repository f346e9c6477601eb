import { setTimeout as sleep } from "node:timers/promises";
import { isTransient } from "./hubErrors.ts";

export interface Patience {
  /** Milliseconds before each new attempt; when they are used up, the error stands. */
  delaysMs: readonly number[];
  signal?: AbortSignal | undefined;
}

/**
 * Does something again as long as it fails for want of a connection.
 *
 * @param advanced whether the failed attempt got further than the one before: then the patience is as new
 */
export async function retrying<T>(
  work: () => Promise<T>,
  { delaysMs, signal }: Patience,
  advanced: () => Promise<boolean> = async () => false,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted || !isTransient(error)) throw error;
      if (await advanced()) failures = 0;
      const delay = delaysMs[failures];
      if (delay === undefined) throw error;
      await sleep(delay, undefined, signal ? { signal } : {});
    }
  }
}
