import { bucketLength } from "../train/batch.ts";
import type { ProgramCache } from "../train/programCache.ts";
import type { Recipe } from "../train/recipe.ts";
import type { BatchShape } from "../train/trainingGraph.ts";
import { ensureMemory, fitsMemory, type MemoryNeed, type Remedy } from "./ensureMemory.ts";
import { modelParameters, type TrainingMemoryRequest, trainingMemory } from "./trainingMemory.ts";

/**
 * Refuses a training that would not fit into memory, before its first step.
 *
 * @param shapes of all micro-batches
 * @throws UserError with the estimate and what would make it fit
 */
export function ensureTrainingMemory(
  programs: ProgramCache,
  request: Omit<TrainingMemoryRequest, "accumulates">,
  recipe: Recipe,
): void {
  const { microBatchSize, effectiveBatchSize } = recipe;
  const need = (change: Partial<TrainingMemoryRequest> = {}): MemoryNeed =>
    trainingMemory(programs, { ...request, accumulates: microBatchSize < effectiveBatchSize, ...change });
  // An upper bound for the price of one graph: as many programs as large as the largest.
  const largest = need({ shapes: shrunk(request.shapes, Number.POSITIVE_INFINITY) });
  if (fitsMemory({ ...largest, programs: (largest.programs ?? 0) * request.shapes.length })) return;
  ensureMemory("this training", need(), [
    ...smallerBatches(request, need),
    ...lora(request, recipe, need),
    ...shorterRows(request, need),
  ]);
}

type Need = (change?: Partial<TrainingMemoryRequest>) => MemoryNeed;

/** The largest of the shapes when its batch, rows or both are cut down. */
function shrunk(shapes: readonly BatchShape[], batch: number, seq = Number.POSITIVE_INFINITY): BatchShape[] {
  const tokens = (shape: BatchShape): number => shape.batch * shape.seq;
  const [largest] = [...shapes].sort((a, b) => tokens(b) - tokens(a) || b.lossRows - a.lossRows);
  if (!largest) return [];
  const to = { batch: Math.min(batch, largest.batch), seq: Math.min(seq, largest.seq) };
  const share = (to.batch * to.seq) / tokens(largest);
  return [{ ...to, lossRows: Math.ceil(largest.lossRows * share) }];
}

const halvings = (from: number): number[] =>
  Array.from({ length: Math.floor(Math.log2(from)) }, (_, i) => Math.floor(from / 2 ** (i + 1)));

const batchOf = (shapes: readonly BatchShape[]): number => Math.max(1, ...shapes.map(({ batch }) => batch));

function smallerBatches({ shapes }: { shapes: readonly BatchShape[] }, need: Need): Remedy[] {
  return halvings(batchOf(shapes)).map((batch) => ({
    text: `microBatchSize ${batch}`,
    need: () => need({ shapes: shrunk(shapes, batch), accumulates: true }),
  }));
}

/** LoRA in place of full fine-tuning, as it is and with single rows. */
function lora(
  { config, lora, shapes }: Omit<TrainingMemoryRequest, "accumulates">,
  recipe: Recipe,
  need: Need,
): Remedy[] {
  if (lora) return [];
  // The copy of the weights that full fine-tuning changes is in memory already; LoRA would not make it.
  const freed = { "copy of the weights": -4 * modelParameters(config) };
  return [batchOf(shapes), 1].map((batch) => ({
    text: `method lora${batch === 1 ? " with microBatchSize 1" : ""}`,
    need: () => ({ ...need({ lora: recipe.lora, shapes: shrunk(shapes, batch), accumulates: true }), ...freed }),
  }));
}

function shorterRows({ shapes }: { shapes: readonly BatchShape[] }, need: Need): Remedy[] {
  const longest = Math.max(0, ...shapes.map(({ seq }) => seq));
  return halvings(longest)
    .filter((seq) => seq >= 8)
    .map((seq) => ({
      text: `microBatchSize 1 and rows of at most ${bucketLength(seq - 7)} tokens (now ${longest})`,
      need: () => need({ shapes: shrunk(shapes, 1, bucketLength(seq - 7)), accumulates: true }),
    }));
}
