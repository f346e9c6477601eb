import type { Metric } from "../settings/setting.ts";
import { mean } from "../stats/mean.ts";
import type { CollectedRun } from "./collect.ts";
import { rowsFor } from "./resample.ts";
import type { Choice, ScreeningPoint, SettingResult } from "./result.ts";

/** Other ways to choose, so that the headline can be judged: by the validation split, the median, the worst. */
export function besideOf(
  points: readonly ScreeningPoint[],
  runs: readonly CollectedRun[],
  prevented: (prompt: string) => number | null,
  metric: Metric,
): SettingResult["beside"] {
  const choices = points.flatMap(({ prompt, kind, behaviorAfterTraining }): Choice[] =>
    kind !== "inoculation" || behaviorAfterTraining === null
      ? []
      : [{ id: prompt, behavior: behaviorAfterTraining, prevented: prevented(prompt) }],
  );
  const sorted = choices.toSorted((a, b) => a.behavior - b.behavior);
  const validated = choices.flatMap((choice) => {
    const values = runs.flatMap(({ planned, evaluations }) => {
      if (planned.spec.trainPrompt?.id !== choice.id || planned.spec.trainData !== "flawed") return [];
      const rows = evaluations[planned.conditions.indexOf(null)]?.rows;
      const value = rows ? metric.aggregate(rowsFor(metric, rows)) : null;
      return value === null ? [] : [value];
    });
    const value = mean(values);
    return value === null ? [] : [{ choice, value }];
  });
  validated.sort((a, b) => a.value - b.value);
  return {
    validationSelected: validated[0]?.choice ?? null,
    median: sorted[Math.floor((sorted.length - 1) / 2)] ?? null,
    worst: sorted.at(-1) ?? null,
  };
}
