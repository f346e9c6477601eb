import { readFileSync } from "node:fs";

/** Measures how long a process has had, leaving out the time in which it stood in line for a processor. */
export interface Stopwatch {
  elapsedMs(): number;
}

/**
 * Starts measuring. Where many processes share few processors, a program would otherwise run out of time by the others'
 * work, and its grade would depend on the machine. Only Linux tells how long a process has been in line; elsewhere the
 * clock alone counts.
 *
 * @param pid process whose main thread does the work
 */
export function startStopwatch(pid: number): Stopwatch {
  const start = performance.now();
  const waitedBefore = waitedMs(pid);
  return { elapsedMs: () => performance.now() - start - (waitedMs(pid) - waitedBefore) };
}

function waitedMs(pid: number): number {
  if (process.platform !== "linux") return 0;
  try {
    // Nanoseconds on a processor, nanoseconds in line, and the number of turns.
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  } catch {
    // The kernel may come without this file, and a process that has ended has none.
    return 0;
  }
}
