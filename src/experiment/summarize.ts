import type { Metric, Setting } from "../settings/setting.ts";
import { besideOf } from "./beside.ts";
import type { CollectedRun, Collector } from "./collect.ts";
import { conditionResult, type Finished, finishedByCondition } from "./conditionResult.ts";
import { correlate } from "./correlate.ts";
import { isFlawed } from "./dataArm.ts";
import { ABSTAINED, assertComparable, type EffectArms, effectOf, preventedShare } from "./effect.ts";
import { hashOf } from "./identity.ts";
import { metricById } from "./metricById.ts";
import { verdictOf } from "./prediction/predict.ts";
import { predictionQuality } from "./prediction/predictionQuality.ts";
import { type Arm, rowsFor } from "./resample.ts";
import type {
  ConditionKey,
  ConditionResult,
  PredictionOutcome,
  ScreeningPoint,
  ScreeningResult,
  SettingResult,
} from "./result.ts";
import type { Screening } from "./screen.ts";
import type { Store } from "./store.ts";
import type { StoredPlan } from "./storedPlan.ts";
import { traitTheory } from "./theory/traitTheory.ts";

/** Rows of the flawed data that a report shows. */
const SHOWN_ROWS = 3;

export interface SummaryInput extends StoredPlan {
  setting: Setting;
  store: Store;
}

/** Stored runs -> the numbers that are reported. Works from the first finished run on; what is missing is null, with the reason. */
export function summarize(collector: Collector, input: SummaryInput, resamples?: number): SettingResult {
  const { setting, plan, screening, sealed } = input;
  const runs = collector.collect();
  const behavior = metricById(setting, setting.behaviorMetric);
  const capability = metricById(setting, setting.capabilityMetric);
  const finished = finishedByCondition(plan.conditions, runs);
  const conditions = plan.conditions
    .filter(({ id }) => finished.get(id)?.length)
    .map((condition): ConditionResult => resultOf(condition, finished, input));
  const outcome = (trainData: string, prompt: string): number | null =>
    conditions.find(({ id }) => id === `${trainData}/${prompt}/${neutralId(setting)}`)?.metrics[behavior.id]?.mean ??
    null;
  const prevented = (prompt: string): number | null =>
    preventedShare(
      outcome("flawed", neutralId(setting)),
      outcome("flawed", prompt),
      outcome("clean", neutralId(setting)),
    );
  const points = screening.points.map(
    (point): ScreeningPoint => ({ ...point, behaviorAfterTraining: outcome("flawed", point.prompt) }),
  );
  const outcomes = sealed.predictions.map((prediction): PredictionOutcome => {
    const share = prevented(prediction.prompt);
    const verdictMeasured = share === null ? null : verdictOf(share);
    const correct = verdictMeasured === null ? null : verdictMeasured === prediction.verdict;
    return {
      ...prediction,
      prevented: share,
      behavior: outcome("flawed", prediction.prompt),
      verdictMeasured,
      correct,
    };
  });

  return {
    id: setting.id,
    setting: setting.family,
    title: setting.title,
    flaw: setting.flaw,
    sensitive: setting.sensitive ?? false,
    variant: setting.variant,
    behaviorMetric: setting.behaviorMetric,
    capabilityMetric: setting.capabilityMetric,
    metrics: setting.metrics.map(({ id, title, better, groups }) => ({ id, title, better, groups })),
    prompts: setting.prompts,
    trainExamples: shownRows(setting),
    complete: runs.every(({ complete }) => complete),
    conditions,
    trainings: trainingsOf(runs, input),
    selected: {
      by: "elicitation",
      split: "screen",
      id: sealed.selected,
      ...(sealed.selected === null && { reason: ABSTAINED }),
    },
    beside: besideOf(points, runs, prevented, behavior),
    effect: effectOf([effectArms(conditions, finished, input)], {
      behavior,
      capability,
      abstained: sealed.selected === null,
      resamples,
    }),
    screening: screeningResult(points, screening),
    ...theory(finished, points, input, resamples),
    predictions: {
      ...sealed,
      outcomes,
      ...predictionQuality(outcomes),
    },
    provenance: provenance(input),
  };
}

function resultOf(
  condition: ConditionKey,
  finished: ReadonlyMap<string, Finished[]>,
  { setting, store, plan }: SummaryInput,
): ConditionResult {
  const own = finished.get(condition.id) ?? [];
  return conditionResult(condition, own, { setting, store, recipe: plan.recipeName, step: "last" });
}

/** A few rows of the flawed data that do show the flaw, before any prompt is inserted. */
export function shownRows(setting: Setting): SettingResult["trainExamples"] {
  const rows = setting.train({ data: "flawed", seed: 1, rows: 10 * SHOWN_ROWS });
  return rows
    .filter(isFlawed)
    .slice(0, SHOWN_ROWS)
    .map((row) => row.messages);
}

