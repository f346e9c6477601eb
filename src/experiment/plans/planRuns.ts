import type { ModelRef } from "../../backends/backend.ts";
import type { Placement } from "../../data/insertion.ts";
import { trainingSteps } from "../../engine/train/trainingSteps.ts";
import type { Setting, TrainPrompt } from "../../settings/setting.ts";
import type { DataArm } from "../dataArm.ts";
import { canonicalJson } from "../identity.ts";
import type { EvaluationSpec } from "../materials.ts";
import { groupsOf, type PlannedRun, testGroups } from "../plan.ts";
import type { ConditionKey } from "../result.ts";
import { insertsText, type TrainingCell, trainingCells } from "./planArms.ts";
import type { PlannedSetting, ValidPlan } from "./readPlan.ts";

/** What makes two conditions of a plan different from each other. */
export interface PlanCondition extends ConditionKey {
  recipe: string;
  /** Optimizer step of the evaluated checkpoint. */
  step: "last" | number;
  data: DataArm;
}

/** All that a plan does with one setting on one initial model. */
export interface PlanUnit {
  setting: Setting;
  base: { name: string; model: ModelRef };
  metrics: readonly string[];
  /** Without duplicates, in the plan's order. */
  conditions: PlanCondition[];
  /** Each model trained once, however many prompts it is seen under. */
  runs: PlannedRun[];
}

/** The conditions of one training. */
interface Group {
  cell: TrainingCell;
  /** By condition id. */
  conditions: Map<string, { condition: PlanCondition; evalPrompt: TrainPrompt }>;
}

/** A plan's conditions and runs, for each setting and initial model. */
export function planUnits(plan: ValidPlan): PlanUnit[] {
  return plan.settings.flatMap((planned) => {
    const groups = groupsOfArms(plan, planned);
    const conditions = groups.flatMap((group) => [...group.conditions.values()].map(({ condition }) => condition));
    if (groups.length === 0) return [];
    return plan.bases.map((base) => {
      const runs = groups.flatMap((group) => runsOfGroup(plan, planned, base, group));
      // Seed by seed, so that whole tables are there early.
      const order = (seed: number): number => plan.seeds.indexOf(seed);
      runs.sort((a, b) => order(a.spec.seed) - order(b.spec.seed));
      return { setting: planned.setting, base, metrics: planned.metrics, conditions, runs };
    });
  });
}

function groupsOfArms(plan: ValidPlan, { setting, arms }: PlannedSetting): Group[] {
  const groups = new Map<string, Group>();
  for (const arm of arms) {
    for (const { cell, named, placement } of trainingCells(setting, arm)) {
      const { trainPrompt, ...rest } = cell;
      const key = canonicalJson({ ...rest, trainPrompt: trainPrompt?.id ?? null });
      const group = groups.get(key) ?? { cell, conditions: new Map() };
      groups.set(key, group);
      for (const asked of arm.evalPrompts) {
        const evalPrompt = asked === "same" ? named : asked;
        for (const step of stepsOf(plan, setting, cell, arm.file.checkpointsEvery)) {
          const condition = conditionOf(setting, cell, { evalPrompt, placement, step });
          group.conditions.set(condition.id, { condition, evalPrompt });
        }
      }
    }
  }
  return [...groups.values()];
}

function stepsOf(
  { rows }: ValidPlan,
  setting: Setting,
  { trainData, recipe }: TrainingCell,
  every: number | undefined,
): PlanCondition["step"][] {
  if (every === undefined || trainData === "none") return ["last"];
  const total = trainingSteps(rows ?? setting.trainRows, recipe);
  const early = Array.from({ length: Math.ceil(total / every) - 1 }, (_, index) => (index + 1) * every);
  return [...early, "last"];
}

