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

  /**
   * @param parts everything that the graph depends on: its kind, the configuration, the shapes
   * @param fixed inputs whose arrays keep their content, as `Executor.compile` takes them
   */
  get(parts: readonly unknown[], build: () => Graph, fixed: Iterable<string> = []): Promise<Program> {
    const key = JSON.stringify(parts);
    const known = this.#programs.get(key);
    if (known) return known;
    const program = this.#executor.compile(build(), new Set(fixed));
    this.#programs.set(key, program);
    return program;
  }

  async release(): Promise<void> {
    const programs = await Promise.allSettled(this.#programs.values());
    this.#programs.clear();
    for (const program of programs) if (program.status === "fulfilled") await program.value.release();
  }
}
