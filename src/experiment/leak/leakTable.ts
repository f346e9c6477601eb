import type { GradedItem, Metric } from "../../settings/setting.ts";
import { mean } from "../../stats/mean.ts";
import { standardError } from "../../stats/standardError.ts";
import { excludedShare } from "../evaluate.ts";
import { pairedChange } from "../pairedChange.ts";
import { type Arm, armInterval, itemValues, rowsFor } from "../resample.ts";
import type { Estimate, Interval } from "../result.ts";
import type { LeakFamily } from "./leakPrompts.ts";

/** The models that are compared under one prompt. */
export type ArmName = "inoculated" | "neutralTrained" | "initial";

/** Every graded item of each model under one prompt, by seed; the initial model goes by seed 0. */
export type ArmRows = Readonly<Record<ArmName, Arm>>;

/** One metric of one model under one prompt. */
export interface Level {
  /** Over the seeds; `null` where some seed has no value. */
  mean: number | null;
  /** Over seeds, or over items where there is one seed; `null` with fewer than two values. */
  standardError: number | null;
  /** 95 %, over seeds and items. */
  interval: Interval | null;
  /** Seeds, or judged replies where there is one seed. */
  n: number;
  unit: "seed" | "item";
  /** Replies that could be judged, in the seed that has fewest. */
  judged: number;
  /** Share of all replies that could not be judged. */
  excluded: number;
}

/** One prompt: all three models, and what the inoculated one does in excess of each of the others. */
export interface LeakRow {
  prompt: { id: string; family: LeakFamily | "asks"; text: string };
  behavior: Record<ArmName, Level>;
  /** `null` under prompts that ask for the behavior, where only that is measured. */
  capability: Record<ArmName, Level> | null;
  /** Differences of the behavior metric, paired by seed and item, with 95 % intervals; `null` where a side has no value. */
  excess: { overInitial: Estimate | null; overNeutralTrained: Estimate | null };
}

/** Resamples of each interval: a grid has many of them. */
const RESAMPLES = 1000;

/** The row of one prompt. @param metrics `capability` is `null` where it was not measured */
export function leakRow(
  prompt: LeakRow["prompt"],
  arms: ArmRows,
  { behavior, capability }: { behavior: Metric; capability: Metric | null },
): LeakRow {
  const levels = (metric: Metric): Record<ArmName, Level> => ({
    inoculated: levelOf(metric, arms.inoculated),
    neutralTrained: levelOf(metric, arms.neutralTrained),
    initial: levelOf(metric, arms.initial),
  });
  return {
    prompt,
    behavior: levels(behavior),
    capability: capability && levels(capability),
    excess: {
      overInitial: pairedChange(behavior, arms.initial, arms.inoculated, RESAMPLES),
      overNeutralTrained: pairedChange(behavior, arms.neutralTrained, arms.inoculated, RESAMPLES),
    },
  };
}

function levelOf(metric: Metric, arm: Arm): Level {
  const own: Arm = new Map([...arm].map(([seed, rows]) => [seed, rowsFor(metric, rows)]));
  const perSeed = [...own.values()];
  const values = perSeed.map((rows) => metric.aggregate(rows));
  const known = values.filter((value) => value !== null);
  const counts = {
    judged: perSeed.length === 0 ? 0 : Math.min(...perSeed.map(judgedOf)),
    excluded: excludedShare(perSeed.flat().map(({ grade }) => grade)).share,
  };
  const whole = known.length === values.length ? mean(known) : null;
  const interval = whole === null ? null : armInterval(metric, own, RESAMPLES);
  const [only] = perSeed;
  if (perSeed.length === 1 && only !== undefined) {
    const items = itemValues(metric, only)?.filter((value) => value !== null) ?? [];
    return { mean: whole, standardError: standardError(items), interval, n: counts.judged, unit: "item", ...counts };
  }
  return { mean: whole, standardError: standardError(known), interval, n: known.length, unit: "seed", ...counts };
}

function judgedOf(rows: readonly GradedItem[]): number {
  return rows.filter(({ grade }) => grade.excluded === undefined).length;
}
