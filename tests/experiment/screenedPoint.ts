import type { ScreenedPoint } from "../../src/experiment/result.ts";

/** What screening says of an invented prompt; the neutral one elicits 0.2. */
export const screenedPoint = (
  prompt: string,
  kind: ScreenedPoint["kind"],
  elicitationRate: number,
  lossContrast = 0,
): ScreenedPoint => ({
  prompt,
  kind,
  elicitationRate,
  elicitationInterval: [0, 1],
  elicitationGain: elicitationRate - 0.2,
  elicitationGainInterval: [elicitationRate - 0.3, elicitationRate - 0.1],
  lossGain: 0,
  lossGainInterval: [0, 0],
  lossContrast,
  lossContrastInterval: [lossContrast, lossContrast],
  capabilityShift: 0,
  capabilityShiftInterval: [-0.05, 0.05],
});
