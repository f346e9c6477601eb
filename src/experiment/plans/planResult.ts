import type { Setting } from "../../settings/setting.ts";
import { conditionResult, type Finished, finishedByCondition } from "../conditionResult.ts";
import { metricById } from "../metricById.ts";
import { armInterval, rowsFor } from "../resample.ts";
import type { ConditionResult, Interval, MetricSummary } from "../result.ts";
import type { Store } from "../store.ts";
import { type DoseCurve, doseCurves } from "./doseCurve.ts";
import type { PlanCondition } from "./planRuns.ts";
import type { OpenUnit } from "./planStudy.ts";

/**
 * One metric of a condition. `interval` is 95 %, drawing seeds and items anew; with a single seed the items alone.
 * `null` where it cannot be had, absent for metrics that the plan does not show.
 */
export type PlanMetric = MetricSummary & { interval?: Interval | null };

export interface PlanConditionResult extends PlanCondition, Omit<ConditionResult, keyof PlanCondition | "metrics"> {
  metrics: Record<string, PlanMetric>;
}

/** One table: a setting on an initial model. */
export interface PlanTable {
  /** The setting's id; of a family's first variant it is the family's name. */
  id: string;
  /** The family's name. */
  setting: string;
  variant: string;
  title: string;
  base: string;
  baseModelHash: string;
  behaviorMetric: string;
  capabilityMetric: string;
  /** Metrics that the table shows. */
  shown: string[];
  /** False while runs are missing; conditions without any finished run are left out. */
  complete: boolean;
  conditions: PlanConditionResult[];
  /** Where models were evaluated at checkpoints: how long inoculation holds. */
  doses: DoseCurve[];
}

/** What the store holds of a part of a plan, as a table. */
export function planTable(unit: OpenUnit, store: Store): PlanTable {
  const { setting, base, identity, metrics: shown, conditions } = unit;
  const runs = unit.collector.collect();
  const finished = finishedByCondition(conditions, runs);
  const behavior = metricById(setting, setting.behaviorMetric);
  return {
    id: setting.id,
    setting: setting.family,
    variant: setting.variant,
    title: setting.title,
    base: base.name,
    baseModelHash: identity.baseModelHash,
    behaviorMetric: setting.behaviorMetric,
    capabilityMetric: setting.capabilityMetric,
    shown: [...shown],
    complete: runs.every(({ complete }) => complete),
    conditions: conditions.flatMap((condition) => {
      const found = finished.get(condition.id) ?? [];
      return found.length === 0 ? [] : [withIntervals(setting, condition, found, { shown, store })];
    }),
    doses: doseCurves(behavior, conditions, finished, runs),
  };
}

function withIntervals(
  setting: Setting,
  condition: PlanCondition,
  finished: readonly Finished[],
  { shown, store }: { shown: readonly string[]; store: Store },
): PlanConditionResult {
  const { recipe, step } = condition;
  const summary = conditionResult(condition, finished, { setting, store, recipe, step });
  const metrics = Object.fromEntries(
    setting.metrics.map((metric): [string, PlanMetric] => {
      const own = summary.metrics[metric.id] as MetricSummary;
      if (!shown.includes(metric.id)) return [metric.id, own];
      const arm = new Map(finished.map(({ seed, rows }) => [seed, rowsFor(metric, rows)]));
      const interval = own.mean === null ? null : armInterval(metric, arm);
      return [metric.id, { ...own, interval }];
    }),
  );
  return { ...summary, data: condition.data, metrics };
}
