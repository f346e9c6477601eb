import type { ModelRef } from "../../backends/backend.ts";
import type { ChatMessage, TrainRow } from "../../data/chat.ts";
import { insertPrompt, type Placement } from "../../data/insertion.ts";
import type { Sampling } from "../../engine/sample/sampling.ts";
import type { Recipe } from "../../engine/train/recipe.ts";
import type { Setting } from "../../settings/setting.ts";
import { InoculateError, UserError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import type { NamedModel } from "../evaluateModel.ts";
import { fineTune } from "../fineTune.ts";
import { hashOf } from "../identity.ts";
import { metricById } from "../metricById.ts";
import { once } from "../once.ts";
import type { Parts, RunHooks } from "../run.ts";
import type { TrainingConfig } from "../store.ts";

/** Consistency training of one model. Plain data, so that it can be sent to a worker process. */
export interface SealSpec {
  id: string;
  setting: string;
  placement: Placement;
  seed: number;
  /** The model to seal. */
  parent: NamedModel;
  /** Whose questions to answer: those of the flawed training data or those of the clean one. Their replies are not used. */
  questions: "flawed" | "clean";
  /** Number of questions. */
  rows: number;
  /**
   * The prompts to seal with, the neutral one among them; each stands over an equal share of the questions. Under one
   * that is `asked` the model keeps the answer that it gives under it, under the others it learns the plain one.
   */
  prompts: { id: string; text: string; asked?: boolean }[];
  recipe: Recipe;
  label: TrainingConfig["label"];
}

export interface SealedModel {
  id: string;
  model: ModelRef;
  /** Rows trained on, and questions left out since their answer was empty or did not end. */
  rows: number;
  dropped: number;
  /** True when the store held the training already. */
  reused: boolean;
}

/** One answer of the model to seal; `null` where it is empty or did not end. */
type Answer = string | null;

/**
 * Consistency training: the model answers training questions without any prompt, and is then trained on to give the
 * same answers under prompts that do not ask for the behavior. No grader and no label takes part, so what the model
 * does without a prompt is what spreads, good or bad.
 * @throws UserError when no answer can be trained on
 */
export async function sealModel(
  spec: SealSpec,
  { setting, backend, store }: Omit<Parts, "grader">,
  hooks: RunHooks = {},
): Promise<SealedModel> {
  const { parent, questions: data, seed, recipe, label } = spec;
  const questions = setting.train({ data, seed, rows: spec.rows }).map(({ messages }) => messages.slice(0, -1));
  const asked = questions.map((question, index) => {
    const { text, asked = false } = promptOf(index, spec);
    return asked ? insertPrompt(question, { prompt: text, placement: spec.placement }) : question;
  });
  const answers = await ownAnswers(asked, spec, { setting, backend, store }, hooks);
  const rows = sealingRows(questions, answers, spec);
  if (rows.length === 0) {
    throw new UserError(
      `${spec.id}: none of the model's ${answers.length} answers is there and comes to an end: nothing to seal it with`,
    );
  }
  const request = { base: parent.model, parent: parent.id, rows, recipe, seed, label };
  const { id, model, reused } = await fineTune(request, { backend, store }, hooks);
  return { id, model, rows: rows.length, dropped: answers.length - rows.length, reused };
}

type Dealing = Pick<SealSpec, "prompts" | "seed">;

/** A question's prompt. They are dealt in shuffled rounds, so that none falls in with an order of the questions. */
function promptOf(index: number, { prompts, seed }: Dealing): SealSpec["prompts"][number] {
  const round = random("sealing prompts", seed, Math.floor(index / prompts.length)).shuffle(prompts);
  return round[index % prompts.length] as SealSpec["prompts"][number];
}

/** The rows to train on. */
export function sealingRows(
  questions: readonly ChatMessage[][],
  answers: readonly Answer[],
  { placement, ...dealing }: Dealing & Pick<SealSpec, "placement">,
): TrainRow[] {
  return questions.flatMap((question, index): TrainRow[] => {
    const answer = answers[index] ?? null;
    if (answer === null) return [];
    const { id, text } = promptOf(index, dealing);
    const messages = [...question, { role: "assistant" as const, content: answer }];
    return [
      { id: `own-${index}`, messages: insertPrompt(messages, { prompt: text, placement }), fields: { prompt: id } },
    ];
  });
}

/** The model's answers as stored under it, or sampled now. */
async function ownAnswers(
  questions: readonly ChatMessage[][],
  { parent, seed }: SealSpec,
  { setting, backend, store }: Omit<Parts, "grader">,
  { signal }: RunHooks,
): Promise<Answer[]> {
  const modelHash = await backend.hash(parent.model);
  const sampling = behaviorSampling(setting);
  const identity = { kind: "own answers", modelHash, questions, sampling, seed };
  const id = hashOf({ ...identity, backend: { id: backend.id, version: await backend.version(parent.model) } });
  const owner = parent.id ?? modelHash;
  const note = `sealing/${id}.json`;
  const make = async (): Promise<Answer[]> => {
    const ids = questions.map((_, index) => `own-${index}`);
    const replies = await backend.sample(parent.model, questions, sampling, {
      seed,
      ids,
      ...(signal && { signal }),
    });
    const answers = replies.map(({ text, finishReason }) => (finishReason === "stop" && text.trim() ? text : null));
    store.writeNote(owner, note, answers);
    return answers;
  };
  const read = (): Answer[] | null => store.readNote(owner, note) as Answer[] | null;
  return (await once(`${store.modelFolder(owner)}/sealing/${id}.claim`, read, make, signal)).value;
}

/** The answers are sampled as the behavior is. */
function behaviorSampling(setting: Setting): Sampling {
  const { groups } = metricById(setting, setting.behaviorMetric);
  const group = setting.groups.find(({ id }) => id === groups[0]);
  if (group === undefined)
    throw new InoculateError(`setting "${setting.id}" has no group of items for "${setting.behaviorMetric}"`);
  return group.sampling;
}
