import type { Metric } from "../../settings/setting.ts";
import { mean } from "../../stats/mean.ts";
import { type Arm, rowsFor } from "../resample.ts";

/** The level of a trait in an arm, over its seeds; `null` where no reply could be rated. */
export function levelOf(metric: Metric, arm: Arm): number | null {
  const levels = [...arm.values()].map((rows) => metric.aggregate(rowsFor(metric, rows)));
  return levels.every((level) => level !== null) ? mean(levels) : null;
}
