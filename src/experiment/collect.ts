import type { Placement } from "../data/insertion.ts";
import type { GradedItem, Item, Setting } from "../settings/setting.ts";
import { type EvaluationSpec, evaluationIdOf, type Identity, itemsOf, modelIdOf } from "./materials.ts";
import type { PlannedRun } from "./plan.ts";
import type { Store, StoredMetrics } from "./store.ts";

/** A planned run and as much of it as the store holds. */
export interface CollectedRun {
  planned: PlannedRun;
  modelId: string;
  /** Loss per step; `null` while the training is not complete, and for the initial model. */
  curve: { step: number; loss: number }[] | null;
  /** In the order of the run's evaluations. */
  evaluations: CollectedEvaluation[];
  complete: boolean;
}

/** An evaluation as stored; while it is not complete, there are neither rows nor metrics. */
export interface CollectedEvaluation {
  id: string;
  rows: GradedItem[] | null;
  metrics: StoredMetrics | null;
}

/** Reads what the store holds of a plan. Keeps what was complete, so that asking again is cheap. */
export class Collector {
  readonly #setting: Setting;
  readonly #store: Store;
  readonly #identity: Identity;
  readonly #items = new Map<string, Item[]>();
  readonly #runs: CollectedRun[];

  /** @throws UserError where the data of a run cannot be had */
  constructor(
    runs: readonly PlannedRun[],
    { setting, store, identity }: { setting: Setting; store: Store; identity: Identity },
  ) {
    this.#setting = setting;
    this.#store = store;
    this.#identity = identity;
    this.#runs = runs.map((planned) => this.#start(planned));
  }

  /** All runs of the plan, in the order in which they are done. */
  collect(): CollectedRun[] {
    for (const run of this.#runs) if (!run.complete) this.#read(run);
    return this.#runs;
  }

  #start(planned: PlannedRun): CollectedRun {
    const modelId = modelIdOf(this.#setting, planned.spec, this.#identity);
    const evaluations = planned.spec.evaluations.map((evaluation) => ({
      id: evaluationIdOf(this.#setting, planned.spec, evaluation, modelId, this.#identity),
      rows: null,
      metrics: null,
    }));
    return { planned, modelId, curve: null, evaluations, complete: false };
  }

  #read(run: CollectedRun): void {
    const { spec } = run.planned;
    if (spec.trainData !== "none" && run.curve === null && this.#store.readTraining(run.modelId) !== null) {
      run.curve = this.#store.readProgress(run.modelId).map(({ step, loss }) => ({ step, loss }));
    }
    for (const [index, evaluation] of run.evaluations.entries()) {
      if (evaluation.rows === null) this.#readEvaluation(run, evaluation, spec.evaluations[index] as EvaluationSpec);
    }
    const trained = spec.trainData === "none" || run.curve !== null;
    run.complete = trained && run.evaluations.every(({ rows }) => rows !== null);
  }

  /** The items are shared between evaluations, which saves most of the memory. */
  #readEvaluation({ modelId, planned }: CollectedRun, collected: CollectedEvaluation, spec: EvaluationSpec): void {
    const stored = this.#store.readEvaluation(modelId, spec.step ?? "last", collected.id);
    if (stored === null) return;
    const grades = new Map(stored.grades.map((grade) => [grade.itemId, grade]));
    collected.metrics = stored.metrics;
    collected.rows = this.#itemsOf(spec, planned.spec.placement).flatMap((item) => {
      const grade = grades.get(item.id);
      return grade === undefined ? [] : [{ item, grade }];
    });
  }

  #itemsOf(evaluation: EvaluationSpec, runPlacement: Placement): Item[] {
    const { split, evalPrompt, placement = runPlacement } = evaluation;
    const key = `${split}/${evalPrompt.id}/${placement}`;
    const known = this.#items.get(key);
    if (known !== undefined) return known;
    const items = itemsOf(this.#setting, placement, evaluation);
    this.#items.set(key, items);
    return items;
  }
}
