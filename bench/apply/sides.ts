import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { isDeepStrictEqual, promisify } from "node:util";

/** What one side of a comparison did, in a process of its own. */
export interface Side {
  rows: number;
  seconds: number;
  processorSeconds: number;
  peakMB: number;
}

/** Runs a side; the last line that it prints says what it did. */
export async function run(file: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Side> {
  const { stdout } = await promisify(execFile)(file, args, { env: { ...process.env, ...env } });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Side;
}

/** How many rows differ, as values. */
export async function differences(one: string, other: string): Promise<number> {
  const lines = (file: string) => createInterface({ input: createReadStream(file) })[Symbol.asyncIterator]();
  const [mine, others] = [lines(one), lines(other)];
  for (let count = 0; ; ) {
    const [a, b] = [await mine.next(), await others.next()];
    if (a.done || b.done) return a.done === b.done ? count : Number.POSITIVE_INFINITY;
    if (!isDeepStrictEqual(JSON.parse(a.value), JSON.parse(b.value))) count += 1;
  }
}

export const shown = ({ rows, seconds, processorSeconds, peakMB }: Side) => ({
  rowsPerSecond: Math.round(rows / processorSeconds),
  clock: Math.round(rows / seconds),
  peakMB: Math.round(peakMB),
});
