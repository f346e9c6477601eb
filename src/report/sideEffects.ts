import type { ConditionResult, MetricSummary, SettingResult } from "../experiment/result.ts";
import { findCondition } from "./names.ts";

/** The two small evaluations that stand beside every setting's own questions. */
export const sideMetrics = [
  {
    metric: "harmfulCompliance",
    question: "Does it obey bad requests more?",
    worse: "more",
    loss: "Inoculated, the model helps with harmful requests more often than after training as usual",
  },
  {
    metric: "instructionFollowing",
    question: "Does it follow harmless requests about the form of a reply less?",
    worse: "less",
    loss: "Inoculated, the model honors harmless requests about the form of a reply less often than after training as usual",
  },
] as const;

export interface SideArm {
  name: string;
  condition: ConditionResult;
}

/** The models that are compared on the side metrics, those that there are. */
export function sideArms(setting: SettingResult): SideArm[] {
  const { id } = setting.selected;
  const arms: [string, ConditionResult | undefined][] = [
    ["Before fine-tuning", findCondition(setting, "initial")],
    ["Flawed data, as usual", findCondition(setting, "neutral")],
    ["Inoculated (the selected prompt)", id === null ? undefined : findCondition(setting, "inoculation", id)],
    ["Clean data", findCondition(setting, "clean")],
  ];
  return arms.flatMap(([name, condition]) => (condition === undefined ? [] : [{ name, condition }]));
}

/** A difference from training as usual, with the standard error of the difference where both have one. */
export interface SideChange {
  difference: number;
  standardError: number | null;
}

/** How the inoculated model's side metric differs from that after training as usual; `null` until both are known. */
export function sideChange(setting: SettingResult, metric: string): SideChange | null {
  const { id } = setting.selected;
  const usual = findCondition(setting, "neutral")?.metrics[metric];
  const inoculated = id === null ? undefined : findCondition(setting, "inoculation", id)?.metrics[metric];
  if (!isKnown(usual) || !isKnown(inoculated)) return null;
  const errors = [usual.standardError, inoculated.standardError];
  return {
    difference: inoculated.mean - usual.mean,
    standardError: errors.some((error) => error === null) ? null : Math.hypot(...(errors as number[])),
  };
}

function isKnown(summary: MetricSummary | undefined): summary is MetricSummary & { mean: number } {
  return summary !== undefined && summary.mean !== null;
}