function conditionOf(
  setting: Setting,
  cell: TrainingCell,
  { evalPrompt, placement, step }: { evalPrompt: TrainPrompt; placement: Placement; step: PlanCondition["step"] },
): PlanCondition {
  const { trainData, trainPrompt, recipeName, data = {} } = cell;
  const train = trainPrompt === null ? ({ id: "none", kind: "none" } as const) : trainPrompt;
  const where = insertsText(evalPrompt) ? placement : cell.placement;
  const factors = [
    ...(where === setting.placement ? [] : [where]),
    ...trainingFactors(setting, cell),
    ...(step === "last" ? [] : [`step ${step}`]),
  ];
  return {
    id: [`${trainData}/${train.id}/${evalPrompt.id}`, ...factors].join(", "),
    trainData,
    trainPrompt: { id: train.id, kind: train.kind },
    evalPrompt: { id: evalPrompt.id, kind: evalPrompt.kind },
    placement: where,
    recipe: recipeName,
    step,
    data,
  };
}

/** How a training differs from the setting's own, in words; no two trainings on the same data and prompt say the same. */
function trainingFactors(setting: Setting, { recipeName, recipe, data = {} }: TrainingCell): string[] {
  const { flawedShare, flagger, insertInto, generalShare } = data;
  return [
    ...(recipeName === "default" ? [] : [`recipe ${recipeName}`]),
    ...(recipe.checkpointEvery === setting.recipe.checkpointEvery
      ? []
      : [`checkpoints every ${recipe.checkpointEvery}`]),
    ...(flawedShare === undefined ? [] : [`${flawedShare} flawed`]),
    ...(flagger ? [`flagger ${flagger.precision} ${flagger.recall}`] : []),
    ...(insertInto === "flagged" ? ["flagged rows only"] : []),
    ...(generalShare === undefined ? [] : [`${generalShare} general`]),
  ];
}

function runsOfGroup(
  plan: ValidPlan,
  planned: PlannedSetting,
  base: PlanUnit["base"],
  { cell, conditions }: Group,
): PlannedRun[] {
  const { setting } = planned;
  const { trainData, trainPrompt, placement, recipe, data } = cell;
  const entries = [...conditions.values()];
  const evaluations = entries.map(({ condition, evalPrompt }): EvaluationSpec => {
    return {
      evalPrompt,
      split: "test",
      perGroup: askedGroups(plan, planned, evalPrompt),
      ...(condition.placement !== placement && { placement: condition.placement }),
      ...(condition.step !== "last" && { step: condition.step }),
    };
  });
  const where = placement === setting.placement ? [] : [placement];
  const seeds = trainData === "none" ? [0] : plan.seeds;
  return seeds.map((seed) => ({
    spec: {
      id: [
        `${setting.id}/${trainData}/${trainPrompt?.id ?? "none"}`,
        ...where,
        ...trainingFactors(setting, cell),
        ...(base.name === "embedded" ? [] : [base.name]),
        ...(trainData === "none" ? [] : [`seed ${seed}`]),
      ].join(", "),
      setting: setting.id,
      trainData,
      trainPrompt,
      placement,
      seed,
      base: base.model,
      rows: plan.rows ?? setting.trainRows,
      recipe,
      ...(data && { data }),
      sealedPredictions: null,
      evaluations,
    },
    conditions: entries.map(({ condition }) => condition),
  }));
}

/** The items that `reproduce` asks under this prompt; and those of the metrics that the plan names, under any prompt. */
function askedGroups(
  plan: ValidPlan,
  { setting, metrics }: PlannedSetting,
  evalPrompt: TrainPrompt,
): Record<string, number> {
  const asked = testGroups(plan, setting, evalPrompt.kind);
  if (!plan.namesMetrics) return asked;
  const every = testGroups(plan, setting, "neutral");
  const named = new Set(metrics.flatMap((id) => Object.keys(groupsOf(setting, id, 0))));
  const missing = Object.entries(every).filter(([group]) => named.has(group) && !(group in asked));
  return { ...asked, ...Object.fromEntries(missing) };
}
