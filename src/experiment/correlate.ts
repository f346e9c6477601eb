import { correlationInterval, pearson } from "../stats/pearson.ts";
import { spearman, spearmanInterval } from "../stats/spearman.ts";
import type { Correlation, ScreeningPoint } from "./result.ts";

/** Fewer points say nothing about a correlation. */
const LEAST_POINTS = 3;

/** Correlation of the behavior after training with what screening measured, over the prompts where both are known. */
export function correlate(
  points: readonly ScreeningPoint[],
  screened: "elicitationRate" | "lossGain" | "lossContrast",
): Correlation {
  const known = points.filter((point) => point.behaviorAfterTraining !== null && point[screened] !== null);
  const xs = known.map((point) => point[screened] as number);
  const ys = known.map((point) => point.behaviorAfterTraining as number);
  const n = known.length;
  const none = { pearson: null, pearsonInterval: null, spearman: null, spearmanInterval: null, n };
  if (n < LEAST_POINTS) return { ...none, reason: `${n} prompts have an outcome, and ${LEAST_POINTS} are needed` };
  const linear = pearson(xs, ys);
  const ranked = spearman(xs, ys);
  if (linear === null || ranked === null) return { ...none, reason: "all prompts came out the same" };
  return {
    pearson: linear,
    pearsonInterval: correlationInterval(linear, n),
    spearman: ranked,
    spearmanInterval: spearmanInterval(ranked, n),
    n,
  };
}
