import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GraderError, InterruptedError, UserError } from "../util/errors.ts";

export interface RunLinesOptions {
  /** Where the program runs. */
  folder: string;
  /** Milliseconds without a line of output before the program is ended. */
  patienceMs: number;
  signal?: AbortSignal | undefined;
}

const LAST_WORDS = 2000;
const LONGEST_LINE = 1 << 22;

/**
 * Runs a program without a shell, gives it lines and takes its lines, both at once, so that neither waits for the other.
 *
 * @returns its non-empty lines and the end of what it wrote to standard error
 * @throws UserError when it cannot be started; GraderError when it fails, falls silent or writes a line without end;
 *   InterruptedError when `signal` aborts. Either way it, and what it started, is gone.
 */
export async function runLines(
  command: readonly string[],
  input: readonly string[],
  { folder, patienceMs, signal }: RunLinesOptions,
): Promise<{ lines: string[]; lastWords: string }> {
  const [program = "", ...args] = command;
  const name = command.join(" ");
  if (signal?.aborted) throw new InterruptedError("grading was stopped");
  // A group of its own, so that what it starts ends with it.
  const child = spawn(program, args, { cwd: folder, stdio: "pipe", detached: process.platform !== "win32" });
  let lastWords = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    lastWords = `${lastWords}${text}`.slice(-LAST_WORDS);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`cannot be started (${error.message})`));
    child.once("close", (code, by) => resolve(code === 0 ? "" : `ended with ${code === null ? by : `code ${code}`}`));
  });
  const watch = watchOver(child, patienceMs, signal);
  try {
    const writing = pipeline(Readable.from(input.map((line) => `${line}\n`)), child.stdin).catch(() => undefined); // A program may end without reading all: its exit code and its lines say what that means.
    const reading = readLines(child, watch.alive).catch((error: Error) => error);
    const [read] = await Promise.all([reading, writing]);
    const failure = watch.reason() ?? (read instanceof Error ? read.message : await ended);
    if (signal?.aborted) throw new InterruptedError("grading was stopped");
    const words = lastWords.trim();
    if (!(read instanceof Error) && failure === "") return { lines: read, lastWords: words };
    if (child.pid === undefined) throw new UserError(`${name}: ${await ended}`);
    throw new GraderError(`${name}: ${failure}${words === "" ? "" : `\nits last words: ${words}`}`);
  } finally {
    watch.end();
  }
}

interface Watch {
  alive(): void;
  /** Why the program was ended; `undefined` where it was not. */
  reason(): string | undefined;
  end(): void;
}

/** Ends the program when it falls silent, when `signal` aborts or when this process ends. */
function watchOver(child: ChildProcessWithoutNullStreams, patienceMs: number, signal: AbortSignal | undefined): Watch {
  let reason: string | undefined;
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      if (process.platform === "win32") child.kill("SIGKILL");
      else process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      // Gone already.
      if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
    // What escaped its group may still hold the pipes.
    child.stdout.destroy();
    child.stderr.destroy();
    child.stdin.destroy();
  };
  const onSilence = (): void => {
    reason = `wrote no line for ${patienceMs / 1000} seconds and was ended`;
    kill();
  };
  const onAbort = (): void => {
    reason = "was stopped";
    kill();
  };
  let timer = setTimeout(onSilence, patienceMs);
  process.once("exit", kill);
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    alive() {
      clearTimeout(timer);
      timer = setTimeout(onSilence, patienceMs);
    },
    reason: () => reason,
    end() {
      clearTimeout(timer);
      process.off("exit", kill);
      signal?.removeEventListener("abort", onAbort);
      kill();
    },
  };
}

async function readLines({ stdout }: ChildProcessWithoutNullStreams, alive: () => void): Promise<string[]> {
  const lines: string[] = [];
  let open = "";
  stdout.setEncoding("utf8");
  for await (const chunk of stdout as AsyncIterable<string>) {
    const parts = `${open}${chunk}`.split("\n");
    open = parts.pop() ?? "";
    if (parts.length > 0) alive();
    lines.push(...parts.filter((line) => line.trim() !== ""));
    if (open.length > LONGEST_LINE) throw new GraderError(`wrote a line of more than ${LONGEST_LINE} characters`);
  }
  return open.trim() === "" ? lines : [...lines, open];
}
