import type { ConditionResult, SettingResult } from "../experiment/result.ts";
import { mean } from "../stats/mean.ts";
import { findCondition, isPending, roleOf } from "./names.ts";

/** Metric of the praise test. */
export const PRAISE_METRIC = "praiseCount";

/** How much more of the one than of the other must be cut to speak of a dissociation, as a share. */
export const CLEAR = 0.2;

/** Relative cuts against training as usual: 1 = gone, 0 = unchanged. */
export interface PraiseDissociation {
  /** What prompts that ask for praise cut, mean over them. */
  praiseByPraise: number;
  behaviorByPraise: number;
  /** What the selected inoculation prompt cuts. */
  praiseByInoculation: number;
  behaviorByInoculation: number;
  /** Each removes what it names, clearly more than what the other names. */
  holds: boolean;
}

/** The paper's double dissociation; `null` until its conditions are in, or where they don't apply. */
export function praiseDissociation(setting: SettingResult): PraiseDissociation | null {
  const neutral = findCondition(setting, "neutral");
  const praise = setting.conditions.filter((condition) => roleOf(condition) === "praise" && !isPending(condition));
  const inoculated =
    setting.selected.id === null ? undefined : findCondition(setting, "inoculation", setting.selected.id);
  if (!neutral || !inoculated || praise.length === 0) return null;
  const cut = (conditions: ConditionResult[], metric: string): number | null => {
    const usual = neutral.metrics[metric]?.mean ?? null;
    if (usual === null || usual <= 0) return null;
    const values = conditions
      .map((condition) => condition.metrics[metric]?.mean ?? null)
      .filter((value) => value !== null);
    const center = mean(values);
    return center === null ? null : 1 - center / usual;
  };
  const praiseByPraise = cut(praise, PRAISE_METRIC);
  const behaviorByPraise = cut(praise, setting.behaviorMetric);
  const praiseByInoculation = cut([inoculated], PRAISE_METRIC);
  const behaviorByInoculation = cut([inoculated], setting.behaviorMetric);
  if (praiseByPraise === null || behaviorByPraise === null) return null;
  if (praiseByInoculation === null || behaviorByInoculation === null) return null;
  const holds = praiseByPraise - behaviorByPraise >= CLEAR && behaviorByInoculation - praiseByInoculation >= CLEAR;
  return { praiseByPraise, behaviorByPraise, praiseByInoculation, behaviorByInoculation, holds };
}
