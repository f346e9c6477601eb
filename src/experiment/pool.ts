import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import type { Readable } from "node:stream";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { availableMemory, memoryVariable } from "../util/availableMemory.ts";
import { GraderError, InoculateError, InterruptedError, MemoryError, UserError } from "../util/errors.ts";
import type { Job, JobProgress, JobResult } from "./job.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

export interface PoolOptions {
  /** Processes at most; they start when there is work for them. */
  workers: number;
  /** @default "auto" */
  device?: DeviceChoice | undefined;
  /** URL of the parts module; absent: the embedded engine. */
  parts?: string | undefined;
  /** Folder of the store. */
  store: string;
  signal?: AbortSignal | undefined;
}

export interface JobHooks {
  onStart?: () => void;
  onProgress?: (progress: JobProgress) => void;
  /** The worker process died and the job is tried once more. */
  onRetry?: (message: string) => void;
}

/** Worker processes, one thread each, that do jobs in the order in which they were submitted. */
export interface Pool {
  /** @throws what the job threw; InoculateError with the worker's last words when it died twice; InterruptedError */
  submit(job: Job, hooks?: JobHooks): Promise<JobResult>;
  close(): Promise<void>;
}

interface Task {
  job: Job;
  hooks: JobHooks;
  deaths: number;
  resolve: (result: JobResult) => void;
  reject: (error: Error) => void;
}

interface Worker {
  child: ChildProcess;
  task: Task | null;
  lastWords: string;
}

const KILL_AFTER_MS = 5000;
const KEPT_WORDS = 4000;
/** How long to wait for the rest of a dead worker's standard error. */
const LAST_WORDS_MS = 2000;

/** Starts an empty pool. */
export function createPool(options: PoolOptions): Pool {
  return new WorkerPool(options);
}

class WorkerPool implements Pool {
  readonly #options: PoolOptions;
  readonly #queue: Task[] = [];
  readonly #workers = new Set<Worker>();
  /** Bytes that each worker may hold: they grow at the same time, so what is free now is shared out. */
  readonly #memory: number;
  readonly #stop = (): void => this.#abort();

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#memory = Math.floor(availableMemory() / options.workers);
    options.signal?.addEventListener("abort", this.#stop, { once: true });
  }

  submit(job: Job, hooks: JobHooks = {}): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      if (this.#options.signal?.aborted) return reject(new InterruptedError("stopped"));
      this.#queue.push({ job, hooks, deaths: 0, resolve, reject });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#stop);
    await Promise.all([...this.#workers].map(dismiss));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const worker = [...this.#workers].find(({ task }) => task === null) ?? this.#hire();
      if (worker === null) return;
      const task = this.#queue.shift() as Task;
      worker.task = task;
      task.hooks.onStart?.();
      tell(worker, { type: "job", job: task.job });
    }
  }

  #hire(): Worker | null {
    const { workers, device, parts, store } = this.#options;
    if (this.#workers.size >= workers) return null;
    const worker: Worker = { child: startWorker(this.#memory), task: null, lastWords: "" };
    this.#workers.add(worker);
    worker.child.stderr?.on("data", (chunk: Buffer) => {
      worker.lastWords = (worker.lastWords + chunk.toString("utf8")).slice(-KEPT_WORDS);
    });
    worker.child.on("message", (message: FromWorker) => this.#hear(worker, message));
    worker.child.on("error", (error) => {
      worker.lastWords += error.message;
    });
    worker.child.on("exit", (code, signal) => {
      // A turn later still: if this process was held up itself, what has come meanwhile is read first.
      const longEnough = sleep(LAST_WORDS_MS, undefined, { ref: false }).then(() => nextTurn());
      const heard = Promise.race([streamEnd(worker.child.stderr), longEnough]);
      void heard.then(() => this.#bury(worker, signal ?? `exit code ${code}`));
    });
    tell(worker, { type: "init", parts, store, threads: 1, device });
    return worker;
  }

  #hear(worker: Worker, message: FromWorker): void {
    const { task } = worker;
    if (task === null) return;
    if (message.type === "progress") {
      task.hooks.onProgress?.(message.progress);
      return;
    }
    worker.task = null;
    if (message.type === "done") task.resolve(message.result);
    else task.reject(revive(message, this.#options.workers));
    this.#dispatch();
  }

  #bury(worker: Worker, how: string): void {
    this.#workers.delete(worker);
    const { task, lastWords } = worker;
    if (task !== null) this.#retry(task, how, lastWords.trim() || "none");
    this.#dispatch();
  }

  #retry(task: Task, how: string, lastWords: string): void {
    const message = `a worker process ended (${how}) while working on ${task.job.spec.id}; its last words: ${lastWords}`;
    task.deaths++;
    if (this.#options.signal?.aborted) task.reject(new InterruptedError("stopped"));
    else if (task.deaths > 1) task.reject(new InoculateError(message));
    else {
      task.hooks.onRetry?.(message);
      this.#queue.unshift(task);
    }
  }

  #abort(): void {
    for (const task of this.#queue.splice(0)) task.reject(new InterruptedError("stopped"));
    for (const worker of this.#workers) {
      tell(worker, { type: "abort" });
      setTimeout(() => worker.child.kill("SIGKILL"), KILL_AFTER_MS).unref();
    }
  }
}

/** Runs the worker's source through tsx, its built output as it is. @param memory bytes that it may hold */
function startWorker(memory: number): ChildProcess {
  const fromSource = import.meta.url.endsWith(".ts");
  const entry = fileURLToPath(new URL(fromSource ? "./worker.ts" : "./worker.js", import.meta.url));
  const execArgv = fromSource ? ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href] : [];
  const env = { ...process.env, [memoryVariable]: Number.isFinite(memory) ? String(memory) : "none" };
  return fork(entry, [], { env, execArgv, stdio: ["ignore", "ignore", "pipe", "ipc"] });
}

function streamEnd(stream: Readable | null): Promise<void> {
  if (stream === null || stream.readableEnded) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once("close", resolve);
    stream.once("end", resolve);
  });
}

function tell(worker: Worker, message: ToWorker): void {
  // A worker that is gone already is heard of through its "exit" event.
  if (worker.child.connected) worker.child.send(message, () => undefined);
}

/** Lets an idle worker go; one that still works is ended. */
function dismiss({ child, task }: Worker): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), task === null ? KILL_AFTER_MS : 0);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    if (child.connected) child.disconnect();
  });
}

/** The error that a worker sent, of the class that it was. */
function revive({ name, message, stack }: Extract<FromWorker, { type: "failed" }>, workers: number): Error {
  const kinds = [UserError, MemoryError, GraderError, InterruptedError];
  const known = kinds.find((type) => type.name === name) ?? InoculateError;
  const shares = known === MemoryError && workers > 1;
  const error = new known(
    shares ? `${message}; ${workers} workers share it, with fewer (--workers) each has more` : message,
  );
  if (stack !== undefined) error.stack = stack;
  return error;
}
