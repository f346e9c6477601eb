import { areaUnderCurve } from "../../stats/areaUnderCurve.ts";
import { mean } from "../../stats/mean.ts";
import type { PredictionOutcome, PredictionQuality } from "../result.ts";

/** From this share prevented on, a prompt counts as one that works in the area under the curve. */
const PREVENTS_MOST = 0.75;

/** How good the predictions were, over those whose outcome is known. */
export function predictionQuality(outcomes: readonly PredictionOutcome[]): PredictionQuality {
  const errors = outcomes.flatMap(({ predictedBehavior, behavior }) =>
    behavior === null ? [] : [Math.abs(predictedBehavior - behavior)],
  );
  const scored = outcomes.flatMap(({ predictedPrevented, prevented }) =>
    prevented === null ? [] : [{ score: predictedPrevented, positive: prevented >= PREVENTS_MOST }],
  );
  const intervals = outcomes.flatMap(({ predictedBehaviorInterval: interval, behavior }) =>
    behavior === null || interval === undefined ? [] : [{ interval, behavior }],
  );
  return {
    correct: outcomes.filter(({ correct }) => correct === true).length,
    known: outcomes.filter(({ correct }) => correct !== null).length,
    meanAbsoluteError: mean(errors),
    areaUnderCurve: areaUnderCurve(scored),
    covered: intervals.filter(({ interval: [low, high], behavior }) => low <= behavior && behavior <= high).length,
    withInterval: intervals.length,
  };
}
