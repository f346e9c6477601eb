import type { ModelRef } from "../backends/backend.ts";
import type { TrainRow } from "../data/chat.ts";
import { insertPrompt, type Placement } from "../data/insertion.ts";
import type { Sampling } from "../engine/sample/sampling.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import type { Item, ItemSet, Setting, TrainPrompt } from "../settings/setting.ts";
import { InoculateError } from "../util/errors.ts";
import { evaluationId, trainingId } from "./identity.ts";
import type { TrainData } from "./result.ts";

/** One evaluation of a model. */
export interface EvaluationSpec {
  evalPrompt: Pick<TrainPrompt, "id" | "text">;
  split: ItemSet;
  /** Items per group; groups that are not named are not evaluated. */
  perGroup: Record<string, number>;
}

/** One model, fine-tuned or initial, and its evaluations. Plain data, so that it can be sent to a worker process. */
export interface RunSpec {
  id: string;
  setting: string;
  trainData: TrainData;
  /** `null` for the initial model. */
  trainPrompt: TrainPrompt | null;
  placement: Placement;
  /** Seed of data, training and sampling; 0 for the initial model. */
  seed: number;
  base: ModelRef;
  rows: number;
  recipe: Recipe;
  /** Hash of the predictions that were sealed before; it is noted with the training and decides nothing. */
  sealedPredictions: string | null;
  evaluations: EvaluationSpec[];
}

/** What an evaluation needs to know of the run it belongs to. */
export type EvaluatedSpec = Pick<RunSpec, "placement" | "seed">;

/** What every identity needs to know of the backend, the grader and the initial model. */
export interface Identity {
  backend: { id: string; version: string };
  grader: { id: string; version: string };
  baseModelHash: string;
}

/** The rows to fine-tune on, with the train prompt inserted. Empty for the initial model. */
export function rowsOf(setting: Setting, spec: RunSpec): TrainRow[] {
  const { trainData, trainPrompt, seed, rows, placement } = spec;
  if (trainData === "none") return [];
  const { text = "", cleanText = text } = trainPrompt ?? {};
  return setting.train({ data: trainData, seed, rows }).map((row) => ({
    ...row,
    messages: insertPrompt(row.messages, { prompt: row.fields?.flawed === false ? cleanText : text, placement }),
  }));
}

/** The items to evaluate on, with the eval prompt inserted. @throws InoculateError when two items share an id */
export function itemsOf(setting: Setting, placement: Placement, evaluation: EvaluationSpec): Item[] {
  const { evalPrompt, split, perGroup } = evaluation;
  const items = Object.entries(perGroup).flatMap(([group, count]) =>
    setting.items(split, { perGroup: count, groups: [group] }),
  );
  if (new Set(items.map((item) => item.id)).size !== items.length) {
    throw new InoculateError(`setting "${setting.id}": two items of the ${split} split share an id`);
  }
  return items.map((item) => ({
    ...item,
    messages: insertPrompt(item.messages, { prompt: evalPrompt.text, placement }),
  }));
}

/** How the groups of an evaluation are sampled. @throws InoculateError naming an unknown group */
export function samplingsOf(setting: Setting, evaluation: EvaluationSpec): Record<string, Sampling> {
  return Object.fromEntries(
    Object.keys(evaluation.perGroup).map((id) => {
      const group = setting.groups.find((candidate) => candidate.id === id);
      if (group === undefined) throw new InoculateError(`setting "${setting.id}" has no group of items "${id}"`);
      return [id, group.sampling];
    }),
  );
}

/** The name of the run's model in the store: the initial model goes by its own hash. */
export function modelIdOf(setting: Setting, spec: RunSpec, identity: Identity): string {
  const { backend, baseModelHash } = identity;
  if (spec.trainData === "none") return baseModelHash;
  return trainingId({ backend, baseModelHash, rows: rowsOf(setting, spec), recipe: spec.recipe, seed: spec.seed });
}

/** The name of an evaluation in the store. */
export function evaluationIdOf(
  setting: Setting,
  spec: EvaluatedSpec,
  evaluation: EvaluationSpec,
  model: string,
  identity: Identity,
): string {
  return evaluationId({
    model,
    step: "last",
    items: itemsOf(setting, spec.placement, evaluation),
    samplings: samplingsOf(setting, evaluation),
    grader: identity.grader,
    backend: identity.backend,
    seed: spec.seed,
  });
}

/** What identifies the parts of a run. @throws UserError where the model's folder is missing or broken */
export async function identify(
  grader: { id: string; version: string },
  backend: { id: string; version: string; hash(model: ModelRef): Promise<string> },
  base: ModelRef,
): Promise<Identity> {
  return {
    backend: { id: backend.id, version: backend.version },
    grader: { id: grader.id, version: grader.version },
    baseModelHash: await backend.hash(base),
  };
}
