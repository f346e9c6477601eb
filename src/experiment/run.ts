import type { Backend, Completion, ModelRef, TrainProgress } from "../backends/backend.ts";
import type { Grade, Grader } from "../grading/grader.ts";
import type { GradedItem, Item, Setting } from "../settings/setting.ts";
import { InoculateError } from "../util/errors.ts";
import {
  excludedShare,
  expectValues,
  gradedItems,
  gradeReplies,
  metricsOf,
  sampleItems,
  toGrade,
  toSample,
} from "./evaluate.ts";
import { type FineTuned, fineTune } from "./fineTune.ts";
import {
  type EvaluatedSpec,
  type EvaluationSpec,
  evaluationIdOf,
  type Identity,
  identify,
  itemsOf,
  type RunSpec,
  repliesIdOf,
  samplingsOf,
  type Training,
  trainingOf,
} from "./materials.ts";
import { once } from "./once.ts";
import type { Store, StoredEvaluation, StoredMetrics } from "./store.ts";

/** What a run is done with. */
export interface Parts {
  setting: Setting;
  backend: Backend;
  store: Store;
  /** The setting's own. Whoever made it closes it. */
  grader: Grader;
}

export interface RunHooks {
  signal?: AbortSignal | undefined;
  onStep?: ((progress: TrainProgress) => void) | undefined;
  /** A line for the user. */
  onNote?: ((line: string) => void) | undefined;
  onEvaluating?: ((evaluation: EvaluationSpec, done: number, total: number) => void) | undefined;
}

export interface FinishedRun {
  modelId: string;
  model: ModelRef;
  /** In the order of the run's evaluations. */
  evaluations: StoredMetrics[];
  /** True when the store held everything already. */
  reused: boolean;
  /** What was done now and how long it took; for estimates only. */
  timings: WorkTiming[];
}

/** Seconds on the clock that a piece of work took. */
export interface WorkTiming {
  kind: "training" | "evaluation";
  /** Rows seen in all optimizer steps, or items asked. */
  amount: number;
  seconds: number;
}

/**
 * Inoculation prompting, the whole method: build the data with the train prompt inserted, fine-tune, then sample under
 * each eval prompt, grade and store. What the store holds already is not done again.
 */
export async function run(spec: RunSpec, parts: Parts, hooks: RunHooks = {}): Promise<FinishedRun> {
  const { setting, backend, grader } = parts;
  const identity = await identify(grader, backend, spec.base);
  const training = trainingOf(setting, spec);
  const watch = stopwatch();
  const trained = spec.trainData === "none" ? initialModel(spec, identity) : await train(spec, training, parts, hooks);
  if (!trained.reused) watch.note("training", trained.stepsNow * training.recipe.effectiveBatchSize);
  const evaluations: StoredMetrics[] = [];
  for (const evaluation of spec.evaluations) {
    watch.restart();
    const model = evaluation.step === undefined ? trained.model : trained.checkpoint(evaluation.step);
    const evaluated = { id: trained.id, model };
    const stored = await evaluate(spec, evaluation, evaluated, { ...parts, identity }, hooks);
    evaluations.push(stored.value.metrics);
    if (!stored.reused) watch.note("evaluation", stored.value.samples.length);
  }
  const { timings } = watch;
  const reused = timings.length === 0;
  return { modelId: trained.id, model: trained.model, evaluations, reused, timings };
}

function train(spec: RunSpec, { rows, recipe }: Training, parts: Parts, hooks: RunHooks): Promise<FineTuned> {
  const { base, seed, sealedPredictions, trainData, trainPrompt, placement } = spec;
  const label = { setting: spec.setting, trainData, trainPrompt: trainPrompt?.id ?? "none", placement };
  return fineTune({ base, rows, recipe, seed, label, sealedPredictions }, parts, hooks);
}

/** Sample, grade, store; or read what was stored. */
export async function evaluate(
  spec: EvaluatedSpec,
  evaluation: EvaluationSpec,
  trained: Pick<FineTuned, "id" | "model">,
  parts: Parts & { identity: Identity },
  hooks: RunHooks,
): Promise<{ value: StoredEvaluation; reused: boolean }> {
  const { setting, backend, store, grader, identity } = parts;
  const id = evaluationIdOf(setting, spec, evaluation, trained.id, identity);
  const { step = "last" } = evaluation;
  const folder = store.evaluationFolder(trained.id, step, id);
  const read = (): StoredEvaluation | null => store.readEvaluation(trained.id, step, id);

  const sample = (items: readonly Item[]): Promise<Completion[]> =>
    sampleItems(backend, trained.model, items, samplingsOf(setting, evaluation), {
      seed: spec.seed,
      signal: hooks.signal,
      onProgress: (done, total) => hooks.onEvaluating?.(evaluation, done, total),
    });
  const grade = async (items: readonly Item[], replies: readonly Completion[]): Promise<Grade[]> => {
    const grades = await gradeReplies(grader, items, replies, hooks.signal);
    expectValues(setting, withGrades(items, grades));
    return grades;
  };

  const make = async (): Promise<StoredEvaluation> => {
    const items = itemsOf(setting, spec.placement, evaluation);
    const ungraded = `ungraded/${repliesIdOf(setting, spec, evaluation, trained.id, identity)}.json`;
    const kept = store.readNote(trained.id, ungraded) as Completion[] | null;
    const replies = kept ?? (await sample(items));
    const grades = await grade(items, replies).catch((error: unknown) => {
      // A grader that was stopped, or has to be mended first, costs no second sampling.
      store.writeNote(trained.id, ungraded, replies);
      throw error;
    });
    const graded = withGrades(items, grades);
    store.writeEvaluation(
      {
        id,
        model: trained.id,
        step,
        evalPrompt: evaluation.evalPrompt.id,
        split: evaluation.split,
        seed: spec.seed,
        metrics: metricsOf(setting, graded),
        excluded: excludedShare(grades),
      },
      items.map((item, index) => toSample(item, replies[index] as (typeof replies)[number])),
      graded.map(({ item, grade }) => toGrade(item, grade)),
    );
    const stored = read();
    if (stored === null) throw new InoculateError(`the evaluation in ${folder} cannot be read back`);
    store.removeNote(trained.id, ungraded);
    return stored;
  };

  const outcome = await once(`${folder}.claim`, read, make, hooks.signal);
  // Stored before the setting's metrics were changed, maybe.
  if (outcome.reused) expectValues(setting, gradedItems(outcome.value));
  return outcome;
}

function withGrades(items: readonly Item[], grades: readonly Grade[]): GradedItem[] {
  return items.map((item, index) => ({ item, grade: grades[index] as Grade }));
}

function initialModel(spec: RunSpec, { baseModelHash }: Identity): FineTuned {
  return { id: baseModelHash, model: spec.base, checkpoint: () => spec.base, reused: true, stepsNow: 0 };
}

function stopwatch() {
  const timings: WorkTiming[] = [];
  let started = performance.now();
  return {
    timings,
    restart: (): void => {
      started = performance.now();
    },
    note: (kind: WorkTiming["kind"], amount: number): void => {
      timings.push({ kind, amount, seconds: (performance.now() - started) / 1000 });
    },
  };
}
