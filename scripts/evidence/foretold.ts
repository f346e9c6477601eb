import { predict, type Teaching } from "../../src/experiment/prediction/predict.ts";
import type { PredictionOutcome, SettingResult } from "../../src/index.ts";

/**
 * A result's known outcomes, as a rule foretells them from the same screening.
 * @param calibration absent: the rule without fitted parameters
 */
export function foretoldBy(result: SettingResult, calibration?: Teaching): PredictionOutcome[] {
  const { points, dataLevel } = result.screening;
  const { predictions } = predict(points, dataLevel, calibration);
  return result.predictions.outcomes.flatMap((outcome) => {
    const foretold = predictions.find(({ prompt }) => prompt === outcome.prompt);
    return foretold === undefined || outcome.behavior === null ? [] : [{ ...outcome, ...foretold }];
  });
}