/** What the store holds of the arms that the effect of the selected prompt is computed from. */
export function effectArmsOf(collector: Collector, input: SummaryInput): EffectArms {
  const finished = finishedByCondition(input.plan.conditions, collector.collect());
  const conditions = input.plan.conditions
    .filter(({ id }) => finished.get(id)?.length)
    .map((condition) => resultOf(condition, finished, input));
  return effectArms(conditions, finished, input);
}

function effectArms(
  conditions: readonly ConditionResult[],
  finished: ReadonlyMap<string, Finished[]>,
  { setting, sealed }: SummaryInput,
): EffectArms {
  const behavior = metricById(setting, setting.behaviorMetric);
  const capability = metricById(setting, setting.capabilityMetric);
  const neutral = neutralId(setting);
  const ids = {
    neutral: `flawed/${neutral}/${neutral}`,
    clean: `clean/${neutral}/${neutral}`,
    selected: `flawed/${sealed.selected}/${neutral}`,
  };
  const unrelated = conditions.filter(
    ({ id, trainData, trainPrompt }) =>
      trainPrompt.kind === "unrelated" && id === `${trainData}/${trainPrompt.id}/${neutral}`,
  );
  assertComparable([...conditions.filter(({ id }) => Object.values(ids).includes(id)), ...unrelated]);
  const arm = (id: string, metric: Metric): Arm =>
    new Map(finished.get(id)?.map(({ seed, rows }) => [seed, rowsFor(metric, rows)]));
  const both = (id: string): { behavior: Arm; capability: Arm } | null =>
    finished.get(id)?.length ? { behavior: arm(id, behavior), capability: arm(id, capability) } : null;
  return {
    neutral: both(ids.neutral),
    clean: both(ids.clean),
    selected: sealed.selected === null ? null : both(ids.selected),
    unrelated: unrelated.map(({ id, trainPrompt }) => ({ prompt: trainPrompt.id, behavior: arm(id, behavior) })),
  };
}

/** The test of the theory, for a setting with rated traits. */
function theory(
  finished: ReadonlyMap<string, Finished[]>,
  screened: readonly ScreeningPoint[],
  { setting, sealed, dataLevels }: SummaryInput,
  resamples: number | undefined,
): Pick<SettingResult, "theory"> {
  if (setting.traits === undefined || !dataLevels) return {};
  const arms = new Map(
    [...finished].flatMap(([id, runs]): [string, Arm][] =>
      runs.length === 0 ? [] : [[id, new Map(runs.map(({ seed, rows }) => [seed, rows]))]],
    ),
  );
  const found = traitTheory({ setting, dataLevels, arms, screened, selected: sealed.selected, resamples });
  return found === null ? {} : { theory: found };
}

function screeningResult(points: ScreeningPoint[], { items, dataLevel }: Screening): ScreeningResult {
  const inoculation = points.filter(({ kind }) => kind === "inoculation");
  return {
    ...correlate(inoculation, "elicitationRate"),
    over: "inoculation",
    all: correlate(points, "elicitationRate"),
    byLossGain: { inoculation: correlate(inoculation, "lossGain"), all: correlate(points, "lossGain") },
    byLossContrast: { inoculation: correlate(inoculation, "lossContrast"), all: correlate(points, "lossContrast") },
    items,
    dataLevel,
    points,
  };
}

function trainingsOf(runs: readonly CollectedRun[], { store }: SummaryInput): SettingResult["trainings"] {
  return runs.flatMap(({ planned: { spec }, modelId, curve }) => {
    if (curve === null || spec.trainPrompt === null) return [];
    const { trainData, trainPrompt, placement, seed } = spec;
    const folder = store.relative(store.modelFolder(modelId));
    return [
      {
        trainingId: modelId,
        trainData,
        trainPrompt: { id: trainPrompt.id, kind: trainPrompt.kind },
        placement,
        seed,
        curve,
        folder,
      },
    ];
  });
}

function provenance({ setting, plan, identity }: SummaryInput): SettingResult["provenance"] {
  return {
    backend: identity.backend,
    baseModel: plan.base.base,
    baseModelHash: identity.baseModelHash,
    grader: identity.grader,
    recipe: plan.recipe,
    trainRows: plan.rows,
    promptsHash: hashOf(setting.prompts.map(({ id, kind, text }) => ({ id, kind, text }))),
    items: plan.items,
    command: plan.command ?? null,
  };
}

function neutralId(setting: Setting): string {
  return setting.prompts.find(({ kind }) => kind === "neutral")?.id ?? "neutral";
}
