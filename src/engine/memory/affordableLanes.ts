import type { ProgramCache } from "../train/programCache.ts";
import { ensureMemory, fitsMemory } from "./ensureMemory.ts";
import { type SamplingMemoryRequest, samplingMemory } from "./samplingMemory.ts";

/**
 * How many replies can grow side by side: as many as wanted, or what memory allows. Replies don't depend on it.
 *
 * @returns `lanes` of the request, or a half, a quarter and so on of it, at least 2
 * @throws UserError when the memory would not even do for two
 */
export function affordableLanes(programs: ProgramCache, request: SamplingMemoryRequest): number {
  const need = (change: Partial<SamplingMemoryRequest> = {}) => samplingMemory(programs, { ...request, ...change });
  let { lanes } = request;
  while (lanes > 2 && !fitsMemory(need({ lanes }))) lanes = Math.max(2, Math.floor(lanes / 2));
  const { longest, maxNewTokens } = request;
  ensureMemory("sampling", need({ lanes }), [
    {
      text: `maxNewTokens ${Math.ceil(maxNewTokens / 4)}`,
      need: () => need({ lanes, maxNewTokens: Math.ceil(maxNewTokens / 4) }),
    },
    {
      text: `prompts of at most ${Math.ceil(longest / 4)} tokens (now ${longest})`,
      need: () => need({ lanes, shortest: 1, longest: Math.ceil(longest / 4) }),
    },
  ]);
  return lanes;
}
