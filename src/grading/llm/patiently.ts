import { setTimeout as sleep } from "node:timers/promises";
import { InterruptedError } from "../../util/errors.ts";
import { uniformAt } from "../../util/random.ts";
import { LlmUnavailableError, PassingError } from "./llmErrors.ts";

export interface Patience {
  /** Milliseconds before each new attempt, more or less a half; a server may ask for more. */
  delaysMs: readonly number[];
  /** Milliseconds that one attempt may take. */
  timeoutMs: number;
  /** Longest wait that a server is granted, in milliseconds. */
  longestWaitMs: number;
}

export const usualPatience: Patience = {
  delaysMs: [1000, 2000, 4000, 8000, 16_000],
  timeoutMs: 120_000,
  longestWaitMs: 60_000,
};

/**
 * Tries again after what may pass: too many requests, failures of the server, timeouts, broken answers.
 *
 * @param key decides how far the delays stray, so that requests which failed together don't come back together
 * @throws InterruptedError when `signal` aborts, or `giveUp` before an attempt; LlmUnavailableError when patience is at its end
 */
export async function patiently<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { delaysMs, timeoutMs, longestWaitMs }: Patience,
  { server, key, signal, giveUp }: { server: string; key: string } & Stops,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await once(attempt, timeoutMs, signal);
    } catch (error) {
      if (signal?.aborted || giveUp?.aborted) throw unwanted();
      if (!(error instanceof PassingError)) throw error;
      const delay = delaysMs[failures];
      if (delay === undefined) {
        throw new LlmUnavailableError(
          `${server} failed ${failures + 1} times, lately with: ${error.message}; check the address and the server, and repeat the command later`,
        );
      }
      const own = delay * (0.5 + uniformAt("patience", key, failures));
      await wait(Math.max(own, Math.min(error.waitMs ?? 0, longestWaitMs)), [signal, giveUp]);
    }
  }
}

interface Stops {
  signal?: AbortSignal | undefined;
  giveUp?: AbortSignal | undefined;
}

const unwanted = (): InterruptedError => new InterruptedError("the LLM's answers were no longer wanted");

/** One attempt, which ends with its time, whatever the attempt does. */
async function once<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => {
      controller.abort();
      reject(unwanted());
    };
    timer = setTimeout(() => {
      controller.abort();
      reject(new PassingError(`no answer within ${timeoutMs / 1000} seconds`));
    }, timeoutMs);
  });
  if (signal?.aborted) stop?.();
  signal?.addEventListener("abort", stop as () => void);
  try {
    return await Promise.race([attempt(controller.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop as () => void);
  }
}

async function wait(ms: number, stops: readonly (AbortSignal | undefined)[]): Promise<void> {
  const signals = stops.filter((each) => each !== undefined);
  try {
    await sleep(ms, undefined, { signal: AbortSignal.any(signals) });
  } catch {
    throw unwanted();
  }
}
