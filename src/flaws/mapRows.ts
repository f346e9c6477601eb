import { setImmediate } from "node:timers/promises";
import { InterruptedError } from "../util/errors.ts";
import type { DetectOptions } from "./flaw.ts";

/** Rows between two looks at the signal. */
const stride = 200;

/** Reads one row after the other and lets other work go on in between. @throws InterruptedError when `signal` aborts */
export async function mapRows<Row, Result>(
  rows: readonly Row[],
  read: (row: Row) => Result,
  { signal, onProgress }: DetectOptions = {},
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < rows.length; start += stride) {
    for (const row of rows.slice(start, start + stride)) results.push(read(row));
    onProgress?.(results.length, rows.length);
    await setImmediate();
    if (signal?.aborted) throw new InterruptedError("looking for flaws was stopped");
  }
  return results;
}
