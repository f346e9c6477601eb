export interface Sparing {
  /** Share of the time that it may take at most, 0 to 1. */
  share: number;
  /** Milliseconds at least from one to the next. @default 0 */
  pauseMs?: number | undefined;
  /** Milliseconds. @default performance.now */
  now?: (() => number) | undefined;
}

/** Does something that can be left out: whenever it is asked for, unless that would take more than its share of the time. */
export function sparingly(
  make: () => void,
  { share, pauseMs = 0, now = () => performance.now() }: Sparing,
): () => void {
  let nextAt = Number.NEGATIVE_INFINITY;
  return () => {
    const started = now();
    if (started < nextAt) return;
    make();
    const ended = now();
    nextAt = ended + Math.max(pauseMs, (ended - started) / share);
  };
}
