import type { ModelRef } from "../backends/backend.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import type { Setting } from "../settings/setting.ts";
import { promptById } from "./condition.ts";
import type { RunRef } from "./events.ts";
import type { EvaluationSpec, RunSpec } from "./materials.ts";
import type { ConditionKey } from "./result.ts";

/** Items in each set. */
export interface ItemCounts {
  /** Per group of the behavior metric. */
  screen: number;
  /** Per group of the behavior metric. */
  validation: number;
  /** For the behavior metric, spread evenly over its groups. */
  test: number;
  /** For the capability metric, likewise. */
  testCapability: number;
  /** Per group that neither of the two metrics needs. */
  testOther: number;
}

/** Conditions x seeds of one setting, as plain data. */
export interface Plan {
  setting: string;
  base: ModelRef;
  conditions: ConditionKey[];
  seeds: number[];
  rows: number;
  recipe: Recipe;
  /** Name of the recipe: `default` is the setting's own. */
  recipeName: string;
  items: ItemCounts;
  selected: string | null;
  sealedPredictions: string | null;
  /** Also evaluate the inoculation prompts on the validation split. */
  validate: boolean;
  /** The command that was given; for the reader only. */
  command?: string;
}

/** A run and what its evaluations are for: a condition on the test split, or `null` on the validation split. */
export interface PlannedRun {
  spec: RunSpec;
  /** In the order of the run's evaluations. */
  conditions: (ConditionKey | null)[];
}

/** The runs of a plan, each model trained once however many eval prompts it is seen under, the telling ones first. */
export function runsOf(plan: Plan, setting: Setting): PlannedRun[] {
  const byTraining = new Map<string, ConditionKey[]>();
  for (const condition of plan.conditions) {
    const key = `${condition.trainData}/${condition.trainPrompt.id}`;
    byTraining.set(key, [...(byTraining.get(key) ?? []), condition]);
  }
  const runs = [...byTraining.values()].flatMap((conditions) => {
    const seeds = conditions[0]?.trainData === "none" ? [0] : plan.seeds;
    return seeds.map((seed) => plannedRun(plan, setting, conditions, seed));
  });
  return runs.sort((a, b) => rank(a.spec, plan) - rank(b.spec, plan));
}

/** A run as progress events name it. */
export function runRef({ id, setting, trainData, trainPrompt, seed }: RunSpec): RunRef {
  const named = trainPrompt === null ? ({ id: "none", kind: "none" } as const) : trainPrompt;
  return { id, setting, trainData, trainPrompt: { id: named.id, kind: named.kind }, seed };
}

/** The groups that a metric is computed from, with `count` items each. */
export function groupsOf(setting: Setting, metricId: string, count: number): Record<string, number> {
  const metric = setting.metrics.find((candidate) => candidate.id === metricId);
  return Object.fromEntries((metric?.groups ?? []).map((group) => [group, count]));
}

function plannedRun(plan: Plan, setting: Setting, conditions: ConditionKey[], seed: number): PlannedRun {
  const { trainData, trainPrompt, placement } = conditions[0] as ConditionKey;
  const { setting: settingId, base, rows, recipe, sealedPredictions } = plan;
  const test = conditions.map(
    ({ evalPrompt }): EvaluationSpec => ({
      evalPrompt: promptById(setting, evalPrompt.id),
      split: "test",
      perGroup: testGroups(plan, setting, evalPrompt.kind),
    }),
  );
  const validated = conditions.find(
    (condition) =>
      trainData === "flawed" && trainPrompt.kind === "inoculation" && condition.evalPrompt.kind === "neutral",
  );
  const validation: EvaluationSpec[] = validated
    ? [
        {
          evalPrompt: promptById(setting, validated.evalPrompt.id),
          split: "validation",
          perGroup: groupsOf(setting, setting.behaviorMetric, plan.items.validation),
        },
      ]
    : [];
  const suffix = trainData === "none" ? "" : `/seed-${seed}`;
  return {
    spec: {
      id: `${settingId}/${trainData}/${trainPrompt.id}${suffix}`,
      setting: settingId,
      trainData,
      trainPrompt: trainData === "none" ? null : promptById(setting, trainPrompt.id),
      placement,
      seed,
      base,
      rows,
      recipe,
      sealedPredictions: trainData === "none" ? null : sealedPredictions,
      evaluations: [...test, ...validation],
    },
    conditions: [...conditions, ...validation.map(() => null)],
  };
}

/**
 * The test items of an evaluation. Under the neutral and the safety prompt every group is asked; under prompts that
 * belong to training only the behavior is of interest.
 */
export function testGroups(
  { items }: Pick<Plan, "items">,
  setting: Setting,
  evalPrompt: ConditionKey["evalPrompt"]["kind"],
): Record<string, number> {
  const behavior = spread(setting, setting.behaviorMetric, items.test);
  if (evalPrompt !== "neutral" && evalPrompt !== "safety") return behavior;
  const others = Object.fromEntries(
    setting.groups.map(({ id, atMost }) => [id, Math.min(items.testOther, atMost ?? items.testOther)]),
  );
  return { ...others, ...spread(setting, setting.capabilityMetric, items.testCapability), ...behavior };
}

/** A metric's groups with `total` items together, as even as can be. */
export function spread(setting: Setting, metricId: string, total: number): Record<string, number> {
  const groups = Object.keys(groupsOf(setting, metricId, 0));
  return Object.fromEntries(groups.map((group) => [group, Math.ceil(total / groups.length)]));
}

/** Seed by seed; in the first one, what the story needs comes first: neutral, selected, clean, initial, an unrelated prompt. */
function rank({ trainData, trainPrompt, seed }: RunSpec, { selected, seeds }: Plan): number {
  if (trainData === "none") return 3;
  const position = seeds.indexOf(seed) * 100;
  if (trainData === "clean") return position + (trainPrompt?.kind === "neutral" ? 2 : 20);
  if (trainPrompt?.kind === "neutral") return position;
  if (trainPrompt?.id === selected) return position + 1;
  return position + (trainPrompt?.kind === "unrelated" ? 10 : 9);
}
