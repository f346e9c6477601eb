import type { Backend, ModelRef } from "../backends/backend.ts";
import type { TrainRow } from "../data/chat.ts";
import { insertPrompt, type Placement } from "../data/insertion.ts";
import type { Sampling } from "../engine/sample/sampling.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import { trainingSteps, withSteps } from "../engine/train/trainingSteps.ts";
import type { Item, ItemSet, PromptWording, Setting, TrainPrompt } from "../settings/setting.ts";
import { InoculateError } from "../util/errors.ts";
import { type DataArm, dataArm, isFlawed } from "./dataArm.ts";
import { type EvaluationIdentity, evaluationId, repliesId, trainingId } from "./identity.ts";
import type { TrainData } from "./result.ts";
import { wordingsOf } from "./wordings.ts";

/** One evaluation of a model. */
export interface EvaluationSpec {
  evalPrompt: Pick<TrainPrompt, "id" | "text">;
  /** @default the run's */
  placement?: Placement;
  /** Optimizer step of the checkpoint to evaluate. @default the finished model */
  step?: number;
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
  /** Of an arm with more or fewer rows, epochs are changed so that all arms make the same number of steps. */
  recipe: Recipe;
  /** What is done with the data besides inserting the prompt. */
  data?: DataArm;
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

/** What to fine-tune with. */
export interface Training {
  /** With the train prompt inserted. Empty for the initial model. */
  rows: TrainRow[];
  recipe: Recipe;
}

/** The rows to fine-tune on, with the train prompt inserted, and the recipe. @throws UserError where the data cannot be had */
export function trainingOf(setting: Setting, spec: RunSpec): Training {
  const { trainData, trainPrompt, seed, rows, placement, recipe, data } = spec;
  if (trainData === "none") return { rows: [], recipe };
  const arm = dataArm(setting, { ...data, trainData, seed, rows });
  const wordings = wordingsOf(trainPrompt, arm.filter(({ inoculated }) => inoculated).length, seed);
  let next = 0;
  const inserted = arm.map(({ row, inoculated }) => {
    if (!inoculated) return row;
    const { text, cleanText = text } = wordings[next++] as PromptWording;
    const prompt = isFlawed(row) ? text : cleanText;
    return { ...row, messages: insertPrompt(row.messages, { prompt, placement }) };
  });
  return { rows: inserted, recipe: withSteps(recipe, trainingSteps(rows, recipe), inserted.length) };
}

/** The items to evaluate on, with the eval prompt inserted. @throws InoculateError when two items share an id */
export function itemsOf(setting: Setting, runPlacement: Placement, evaluation: EvaluationSpec): Item[] {
  const { evalPrompt, placement = runPlacement, split, perGroup } = evaluation;
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
  return trainingId({ backend, baseModelHash, ...trainingOf(setting, spec), seed: spec.seed });
}

/** The name of an evaluation in the store. */
export function evaluationIdOf(...of: Parameters<typeof evaluationIdentityOf>): string {
  return evaluationId(evaluationIdentityOf(...of));
}

/** The name of its replies, which no change of the grader changes. */
export function repliesIdOf(...of: Parameters<typeof evaluationIdentityOf>): string {
  return repliesId(evaluationIdentityOf(...of));
}

function evaluationIdentityOf(
  setting: Setting,
  spec: EvaluatedSpec,
  evaluation: EvaluationSpec,
  model: string,
  identity: Identity,
): EvaluationIdentity {
  return {
    model,
    step: evaluation.step ?? "last",
    items: itemsOf(setting, spec.placement, evaluation),
    samplings: samplingsOf(setting, evaluation),
    grader: identity.grader,
    backend: identity.backend,
    seed: spec.seed,
  };
}

/** What identifies the parts of a run. @throws UserError where the model's folder is missing or broken */
export async function identify(
  grader: { id: string; version: string },
  backend: Pick<Backend, "id" | "version" | "hash">,
  base: ModelRef,
): Promise<Identity> {
  return {
    backend: { id: backend.id, version: await backend.version(base) },
    grader: { id: grader.id, version: grader.version },
    baseModelHash: await backend.hash(base),
  };
}
