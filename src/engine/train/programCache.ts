import { processorSeconds } from "../../util/processorSeconds.ts";
import type { Executor, Program, ProgramMemory } from "../executors/executor.ts";
import type { Graph } from "../graph/graph.ts";
import { peakBytes, valueLifetimes } from "../graph/liveness.ts";

/** Compiled programs, kept until released. */
export class ProgramCache {
  readonly #executor: Executor;
  readonly #programs = new Map<string, Promise<Program>>();
  #compileSeconds = 0;
  readonly #memory = new Map<string, ProgramMemory>();

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
    const program = this.#compile(build);
    this.#programs.set(key, program);
    return program;
  }

  /** Processor time spent on compiling so far. */
  get compileSeconds(): number {
    return this.#compileSeconds;
  }

  /** What a program needs, or would if it were compiled. @param parts as for `get` */
  memory(parts: readonly unknown[], build: () => Graph): ProgramMemory {
    const key = JSON.stringify(parts);
    const known = this.#memory.get(key);
    if (known) return known;
    const graph = build();
    const memory = this.#executor.memory?.(graph) ?? { held: 0, running: peakBytes(valueLifetimes(graph)) };
    this.#memory.set(key, memory);
    return memory;
  }

  async #compile(build: () => Graph): Promise<Program> {
    const start = processorSeconds();
    const program = await this.#executor.compile(build());
    this.#compileSeconds += processorSeconds() - start;
    return program;
  }

  async release(): Promise<void> {
    const programs = await Promise.allSettled(this.#programs.values());
    this.#programs.clear();
    for (const program of programs) if (program.status === "fulfilled") await program.value.release();
  }
}
