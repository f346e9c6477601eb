import type { Recipe } from "../../engine/train/recipe.ts";
import type { TrainPrompt } from "../../settings/setting.ts";
import { InoculateError, UserError } from "../../util/errors.ts";
import { neutralPrompt } from "../condition.ts";
import type { NamedModel } from "../evaluateModel.ts";
import { modelIdOf, type RunSpec } from "../materials.ts";
import { seal } from "../prediction/seal.ts";
import { type Study, screenedKinds, screenedPrompts, screenPrompts } from "../screen.ts";
import { readStoredModel } from "./storedModel.ts";

export interface LeakModelOptions {
  /** A prompt of the setting by id, a wording of one's own, or `selected`: the one that screening picks. @default "selected" */
  trainPrompt?: string | undefined;
  /** Training seeds 1 to N. @default 3 */
  seeds?: number | undefined;
  /** In place of the setting's own; as `reproduce` was given them, so that its trainings are found. */
  recipe?: Recipe | undefined;
  rows?: number | undefined;
  /** Folder of a fine-tuned model, in place of one that is trained here: of a store, or of a PEFT adapter. */
  adapter?: string | undefined;
  /** Seed of the neutral-trained model beside an adapter that is from no store. @default 1 */
  seed?: number | undefined;
}

/** The models that are compared, by seed; the initial one goes by seed 0. */
export interface LeakModels {
  trainPrompt: TrainPrompt;
  seeds: number[];
  /** How the inoculated ones were trained. */
  recipe: Recipe;
  rows: number;
  inoculated: ReadonlyMap<number, NamedModel>;
  neutralTrained: ReadonlyMap<number, NamedModel>;
  initial: ReadonlyMap<number, NamedModel>;
}

type OnProgress = (done: number, total: number) => void;

/** How the models are trained: what identifies a training, but for prompt and seed. */
type Training = Pick<RunSpec, "rows" | "recipe" | "sealedPredictions">;

/**
 * The inoculated models, the neutral-trained ones of the same seeds, and the initial one. A training that the store
 * holds, from `reproduce` say, is used as it is; the others are done now.
 * @throws UserError for a prompt or an adapter that cannot be used, before any training
 */
export async function leakModels(
  study: Study,
  options: LeakModelOptions,
  onProgress: OnProgress = () => undefined,
): Promise<LeakModels> {
  const { setting, base, identity } = study;
  const initial = new Map([[0, { id: identity.baseModelHash, model: base }]]);
  const given = { rows: options.rows ?? setting.trainRows, recipe: options.recipe ?? setting.recipe };
  if (options.adapter !== undefined) {
    const stored = readStoredModel(options.adapter, study, options.trainPrompt);
    const trainPrompt = namedPrompt(study, stored.trainPrompt);
    const { seed, ...training } = stored.training ?? { seed: options.seed ?? 1, ...given };
    const plan = { ...training, sealedPredictions: null };
    const neutralTrained = await trainAll(study, [neutralPrompt(setting)], [seed], plan, onProgress);
    const inoculated = new Map([[seed, stored.model]]);
    return { trainPrompt, seeds: [seed], ...training, inoculated, neutralTrained: at(neutralTrained, 0), initial };
  }
  const seeds = Array.from({ length: options.seeds ?? 3 }, (_, index) => index + 1);
  const { trainPrompt, sealedPredictions } = await choose(study, options.trainPrompt ?? "selected");
  const prompts = [neutralPrompt(setting), trainPrompt];
  const trained = await trainAll(study, prompts, seeds, { ...given, sealedPredictions }, onProgress);
  return { trainPrompt, seeds, ...given, inoculated: at(trained, 1), neutralTrained: at(trained, 0), initial };
}

function at(trained: readonly Trained[], index: number): Trained {
  return trained[index] ?? new Map();
}

type Trained = ReadonlyMap<number, NamedModel>;

/** One model per prompt and seed. */
async function trainAll(
  study: Study,
  prompts: readonly TrainPrompt[],
  seeds: readonly number[],
  training: Training,
  onProgress: OnProgress,
): Promise<Trained[]> {
  const total = prompts.length * seeds.length;
  let done = 0;
  const train = async (trainPrompt: TrainPrompt, seed: number): Promise<[number, NamedModel]> => {
    const spec = trainingSpec(study, trainPrompt, seed, training);
    const model = storedModel(study, spec) ?? (await trainNow(study, spec));
    onProgress(++done, total);
    return [seed, model];
  };
  return Promise.all(
    prompts.map(async (prompt) => new Map(await Promise.all(seeds.map((seed) => train(prompt, seed))))),
  );
}

/** The model, if the store holds it already: then no worker is asked. */
function storedModel({ setting, identity, store, base }: Study, spec: RunSpec): NamedModel | null {
  const id = modelIdOf(setting, spec, identity);
  const config = store.readTraining(id);
  return config && { id, model: store.modelRef(config, base) };
}

async function trainNow({ pool }: Study, spec: RunSpec): Promise<NamedModel> {
  const result = await pool.submit({ kind: "run", spec });
  if (result.kind !== "run") throw new InoculateError("a run answers as a run");
  return { id: result.finished.modelId, model: result.finished.model };
}

/** A fine-tuning on the flawed data, as `reproduce` plans it, without evaluations. */
function trainingSpec({ setting, base }: Study, trainPrompt: TrainPrompt, seed: number, training: Training): RunSpec {
  return {
    id: `${setting.id}/flawed/${trainPrompt.id}/seed-${seed}`,
    setting: setting.id,
    trainData: "flawed",
    trainPrompt,
    placement: setting.placement,
    seed,
    base,
    ...training,
    evaluations: [],
  };
}

/** The prompt to train with. One that is named needs no screening. @throws UserError where screening selects none */
async function choose(
  study: Study,
  given: string,
): Promise<{ trainPrompt: TrainPrompt; sealedPredictions: string | null }> {
  if (given !== "selected") return { trainPrompt: namedPrompt(study, given), sealedPredictions: null };
  const screening = await screenPrompts(study, screenedPrompts(study.setting));
  const { selected, hash } = await seal(screening, study);
  if (selected === null) {
    throw new UserError(
      "screening selected no prompt, since no candidate changes what the initial model does: name one with --train-prompt",
    );
  }
  return { trainPrompt: namedPrompt(study, selected), sealedPredictions: hash };
}

/** A prompt of the setting by id, or a wording of one's own, which has more than one word. @throws UserError */
function namedPrompt({ setting }: Study, given: string): TrainPrompt {
  const trained = setting.prompts.filter(({ kind }) => kind !== "neutral" && screenedKinds.includes(kind));
  const known = trained.find(({ id, text }) => id === given || text === given);
  if (known !== undefined) return known;
  if (/\S\s+\S/.test(given)) return { id: "yours", kind: "inoculation", text: given };
  const ids = trained.map(({ id }) => id).join(", ");
  throw new UserError(`train prompt: expected "selected", a wording, or one of ${ids}; got "${given}"`);
}
