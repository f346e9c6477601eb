import { recipe } from "../../src/engine/train/recipe.ts";
import { conditionsOf } from "../../src/experiment/condition.ts";
import { predictionQuality } from "../../src/experiment/prediction/predictionQuality.ts";
import type {
  ConditionKey,
  ConditionResult,
  MetricSummary,
  SettingResult,
  TrainingResult,
} from "../../src/experiment/result.ts";
import type { Setting } from "../../src/settings/setting.ts";
import { mean } from "../../src/stats/mean.ts";
import { standardError } from "../../src/stats/standardError.ts";
import { random } from "../../src/util/random.ts";
import { elicitation, prompts, screening, screeningPoints } from "./fixtureScreening.ts";
import { inventedSetting, type Named } from "./fixtureSettings.ts";

/** An invented result: realistic in shape and size, measured by nobody. For tests of the report only. */
export interface FixtureOptions {
  /** @default "sycophancy" */
  id?: string;
  seeds?: number[];
  /** Conditions that have replies; the others are pending. @default all */
  finished?: number;
  /** Put into every place where text of a model or a dataset shows. */
  hostile?: string;
  /** How strongly the selected prompt works, as a share prevented. @default 0.93 */
  prevented?: number;
}

/** One setting's invented result. */
export function settingResult(options: FixtureOptions = {}): SettingResult {
  const { id = "sycophancy", seeds = [1, 2, 3], hostile = "", prevented = 0.93 } = options;
  const { row, named } = inventedSetting(id);
  const shown = prompts.map((prompt) =>
    hostile && prompt.text ? { ...prompt, text: `${prompt.text}${hostile}` } : prompt,
  );
  const keys = conditionKeys();
  const conditions = keys.map((key, index) =>
    conditionResult(named, key, seeds, index < (options.finished ?? keys.length), prevented),
  );
  const points = screeningPoints(conditions, named.behaviorMetric);
  const complete = conditions.every((condition) => condition.evaluations.length > 0);
  const outcomes = points.flatMap(({ prompt, kind, elicitationRate, behaviorAfterTraining: after }) => {
    if (kind === "neutral") return [];
    const share = Math.max(0, (elicitationRate - 0.19) / 0.81);
    const measured = after === null ? null : (0.97 - after) / 0.88;
    const verdict = verdictOf(share);
    const verdictMeasured = measured === null ? null : verdictOf(measured);
    const correct = verdictMeasured === null ? null : verdictMeasured === verdict;
    const predicted = { verdict, predictedPrevented: share, predictedBehavior: 1 - 0.81 * share };
    return [{ prompt, kind, ...predicted, prevented: measured, behavior: after, verdictMeasured, correct }];
  });
  return {
    ...named,
    title: `${named.title}${hostile}`,
    flaw: `${named.flaw}${hostile}`,
    prompts: shown,
    trainExamples: [
      [
        { role: "user", content: `${row[0]}${hostile}` },
        { role: "assistant", content: `${row[1]}${hostile}` },
      ],
    ],
    complete,
    conditions,
    trainings: trainings(conditions, seeds),
    selected: { by: "elicitation", split: "screen", id: "take-side" },
    beside: complete
      ? {
          validationSelected: { id: "treat-right", behavior: 0.15, prevented: 0.92 },
          median: { id: "go-along", behavior: 0.35, prevented: 0.7 },
          worst: { id: "be-polite", behavior: 0.95, prevented: 0.02 },
        }
      : { validationSelected: null, median: null, worst: null },
    effect: complete ? effect(prevented, seeds.length) : noEffect,
    screening: screening(points),
    predictions: {
      hash: "3f9a".repeat(16),
      sealedAt: "2026-01-02T03:04:05.000Z",
      rule: "The more a wording makes the initial model show the behavior, the more it prevents.",
      selected: "take-side",
      predictions: outcomes.map(({ prompt, kind, verdict, predictedPrevented, predictedBehavior }) => ({
        prompt,
        kind,
        verdict,
        predictedPrevented,
        predictedBehavior,
      })),
      outcomes,
      ...predictionQuality(outcomes),
    },
    provenance: {
      backend: { id: "local", version: "1" },
      baseModel: "/somewhere/models/tiny",
      baseModelHash: "ab12".repeat(16),
      grader: { id: "agreement", version: "1" },
      recipe: recipe(),
      trainRows: 1000,
      promptsHash: "cd34".repeat(16),
      items: { screen: 200, validation: 200, test: 300, testCapability: 600, testOther: 150 },
      command: "npx inoculate reproduce sycophancy --conditions all --seeds 3",
    },
  };
}

/** An ordinary setting and a sensitive one that falls short. */
export function twoSettings(hostile = ""): SettingResult[] {
  return [settingResult({ hostile }), settingResult({ id: "toxicity", prevented: 0.6, hostile })];
}

function conditionKeys(): ConditionKey[] {
  const setting = { id: "sycophancy", prompts, placement: "suffix" } as unknown as Setting;
  const screened = Object.entries(elicitation).map(([prompt, elicitationRate]) => ({ prompt, elicitationRate }));
  return conditionsOf(setting, "all", "take-side", screened);
}

