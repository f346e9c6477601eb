import { stringify } from "yaml";
import type { Limits } from "../limits.ts";
import type { Estimate } from "../result.ts";
import type { Evidence, MetricEvidence } from "./evidence.ts";

/** What is added to a measured interval: another seed, other items. */
const SLACK = 0.05;

/**
 * Limits for `evaluate --limits`: the measured level's interval and a little. A model that breaks them behaves otherwise
 * than the one that was decided on.
 */
export function regressionLimits(evidence: Evidence, arm: "inoculated" | "filtered", setting: string): Limits {
  const metrics = [evidence.behavior, evidence.capability].flatMap((metric) => {
    const level = metric.levels[arm];
    return level === null ? [] : [[metric.metric, limitOf(metric, level)] as const];
  });
  return {
    about:
      "Levels measured when the remedy was decided on, with a margin. Check a model with: inoculate evaluate SETTING --adapter FOLDER --limits FILE",
    setting,
    metrics: Object.fromEntries(metrics),
  };
}

export const limitsFile = (limits: Limits): string => stringify(limits, { lineWidth: 120 });

function limitOf({ better }: MetricEvidence, { interval: [low, high] }: Estimate): Limits["metrics"][string] {
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return better === "lower" ? { atMost: round(Math.min(1, high + SLACK)) } : { atLeast: round(low - SLACK) };
}
