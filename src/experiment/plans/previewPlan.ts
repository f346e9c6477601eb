import { trainingSteps } from "../../engine/train/trainingSteps.ts";
import type { CollectedRun } from "../collect.ts";
import type { WorkTiming } from "../run.ts";
import { readTimings, secondsPerUnit, workKind } from "../timings.ts";
import type { PlanStudy } from "./planStudy.ts";
import { probePlan } from "./probePlan.ts";

/** Things of a plan, and how many of them the store holds already. */
interface Tally {
  total: number;
  stored: number;
  toDo: number;
}

/** What a plan is going to do. */
export interface PlanPreview {
  /** Conditions over all settings and bases. */
  conditions: number;
  /** A run is one model and its evaluations; it is stored when all of them are. */
  runs: Tally;
  /** Different models that are fine-tuned. */
  trainings: Tally;
  evaluations: Tally;
  /** Time on the clock for what is to do. */
  seconds: number;
  /** What `seconds` rests on: earlier work in this store, a little of this work done now, or there is nothing to do. */
  secondsFrom: "earlier runs" | "probe" | "nothing to do";
  workers: number;
  settings: { setting: string; base: string; conditions: number; runs: Tally; trainings: Tally; evaluations: Tally }[];
}

/** Counts what the store lacks of a plan and estimates how long that takes. Where the store knows no times, it does a little of the work. */
export async function previewPlan(study: PlanStudy, parts?: string): Promise<PlanPreview> {
  const { units, workers } = study;
  const settings = units.map(({ setting, base, conditions, collector }) => ({
    setting: setting.id,
    base: base.name,
    conditions: conditions.length,
    ...tallies(collector.collect()),
  }));
  const sum = (name: "runs" | "trainings" | "evaluations"): Tally => ({
    total: total(settings.map((entry) => entry[name].total)),
    stored: total(settings.map((entry) => entry[name].stored)),
    toDo: total(settings.map((entry) => entry[name].toDo)),
  });
  const counted = { runs: sum("runs"), trainings: sum("trainings"), evaluations: sum("evaluations") };
  const conditions = total(settings.map((entry) => entry.conditions));
  return { conditions, ...counted, ...(await expectedTime(study, parts)), workers, settings };
}

/** Two runs can share a model (two names for one recipe, say): it is counted once. */
function tallies(runs: readonly CollectedRun[]): Record<"runs" | "trainings" | "evaluations", Tally> {
  const trainings = new Map<string, boolean>();
  const evaluations = new Map<string, boolean>();
  for (const { planned, modelId, curve, evaluations: own } of runs) {
    if (planned.spec.trainData !== "none") trainings.set(modelId, curve !== null);
    for (const { id, rows } of own) evaluations.set(`${modelId}/${id}`, rows !== null);
  }
  return {
    runs: tally(runs.map(({ complete }) => complete)),
    trainings: tally([...trainings.values()]),
    evaluations: tally([...evaluations.values()]),
  };
}

function tally(stored: readonly boolean[]): Tally {
  const held = stored.filter(Boolean).length;
  return { total: stored.length, stored: held, toDo: stored.length - held };
}

async function expectedTime(
  study: PlanStudy,
  parts: string | undefined,
): Promise<Pick<PlanPreview, "seconds" | "secondsFrom">> {
  const { units, store, workers } = study;
  const left = units.flatMap(({ collector }) => collector.collect().filter(({ complete }) => !complete));
  if (left.length === 0) return { seconds: 0, secondsFrom: "nothing to do" };
  const known = readTimings(store);
  const isKnown = (run: CollectedRun): boolean =>
    amountsLeft(run).every(({ kind }) => secondsPerUnit(known, kind, workKind(run.planned.spec, workers)) !== null);
  const unknown = left.filter((run) => !isKnown(run)).map(({ planned }) => planned.spec);
  const timings = unknown.length === 0 ? known : [...known, ...(await probePlan(unknown, study, parts))];
  const secondsFrom = unknown.length === 0 ? "earlier runs" : "probe";
  const perRun = left.map((run) =>
    total(
      amountsLeft(run).map(({ kind, amount }) => {
        const rate = secondsPerUnit(timings, kind, workKind(run.planned.spec, workers));
        return amount * (rate ?? 0);
      }),
    ),
  );
  return { seconds: makespan(perRun, workers), secondsFrom };
}

/** What a run has left to do: rows to train on, counted at every step, and items to ask. */
function amountsLeft({ planned: { spec }, curve, evaluations }: CollectedRun): Pick<WorkTiming, "kind" | "amount">[] {
  const items = spec.evaluations
    .filter((_, index) => evaluations[index]?.rows === null)
    .map(({ perGroup }) => total(Object.values(perGroup)));
  const rows = trainingSteps(spec.rows, spec.recipe) * spec.recipe.effectiveBatchSize;
  const trains = spec.trainData !== "none" && curve === null;
  return [
    ...(trains ? [{ kind: "training" as const, amount: rows }] : []),
    ...items.map((amount) => ({ kind: "evaluation" as const, amount })),
  ];
}

/** When the last run ends, if each worker takes the next run as soon as it is free. */
function makespan(seconds: readonly number[], workers: number): number {
  const free = Array.from({ length: workers }, () => 0);
  for (const duration of seconds) {
    const next = free.indexOf(Math.min(...free));
    free[next] = (free[next] ?? 0) + duration;
  }
  return Math.max(...free);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