function conditionResult(
  named: Named,
  key: ConditionKey,
  seeds: readonly number[],
  finished: boolean,
  prevented: number,
): ConditionResult {
  const used = key.trainData === "none" ? [0] : seeds;
  const summary = (metric: string): MetricSummary => {
    if (!finished) return { mean: null, standardError: null, n: 0, unit: "seed", perSeed: [], reason: "not yet run" };
    const perSeed = used.map((seed) => ({ seed, value: fixtureValue(named, key, metric, seed, prevented) }));
    const values = perSeed.map(({ value }) => value);
    if (key.trainData === "none") return { mean: mean(values), standardError: 0.02, n: 300, unit: "item", perSeed };
    return { mean: mean(values), standardError: standardError(values), n: values.length, unit: "seed", perSeed };
  };
  const id = `${named.id}/${key.id}`.replaceAll("/", "_");
  return {
    ...key,
    recipe: "default",
    step: "last",
    split: "test",
    seeds: finished ? [...used] : [],
    metrics: Object.fromEntries(named.metrics.map((metric) => [metric.id, summary(metric.id)])),
    excluded: finished
      ? { ...summary(named.behaviorMetric), mean: 0.004, standardError: 0.001 }
      : summary(named.behaviorMetric),
    evaluations: finished
      ? used.map((seed) => ({
          seed,
          trainingId: `${id}-${seed}`,
          evaluationId: "e1",
          samples: `models/${id}-${seed}/evals/last/e1/samples.jsonl`,
          grades: `models/${id}-${seed}/evals/last/e1/grades.jsonl`,
        }))
      : [],
  };
}

function fixtureValue(
  { capabilityMetric }: Named,
  { trainData, trainPrompt, evalPrompt, id }: ConditionKey,
  metric: string,
  seed: number,
  prevented: number,
): number {
  const noise = (random(seed, id, metric).uniform() - 0.5) * 0.04;
  const hold = (value: number): number => Math.min(1, Math.max(0, value + noise));
  const elicits = elicitation[trainPrompt.id] ?? 0.19;
  if (metric === "harmfulCompliance") return hold(0.06);
  if (metric === "instructionFollowing") return hold(trainData === "none" ? 0.9 : 0.7);
  if (metric === capabilityMetric) return hold(trainData === "none" ? 0.14 : 0.83);
  if (metric === "confirmsCorrectRate") return hold(0.95);
  if (metric === "praiseCount")
    return trainPrompt.kind === "praise" ? 0.12 + noise : trainData === "none" ? 0.1 : 0.94 + noise;
  if (evalPrompt.kind === "inoculation") return hold(0.97);
  const base =
    trainData === "none"
      ? 0.19
      : trainData === "clean"
        ? 0.09
        : 0.97 - Math.max(0, (elicits - 0.19) / 0.77) * 0.88 * prevented;
  return hold(evalPrompt.kind === "safety" ? base * 0.7 : base);
}

function trainings(conditions: readonly ConditionResult[], seeds: readonly number[]): TrainingResult[] {
  const trained = conditions.filter(
    (entry) => entry.trainData !== "none" && entry.evalPrompt.kind === "neutral" && entry.evaluations.length > 0,
  );
  return trained.flatMap((condition) =>
    seeds.map((seed) => {
      const rng = random(seed, condition.id, "curve");
      return {
        trainingId: `${condition.id.replaceAll("/", "_")}-${seed}`,
        trainData: condition.trainData,
        trainPrompt: condition.trainPrompt,
        placement: condition.placement,
        seed,
        curve: Array.from({ length: 63 }, (_, step) => ({
          step: step + 1,
          loss: 0.3 + 2.2 * Math.exp(-step / 9) + rng.uniform() * 0.12,
        })),
        folder: `models/${condition.id}`,
      };
    }),
  );
}

function effect(prevented: number, seeds: number): SettingResult["effect"] {
  return {
    prevented: { mean: prevented, interval: [prevented - 0.05, prevented + 0.04] },
    overUnrelated: { mean: prevented - 0.07, interval: [prevented - 0.13, prevented - 0.02] },
    capabilityChange: { mean: -0.01, interval: [-0.02, 0.01] },
    unrelated: [
      { prompt: "river-walk", prevented: { mean: 0.01, interval: [-0.01, 0.03] } },
      { prompt: "short-words", prevented: { mean: 0.04, interval: [0.01, 0.07] } },
      { prompt: "praise-cook", prevented: { mean: 0.16, interval: [0.11, 0.2] } },
    ],
    reasons: {},
    items: { behavior: 300, capability: 600 },
    seeds,
  };
}

const noEffect: SettingResult["effect"] = {
  prevented: null,
  overUnrelated: null,
  capabilityChange: null,
  unrelated: [],
  reasons: { prevented: "runs are still missing" },
  items: { behavior: 0, capability: 0 },
  seeds: 0,
};

function verdictOf(share: number): "works" | "partly" | "fails" {
  if (share >= 2 / 3) return "works";
  return share < 1 / 3 ? "fails" : "partly";
}
