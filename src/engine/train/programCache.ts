import type { Executor, Program } from "../executors/executor.ts";
import type { Graph } from "../graph/graph.ts";

/** Compiled programs, kept until released. */
export class ProgramCache {
  readonly #executor: Executor;
  readonly #programs = new Map<string, Promise<Program>>();

  constructor(executor: Executor) {
    this.#executor = executor;
  }

  get executor(): Executor {
    return this.#executor;
  }

  /** @param parts everything that the graph depends on: its kind, the configuration, the shapes */
  get(parts: readonly unknown[], build: () => Graph): Promise<Program> {
    const key = JSON.stringify(parts);
    const known = this.#programs.get(key);
    if (known) return known;
    const program = this.#executor.compile(build());
    this.#programs.set(key, program);
    return program;
  }

  async release(): Promise<void> {
    const programs = await Promise.allSettled(this.#programs.values());
    this.#programs.clear();
    for (const program of programs) if (program.status === "fulfilled") await program.value.release();
  }
}
