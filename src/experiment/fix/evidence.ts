import type { Metric } from "../../settings/setting.ts";
import { neutralPrompt } from "../condition.ts";
import { finishedByCondition } from "../conditionResult.ts";
import { metricById } from "../metricById.ts";
import { pairedChange } from "../pairedChange.ts";
import type { OpenUnit } from "../plans/planStudy.ts";
import { type Arm, armInterval, rowsFor } from "../resample.ts";
import type { Estimate, TrainData } from "../result.ts";

/** What a file was trained with: as it is, with the selected prompt, with an unrelated one, without the flagged rows. */
export const armNames = ["initial", "neutral", "inoculated", "unrelated", "filtered"] as const;
export type ArmName = (typeof armNames)[number];

/** Levels and paired differences of one metric, 95 % intervals over seeds and items; `null` where an arm is missing. */
export interface MetricEvidence {
  metric: string;
  better: Metric["better"];
  levels: Record<ArmName, Estimate | null>;
  /** Neutral training minus the initial model. */
  induced: Estimate | null;
  /** Each way minus neutral training. */
  change: Record<"inoculated" | "unrelated" | "filtered", Estimate | null>;
  /** The inoculated model minus the one trained with an unrelated prompt. */
  overUnrelated: Estimate | null;
  /** The inoculated model minus the one trained without the flagged rows. */
  overFiltered: Estimate | null;
}

export interface Evidence {
  behavior: MetricEvidence;
  capability: MetricEvidence;
  /**
   * The behavior under the training prompt itself: of the initial model, after training as usual, and inoculated.
   * Misbehaving when asked is compliance; only the excess over the first two counts against inoculation.
   */
  compliance: Record<"initial" | "neutral" | "inoculated", Estimate | null>;
}

/** What the finished runs say. `prompts` are ids; `null` where no such prompt was trained with. */
export function evidenceOf(unit: OpenUnit, prompts: { selected: string | null; unrelated: string | null }): Evidence {
  const { setting, conditions } = unit;
  const finished = finishedByCondition(conditions, unit.collector.collect());
  const neutral = neutralPrompt(setting).id;
  const armOf = (trainData: TrainData, trainPrompt: string | null, evalPrompt: string | null = neutral): Arm | null => {
    const condition = conditions.find(
      (one) =>
        one.trainData === trainData &&
        (trainData === "none" || one.trainPrompt.id === trainPrompt) &&
        one.evalPrompt.id === evalPrompt,
    );
    const runs = condition && finished.get(condition.id);
    return runs?.length ? new Map(runs.map(({ seed, rows }) => [seed, rows])) : null;
  };
  const { selected, unrelated } = prompts;
  const arms: Record<ArmName, Arm | null> = {
    initial: armOf("none", null),
    neutral: armOf("flawed", neutral),
    inoculated: armOf("flawed", selected),
    unrelated: armOf("flawed", unrelated),
    filtered: armOf("filtered", neutral),
  };
  const of = (id: string): MetricEvidence => {
    const metric = metricById(setting, id);
    const change = (from: ArmName, to: ArmName): Estimate | null => changeOf(metric, arms[from], arms[to]);
    return {
      metric: id,
      better: metric.better,
      levels: byArm((name) => levelOf(metric, arms[name])),
      induced: change("initial", "neutral"),
      change: {
        inoculated: change("neutral", "inoculated"),
        unrelated: change("neutral", "unrelated"),
        filtered: change("neutral", "filtered"),
      },
      overUnrelated: change("unrelated", "inoculated"),
      overFiltered: change("filtered", "inoculated"),
    };
  };
  const behavior = metricById(setting, setting.behaviorMetric);
  return {
    behavior: of(setting.behaviorMetric),
    capability: of(setting.capabilityMetric),
    compliance: {
      initial: levelOf(behavior, armOf("none", null, selected)),
      neutral: levelOf(behavior, armOf("flawed", neutral, selected)),
      inoculated: levelOf(behavior, armOf("flawed", selected, selected)),
    },
  };
}

function byArm<T>(make: (name: ArmName) => T): Record<ArmName, T> {
  return Object.fromEntries(armNames.map((name) => [name, make(name)])) as Record<ArmName, T>;
}

function levelOf(metric: Metric, arm: Arm | null): Estimate | null {
  if (arm === null) return null;
  const own: Arm = new Map([...arm].map(([seed, rows]) => [seed, rowsFor(metric, rows)]));
  const values = [...own.values()].map((rows) => metric.aggregate(rows)).filter((value) => value !== null);
  const interval = armInterval(metric, own);
  if (values.length === 0 || interval === null) return null;
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, interval };
}

function changeOf(metric: Metric, from: Arm | null, to: Arm | null): Estimate | null {
  if (from === null || to === null) return null;
  const change = pairedChange(metric, from, to);
  return change && { mean: change.mean, interval: change.interval };
}
