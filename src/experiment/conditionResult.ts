import type { GradedItem, Metric, Setting } from "../settings/setting.ts";
import { mean } from "../stats/mean.ts";
import { standardError } from "../stats/standardError.ts";
import type { CollectedRun } from "./collect.ts";
import { excludedShare, metricsOf } from "./evaluate.ts";
import { itemValues, rowsFor } from "./resample.ts";
import type { ConditionKey, ConditionResult, MetricSummary } from "./result.ts";
import type { Store } from "./store.ts";

/** One finished evaluation of a condition. */
export interface Finished {
  seed: number;
  modelId: string;
  id: string;
  rows: GradedItem[];
}

/** The finished evaluations of every condition, in the runs' order; none for one without. */
export function finishedByCondition(
  conditions: readonly ConditionKey[],
  runs: readonly CollectedRun[],
): Map<string, Finished[]> {
  const finished = new Map<string, Finished[]>(conditions.map(({ id }) => [id, []]));
  for (const { planned, modelId, evaluations } of runs) {
    for (const [index, condition] of planned.conditions.entries()) {
      const evaluation = evaluations[index];
      if (condition === null || !evaluation?.rows) continue;
      finished.get(condition.id)?.push({ seed: planned.spec.seed, modelId, id: evaluation.id, rows: evaluation.rows });
    }
  }
  return finished;
}

/** A condition's metrics over its seeds, and where its replies lie. */
export function conditionResult(
  condition: ConditionKey,
  finished: readonly Finished[],
  { setting, store, recipe, step }: { setting: Setting; store: Store } & Pick<ConditionResult, "recipe" | "step">,
): ConditionResult {
  const values = finished.map(({ rows }) => metricsOf(setting, rows));
  const initial = condition.trainData === "none";
  const metrics = setting.metrics.map((metric): [string, MetricSummary] => {
    const perSeed = finished.map(({ seed }, index) => ({ seed, value: values[index]?.[metric.id] ?? null }));
    const rows = finished[0]?.rows ?? [];
    const summary = initial ? overItems(metric, rows, perSeed) : overSeeds(perSeed);
    const asked = rowsFor(metric, rows).length > 0;
    return [metric.id, asked ? summary : { ...summary, reason: "not asked under this prompt" }];
  });
  return {
    ...condition,
    recipe,
    step,
    split: "test",
    seeds: finished.map(({ seed }) => seed),
    metrics: Object.fromEntries(metrics),
    excluded: overSeeds(
      finished.map(({ seed, rows }) => ({ seed, value: excludedShare(rows.map((row) => row.grade)).share })),
    ),
    evaluations: finished.map(({ seed, modelId, id }) => {
      const folder = store.relative(store.evaluationFolder(modelId, step, id));
      return {
        seed,
        trainingId: modelId,
        evaluationId: id,
        samples: `${folder}/samples.jsonl`,
        grades: `${folder}/grades.jsonl`,
      };
    }),
  };
}

function overSeeds(perSeed: MetricSummary["perSeed"]): MetricSummary {
  const known = perSeed.flatMap(({ value }) => (value === null ? [] : [value]));
  const summary = {
    mean: mean(known),
    standardError: standardError(known),
    n: known.length,
    unit: "seed" as const,
    perSeed,
  };
  return summary.mean === null ? { ...summary, reason: "no reply could be judged" } : summary;
}

/** No seed changes the initial model: its spread is over the items. */
function overItems(metric: Metric, rows: readonly GradedItem[], perSeed: MetricSummary["perSeed"]): MetricSummary {
  const value = perSeed[0]?.value ?? null;
  const values = itemValues(metric, rowsFor(metric, rows))?.filter((item) => item !== null) ?? [];
  const summary = {
    mean: value,
    standardError: standardError(values),
    n: values.length,
    unit: "item" as const,
    perSeed,
  };
  return value === null ? { ...summary, reason: "no reply could be judged" } : summary;
}
