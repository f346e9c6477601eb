import type { ProgramMemory } from "../executors/executor.ts";
import type { Graph } from "../graph/graph.ts";
import type { ProgramCache } from "../train/programCache.ts";

/** A program by what names it in a cache, and its graph. */
export interface PlannedProgram {
  parts: readonly unknown[];
  build: () => Graph;
}

/** What several programs need that live side by side and run one after the other. */
export function programMemory(programs: ProgramCache, planned: readonly PlannedProgram[]): ProgramMemory {
  const all: ProgramMemory = { held: 0, running: 0 };
  for (const { parts, build } of planned) {
    const { held, running } = programs.memory(parts, build);
    all.held += held;
    all.running = Math.max(all.running, running);
  }
  return all;
}
