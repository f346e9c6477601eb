import type { ModelConfig } from "../model/config.ts";
import type { ProgramCache } from "../train/programCache.ts";
import { type BatchShape, scoringGraph } from "../train/trainingGraph.ts";
import { ensureMemory, type MemoryNeed } from "./ensureMemory.ts";
import { programMemory } from "./programMemory.ts";

/** Refuses to score batches that would not fit into memory. @throws UserError with the estimate */
export function ensureScoringMemory(programs: ProgramCache, config: ModelConfig, shapes: readonly BatchShape[]): void {
  const longest = Math.max(0, ...shapes.map(({ seq }) => seq));
  const half = shapes.filter(({ seq }) => seq <= longest / 2);
  ensureMemory("scoring these rows", scoringMemory(programs, config, shapes), [
    {
      text: `rows of at most ${longest / 2} tokens (now ${longest})`,
      need: () => scoringMemory(programs, config, half),
    },
  ]);
}

/** What scoring batches of these shapes needs besides the weights that are in memory already. */
export function scoringMemory(programs: ProgramCache, config: ModelConfig, shapes: readonly BatchShape[]): MemoryNeed {
  const { held, running } = programMemory(
    programs,
    shapes.map((shape) => ({ parts: ["score", config, shape], build: () => scoringGraph(config, shape) })),
  );
  return { programs: held, activations: running };
}
