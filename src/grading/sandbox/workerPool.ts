import { setMaxListeners } from "node:events";
import { InterruptedError } from "../../util/errors.ts";
import type { HostLimits } from "./hostCalls.ts";
import type { Request } from "./messages.ts";
import type { Finding } from "./runSolution.ts";
import { type Answer, SandboxProcess } from "./sandboxProcess.ts";

export interface AskOptions {
  /** Time for the answer, not counting time in which the process stands in line for a processor. */
  limitMs: number;
  /** Asks a process that has been asked nothing before. */
  isFresh?: boolean;
  onFinding?: (finding: Finding) => void;
  signal?: AbortSignal | undefined;
}

interface Task extends AskOptions {
  request: Request;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** A place for one process at a time. */
interface Lane {
  process: SandboxProcess | undefined;
  task: Task | undefined;
}

const usualLimits: HostLimits = { memoryBytes: 256 << 20, outputBytes: 1 << 20 };

/** Sandbox processes, as many at a time as there are lanes. They start when there is work and are replaced when they end. */
export class WorkerPool {
  readonly #lanes: readonly Lane[];
  readonly #limits: HostLimits;
  readonly #queue: Task[] = [];

  constructor(workers: number, limits = usualLimits) {
    this.#lanes = Array.from({ length: workers }, () => ({ process: undefined, task: undefined }));
    this.#limits = limits;
  }

  /** @throws GraderError when the sandbox itself breaks; InterruptedError when `signal` aborts or the pool is closed */
  async ask(request: Request, options: AskOptions): Promise<Answer> {
    const { signal } = options;
    if (signal?.aborted) throw new InterruptedError("stopped");
    let task: Task | undefined;
    const stop = (): void => this.#drop((one) => one === task);
    // One listener for every task that waits: any number is right.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        task = { ...options, request, resolve, reject };
        this.#queue.push(task);
        this.#assign();
      });
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Ends all processes; what they were asked is rejected. */
  async close(): Promise<void> {
    this.#drop(() => true);
    await Promise.all(this.#lanes.map((lane) => this.#endProcess(lane)));
  }

  #drop(which: (task: Task) => boolean): void {
    const error = new InterruptedError("stopped");
    for (const task of this.#queue.filter(which)) {
      this.#queue.splice(this.#queue.indexOf(task), 1);
      task.reject(error);
    }
    for (const lane of this.#lanes) {
      if (lane.task === undefined || !which(lane.task)) continue;
      lane.task.reject(error);
      void this.#endProcess(lane);
    }
  }

  /** Sets idle lanes to work, first those that have a process. */
  #assign(): void {
    const idle = this.#lanes.filter(({ task }) => task === undefined);
    idle.sort((a, b) => Number(b.process !== undefined) - Number(a.process !== undefined));
    for (const lane of idle) {
      lane.task = this.#queue.shift();
      if (lane.task) void this.#work(lane);
    }
  }

  async #work(lane: Lane): Promise<void> {
    while (lane.task) {
      const { task } = lane;
      try {
        task.resolve(await this.#perform(lane, task));
      } catch (error) {
        task.reject(error);
        await this.#endProcess(lane);
      }
      lane.task = this.#queue.shift();
    }
  }

  async #perform(lane: Lane, { request, isFresh = false, limitMs, onFinding }: Task): Promise<Answer> {
    if (isFresh && lane.process?.isUsed) await this.#endProcess(lane);
    if (lane.process === undefined) {
      lane.process = new SandboxProcess();
      await lane.process.start(this.#limits);
    }
    const answer = await lane.process.ask(request, limitMs, onFinding);
    if (answer.type === "ended") await this.#endProcess(lane);
    return answer;
  }

  async #endProcess(lane: Lane): Promise<void> {
    const { process } = lane;
    lane.process = undefined;
    await process?.end();
  }
}
