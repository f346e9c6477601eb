import type { ChildProcess } from "node:child_process";
import { GraderError } from "../../util/errors.ts";
import type { HostLimits } from "./hostCalls.ts";
import type { FromWorker, Ready, Reply, Request, Start } from "./messages.ts";
import type { PackedSnapshot } from "./packedSnapshot.ts";
import { pyodideFolder } from "./pyodideFolder.ts";
import type { Finding } from "./runSolution.ts";
import { startWorker } from "./startWorker.ts";
import { startStopwatch } from "./stopwatch.ts";

/** What became of a request. `ended`: the process was killed when its time was over, or it died. */
export type Answer = Reply | { type: "ended"; failure: "timeout" | "crash"; error: string };

type OnFinding = (finding: Finding) => void;

/** Long, because helper threads that compile may stand in line too. */
const START_LIMIT_MS = 300_000;
const KEPT_WORDS = 4000;

/** Of the first process, taken before it was asked anything; the same for all limits. Nothing where it did not start. */
let firstSnapshot: Promise<PackedSnapshot | undefined> | undefined;

/** A process with an interpreter in it, which answers one request at a time. */
export class SandboxProcess {
  /** Whether it has been asked anything yet. */
  isUsed = false;
  readonly #child: ChildProcess = startWorker();
  /** How the process ended, once it has. */
  readonly #ended: Promise<string>;
  #lastWords = "";

  constructor() {
    const child = this.#child;
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString("utf8")).slice(-KEPT_WORDS);
    });
    this.#ended = new Promise((resolve) => {
      // "close" comes after the last of what it wrote; "error" alone when it could not be started.
      child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
      child.once("error", (error) => resolve(error.message));
    });
  }

  /**
   * To be called once, before anything is asked. The first process starts Python, and all others go on from its snapshot:
   * they wait for it where need be, since that is the shorter way.
   *
   * @throws GraderError when it does not start
   */
  async start(limits: HostLimits): Promise<void> {
    if (firstSnapshot === undefined) {
      const starting = this.#start(limits);
      firstSnapshot = starting.catch(() => {
        firstSnapshot = undefined;
        return undefined;
      });
      await starting;
      return;
    }
    const snapshot = await firstSnapshot;
    if (snapshot) await this.#start(limits, snapshot);
    else await this.start(limits);
  }

  async #start(limits: HostLimits, snapshot?: PackedSnapshot): Promise<PackedSnapshot | undefined> {
    const message = { type: "start", limits, pyodide: pyodideFolder, snapshot } as const;
    const answer = await this.#converse(message, START_LIMIT_MS);
    if (answer.type === "ready") return answer.snapshot;
    const why = answer.type === "ended" ? answer.error : `it answered "${answer.type}"`;
    throw new GraderError(`the Python sandbox did not start: ${why}`);
  }

  /**
   * @param limitMs time for the answer, not counting time in which the process stands in line for a processor
   * @throws GraderError when the sandbox itself breaks
   */
  async ask(request: Request, limitMs: number, onFinding?: OnFinding): Promise<Answer> {
    this.isUsed = true;
    const answer = await this.#converse(request, limitMs, onFinding);
    if (answer.type === "ready") throw new GraderError("the Python sandbox said twice that it had started");
    return answer;
  }

  /** Kills it. */
  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async #converse(message: Start | Request, limitMs: number, onFinding?: OnFinding): Promise<Answer | Ready> {
    let isLate = false;
    const cancel = this.#schedule(limitMs, () => {
      isLate = true;
      this.#child.kill("SIGKILL");
    });
    try {
      return await new Promise((resolve, reject) => {
        this.#child.on("message", (heard: FromWorker) => {
          if (heard.type === "finding") onFinding?.(heard.finding);
          else if (heard.type === "fault") reject(new GraderError(`the Python sandbox broke: ${heard.message}`));
          else resolve(heard);
        });
        void this.#ended.then((how) => {
          if (isLate) resolve({ type: "ended", failure: "timeout", error: `no end within ${limitMs} ms` });
          const lines = this.#lastWords.trim().split("\n");
          const words = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.slice(-3).join(" ");
          resolve({ type: "ended", failure: "crash", error: `the process ended (${how}) ${words}`.trim() });
        });
        this.#child.send(message, () => undefined);
      });
    } finally {
      cancel();
      this.#child.removeAllListeners("message");
    }
  }

  /** Calls back when the process has had so much time. Returns how to call it off. */
  #schedule(limitMs: number, onLate: () => void): () => void {
    const stopwatch = startStopwatch(this.#child.pid ?? 0);
    let timer: NodeJS.Timeout;
    let isOff = false;
    const look = (): void => {
      const leftMs = limitMs - stopwatch.elapsedMs();
      if (leftMs > 0) timer = setTimeout(look, Math.ceil(leftMs));
      // This process may have been busy too: first hear what has come meanwhile.
      else setImmediate(() => setImmediate(() => isOff || onLate()));
    };
    timer = setTimeout(look, limitMs);
    return () => {
      isOff = true;
      clearTimeout(timer);
    };
  }
}
