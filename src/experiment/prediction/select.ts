import type { ScreenedPoint } from "../result.ts";

/** No candidate is selected that might elicit less than this over the neutral prompt. */
const LEAST_GAIN = 0.1;

/** The rule in words. */
export const selectionRule =
  "Selected: the inoculation prompt with the highest elicitation rate, less what it surely moves the skill (the end of the " +
  "95 % interval next to zero; a tie goes to the higher loss contrast), unless the 95 % interval of what it elicits over " +
  `the neutral prompt reaches below ${LEAST_GAIN}.`;

/** The prompt to train with; null: no candidate surely changes what the model does. */
export function select(points: readonly ScreenedPoint[]): string | null {
  const candidates = points.filter((point) => point.kind === "inoculation");
  const worth = (point: ScreenedPoint): number => point.elicitationRate - sureShift(point);
  const best = candidates.toSorted((a, b) => worth(b) - worth(a) || (b.lossContrast ?? 0) - (a.lossContrast ?? 0))[0];
  return best === undefined || best.elicitationGainInterval[0] < LEAST_GAIN ? null : best.prompt;
}

/**
 * How far the prompt surely moves the skill, in either direction. A prompt should leave the skill where it is, so that
 * training still has to teach it (equation 5 of the trait-pair theory).
 */
function sureShift({ capabilityShiftInterval }: ScreenedPoint): number {
  const [low, high] = capabilityShiftInterval ?? [0, 0];
  return low > 0 ? low : high < 0 ? -high : 0;
}
