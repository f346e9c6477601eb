import type { Backend, ModelRef, TrainProgress } from "../backends/backend.ts";
import type { Grader } from "../grading/grader.ts";
import type { Setting } from "../settings/setting.ts";
import { InoculateError } from "../util/errors.ts";
import { excludedShare, gradeReplies, metricsOf, sampleItems, toGrade, toSample } from "./evaluate.ts";
import { fineTune } from "./fineTune.ts";
import {
  type EvaluatedSpec,
  type EvaluationSpec,
  evaluationIdOf,
  type Identity,
  identify,
  itemsOf,
  type RunSpec,
  rowsOf,
  samplingsOf,
} from "./materials.ts";
import { once } from "./once.ts";
import type { Store, StoredEvaluation, StoredMetrics } from "./store.ts";

/** What a run is done with. */
export interface Parts {
  setting: Setting;
  backend: Backend;
  store: Store;
}

export interface RunHooks {
  signal?: AbortSignal | undefined;
  onStep?: ((progress: TrainProgress) => void) | undefined;
  onEvaluating?: ((evaluation: EvaluationSpec, done: number, total: number) => void) | undefined;
}

/** A model in the store: fine-tuned, or the initial one under its own hash. */
interface Trained {
  id: string;
  model: ModelRef;
  reused: boolean;
}

export interface FinishedRun {
  modelId: string;
  model: ModelRef;
  /** In the order of the run's evaluations. */
  evaluations: StoredMetrics[];
  /** True when the store held everything already. */
  reused: boolean;
}

/**
 * Inoculation prompting, the whole method: build the data with the train prompt inserted, fine-tune, then sample under
 * each eval prompt, grade and store. What the store holds already is not done again.
 */
export async function run(spec: RunSpec, parts: Parts, hooks: RunHooks = {}): Promise<FinishedRun> {
  const { setting, backend } = parts;
  const grader = setting.createGrader();
  try {
    const identity = await identify(grader, backend, spec.base);
    const rows = rowsOf(setting, spec);
    const trained = spec.trainData === "none" ? initialModel(spec, identity) : await train(spec, rows, parts, hooks);
    const evaluations: StoredMetrics[] = [];
    let reused = trained.reused;
    for (const evaluation of spec.evaluations) {
      const stored = await evaluate(spec, evaluation, trained, { ...parts, grader, identity }, hooks);
      evaluations.push(stored.value.metrics);
      reused &&= stored.reused;
    }
    return { modelId: trained.id, model: trained.model, evaluations, reused };
  } finally {
    await grader.close();
  }
}

function train(spec: RunSpec, rows: ReturnType<typeof rowsOf>, parts: Parts, hooks: RunHooks): Promise<Trained> {
  const { base, recipe, seed, sealedPredictions, trainData, trainPrompt, placement } = spec;
  const label = { setting: spec.setting, trainData, trainPrompt: trainPrompt?.id ?? "none", placement };
  return fineTune({ base, rows, recipe, seed, label, sealedPredictions }, parts, hooks);
}

/** Sample, grade, store; or read what was stored. */
export async function evaluate(
  spec: EvaluatedSpec,
  evaluation: EvaluationSpec,
  trained: Pick<Trained, "id" | "model">,
  parts: Parts & { grader: Grader; identity: Identity },
  hooks: RunHooks,
): Promise<{ value: StoredEvaluation; reused: boolean }> {
  const { setting, backend, store, grader, identity } = parts;
  const id = evaluationIdOf(setting, spec, evaluation, trained.id, identity);
  const folder = store.evaluationFolder(trained.id, "last", id);
  const read = (): StoredEvaluation | null => store.readEvaluation(trained.id, "last", id);

  const make = async (): Promise<StoredEvaluation> => {
    const items = itemsOf(setting, spec.placement, evaluation);
    const replies = await sampleItems(backend, trained.model, items, samplingsOf(setting, evaluation), {
      seed: spec.seed,
      signal: hooks.signal,
      onProgress: (done, total) => hooks.onEvaluating?.(evaluation, done, total),
    });
    const grades = await gradeReplies(grader, items, replies, hooks.signal);
    const graded = items.map((item, index) => ({ item, grade: grades[index] as (typeof grades)[number] }));
    store.writeEvaluation(
      {
        id,
        model: trained.id,
        step: "last",
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
    return stored;
  };

  return once(`${folder}.claim`, read, make, hooks.signal);
}

function initialModel(spec: RunSpec, { baseModelHash }: Identity): Trained {
  return { id: baseModelHash, model: spec.base, reused: true };
}
