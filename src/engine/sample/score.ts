import { InterruptedError } from "../../util/errors.ts";
import { ensureScoringMemory } from "../memory/ensureScoringMemory.ts";
import { bucketLength, type EncodedRow, layOut, type TrainBatch } from "../train/batch.ts";
import { checkRows } from "../train/checkRows.ts";
import { batchInputs, shapeOf, weightInputs } from "../train/gradients.ts";
import { differentShapes, scoringGraph } from "../train/trainingGraph.ts";
import { brokenModel } from "./brokenModel.ts";
import type { Generator } from "./generate.ts";

/** Rows scored together. */
const batchSize = 32;

/**
 * The summed log-probability of the tokens with a loss weight (which must be 0 or 1), row by row.
 *
 * @throws UserError naming a row that is too long for the model or has nothing to score, when memory would not do, or when the logits are not numbers
 * @returns in the order of the rows: logProb in nats, and how many tokens it covers
 */
export async function score(
  { programs, config, weights }: Generator,
  rows: readonly EncodedRow[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<{ logProb: number; tokens: number }[]> {
  checkRows(rows, config);
  const scores = rows.map(() => ({ logProb: 0, tokens: 0 }));
  const batches = batchesByLength(rows);
  ensureScoringMemory(programs, config, differentShapes(batches.map((numbers) => shapeOf(batchOf(rows, numbers)))));
  for (const numbers of batches) {
    if (signal?.aborted) throw new InterruptedError("scoring was stopped");
    const batch = batchOf(rows, numbers);
    const shape = shapeOf(batch);
    const program = await programs.get(["score", config, shape], () => scoringGraph(config, shape));
    const inputs = batchInputs(batch, 1, shape);
    const { logProb } = await program.run({ ...weightInputs(weights), ...inputs });
    (inputs.lossWeights as Float32Array).forEach((weight, i) => {
      if (weight === 0) return;
      const target = scores[numbers[(inputs.lossRows?.[i] as number) % batchSize] as number];
      if (!target) return;
      target.logProb += logProb?.[i] as number;
      target.tokens++;
    });
  }
  if (!scores.every(({ logProb }) => Number.isFinite(logProb))) throw brokenModel();
  return scores;
}

/** Row numbers of every batch, short rows first. */
function batchesByLength(rows: readonly EncodedRow[]): number[][] {
  const byLength = [...rows.keys()].sort((a, b) => lengthOf(rows, a) - lengthOf(rows, b) || a - b);
  return Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) =>
    byLength.slice(i * batchSize, (i + 1) * batchSize),
  );
}

function batchOf(rows: readonly EncodedRow[], numbers: readonly number[]): TrainBatch {
  const seq = bucketLength(lengthOf(rows, numbers.at(-1) as number));
  return layOut(
    numbers.map((row) => [rows[row] as EncodedRow]),
    batchSize,
    seq,
  );
}

const lengthOf = (rows: readonly EncodedRow[], row: number): number => (rows[row] as EncodedRow).tokenIds.length;
