import type { ModelRef } from "../backends/backend.ts";
import { type EvaluatedSpec, type EvaluationSpec, identify } from "./materials.ts";
import { evaluate, type Parts, type RunHooks } from "./run.ts";
import type { StoredMetrics } from "./store.ts";

/** A model that exists, and its name in the store: a training's identity; `null`: it goes by the hash of its files. */
export interface NamedModel {
  id: string | null;
  model: ModelRef;
}

/** Evaluations of a model that exists. Plain data, so that it can be sent to a worker process. */
export interface EvaluateSpec extends EvaluatedSpec {
  id: string;
  setting: string;
  model: NamedModel;
  evaluations: EvaluationSpec[];
}

export interface EvaluatedModel {
  /** In the order of the evaluations. */
  evaluations: StoredMetrics[];
  /** True when the store held everything already. */
  reused: boolean;
}

/** Samples, grades and stores; what the store holds already is not done again. */
export async function evaluateModel(spec: EvaluateSpec, parts: Parts, hooks: RunHooks = {}): Promise<EvaluatedModel> {
  const { model } = spec.model;
  const identity = await identify(parts.grader, parts.backend, model);
  const named = { id: spec.model.id ?? identity.baseModelHash, model };
  const evaluations: StoredMetrics[] = [];
  let reused = true;
  for (const evaluation of spec.evaluations) {
    const stored = await evaluate(spec, evaluation, named, { ...parts, identity }, hooks);
    evaluations.push(stored.value.metrics);
    reused &&= stored.reused;
  }
  return { evaluations, reused };
}
