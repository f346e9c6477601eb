import { GraderError } from "../util/errors.ts";
import type { Literal, LiteralRequest } from "./sandbox/literals.ts";
import { WorkerPool } from "./sandbox/workerPool.ts";

export type { Literal } from "./sandbox/literals.ts";

export interface PythonCodeOptions {
  /** Processes at a time. @default 1 */
  workers?: number | undefined;
  /** Time of one question in milliseconds, not counting time in which its process stands in line. @default 10000 */
  timeoutMs?: number | undefined;
}

/** Looks at Python code of others, in the sandbox: it is parsed by Python itself, and evaluated where that is wanted. */
export interface PythonCode {
  /**
   * Calls `__read(text)`, which our `program` defines; it may parse what is in the text, never run it.
   *
   * @returns the text that `__read` returned, or why it did not, e.g. too deeply nested code
   */
  read(program: string, text: string, signal?: AbortSignal): Promise<{ text: string } | { error: string }>;
  /** Runs code of others and writes the values of expressions as literals. Values are as untrusted as the code. */
  literals(request: LiteralRequest, signal?: AbortSignal): Promise<Literal[]>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/**
 * Nothing starts before the first question. Its methods throw GraderError when the sandbox breaks.
 *
 * @param pool processes that are there already; as many, and with such limits, as they have
 */
export function createPythonCode(
  { workers = 1, timeoutMs = 10_000 }: PythonCodeOptions = {},
  pool: WorkerPool = new WorkerPool(workers),
): PythonCode {
  return {
    async read(program, text, signal) {
      const answer = await pool.ask({ type: "read", program, text }, { limitMs: timeoutMs, signal });
      if (answer.type === "read") return { text: answer.text };
      if (answer.type === "unread" || answer.type === "ended") return { error: answer.error };
      throw unexpected(answer.type);
    },
    async literals(request, signal) {
      const answer = await pool.ask({ type: "literals", ...request }, { limitMs: timeoutMs, signal });
      if (answer.type === "literals") return answer.literals;
      if (answer.type === "ended") return request.sources.map(() => ({ error: answer.error }));
      throw unexpected(answer.type);
    },
    close: () => pool.close(),
  };
}

const unexpected = (type: string): GraderError =>
  new GraderError(`the Python sandbox answered with "${type}" to a question about code`);
