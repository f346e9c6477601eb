import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Backend, Checkpoint, ModelRef, TrainProgress } from "../backends/backend.ts";
import type { TrainRow } from "../data/chat.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import type { TrainingWork } from "../engine/train/train.ts";
import { InoculateError, UserError } from "../util/errors.ts";
import { trainingId } from "./identity.ts";
import { once } from "./once.ts";
import type { Store, TrainingConfig } from "./store.ts";
import { trainLog } from "./trainLog.ts";

export interface FineTuneRequest {
  /** The model to start from. */
  base: ModelRef;
  /** Training identity of that model where it was fine-tuned itself. @default null */
  parent?: string | null;
  /** As trained on, prompts inserted. */
  rows: readonly TrainRow[];
  recipe: Recipe;
  seed: number;
  label?: TrainingConfig["label"];
  sealedPredictions?: string | null;
}

export interface FineTuneHooks {
  signal?: AbortSignal | undefined;
  onStep?: ((progress: TrainProgress) => void) | undefined;
  /** When a training that was stopped goes on: the last step made before. */
  onResume?: ((progress: TrainProgress) => void) | undefined;
  /** A line for the user. */
  onNote?: ((line: string) => void) | undefined;
  /** Seconds between two saves of an unfinished training's state. @default the backend's */
  saveEverySeconds?: number | undefined;
}

export interface FineTuned {
  id: string;
  model: ModelRef;
  /** The model after so many optimizer steps. @throws UserError naming the checkpoints there are */
  checkpoint(step: number): ModelRef;
  reused: boolean;
  /** Optimizer steps that were made now: none when it was there, less than all when it went on from a kept state. */
  stepsNow: number;
  /** What was done now; absent where that is nothing, or not known. */
  work?: TrainingWork | undefined;
}

/**
 * Fine-tunes, goes on with what was stopped, or finds the model that was fine-tuned on exactly this before.
 *
 * @throws UserError without rows
 */
export async function fineTune(
  request: FineTuneRequest,
  { backend, store }: { backend: Backend; store: Store },
  hooks: FineTuneHooks = {},
): Promise<FineTuned> {
  const { base, rows, recipe, seed } = request;
  if (rows.length === 0) throw new UserError("nothing to fine-tune on: the data holds no rows");
  const baseModelHash = await backend.hash(base);
  const maker = { id: backend.id, version: await backend.version(base) };
  const id = trainingId({ backend: maker, baseModelHash, rows, recipe, seed });
  const folder = store.modelFolder(id);
  const target = recipe.method === "lora" ? folder : join(folder, "model");
  const stateFolder = join(folder, "state");
  let stepsNow = 0;

  let work: TrainingWork | undefined;
  const train = async (): Promise<TrainingConfig> => {
    removeBroken(folder);
    const log = trainLog(join(folder, "train.jsonl"), store.readProgress(id));
    const onProgress = (entry: TrainProgress): void => {
      stepsNow++;
      log.add(entry);
      hooks.onStep?.(entry);
    };
    const onResume = (made: readonly TrainProgress[]): void => {
      log.replace(made);
      const last = made.at(-1);
      if (last) hooks.onResume?.(last);
    };
    mkdirSync(target, { recursive: true });
    const { signal, onNote, saveEverySeconds: everySeconds } = hooks;
    const keep = { folder: stateFolder, everySeconds, onResume, ...(onNote && { onNote }) };
    const options = { seed, folder: target, keep, onProgress, ...(onNote && { onNote }), ...(signal && { signal }) };
    const trained = await backend.finetune(base, rows, recipe, options);
    work = trained.work;
    const origin = { id, baseModelHash, backend: maker };
    store.writeTraining(configOf(origin, request, trained, folder), log.entries());
    const stored = store.readTraining(id);
    if (stored === null) throw new InoculateError(`the training in ${folder} cannot be read back`);
    return stored;
  };

  const { value, reused } = await once(join(folder, "claim.json"), () => store.readTraining(id), train, hooks.signal);
  // Only now is the training safe. Also what a process left that was killed right before this line.
  rmSync(stateFolder, { recursive: true, force: true });
  return {
    id,
    model: store.modelRef(value, base),
    checkpoint: (step) => store.modelRef(value, base, step),
    reused,
    stepsNow,
    work,
  };
}

/** What there is to say of a finished training. */
function configOf(
  origin: Pick<TrainingConfig, "id" | "baseModelHash" | "backend">,
  { base, parent = null, rows, recipe, seed, label = null, sealedPredictions = null }: FineTuneRequest,
  { model, checkpoints }: { model: ModelRef; checkpoints: readonly Checkpoint[] },
  folder: string,
): Omit<TrainingConfig, "files"> {
  const early = checkpoints.filter(
    (checkpoint) => checkpoint.model.adapter !== model.adapter || checkpoint.model.base !== model.base,
  );
  return {
    id: origin.id,
    parent,
    baseModelHash: origin.baseModelHash,
    backend: origin.backend,
    recipe,
    seed,
    rows: rows.length,
    label,
    sealedPredictions,
    model: modelPath(folder, base, model),
    ...(early.length > 0 && {
      checkpoints: early.map((checkpoint) => ({
        step: checkpoint.step,
        path: modelPath(folder, base, checkpoint.model).path,
      })),
    }),
  };
}

/**
 * A finished training whose files were cut short or changed is done anew; an unfinished one keeps its checkpoints and
 * its state, without the files that a killed process was writing.
 */
function removeBroken(folder: string): void {
  if (!existsSync(join(folder, "config.json"))) {
    removeTorn(folder);
    return;
  }
  const kept = new Set(["evals", "claim.json"]);
  for (const name of readdirSync(folder)) {
    if (!kept.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function removeTorn(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const name of names) if (/\.\d+\.tmp$/.test(name)) rmSync(join(folder, name), { force: true });
}

function modelPath(folder: string, base: ModelRef, model: ModelRef): TrainingConfig["model"] {
  const path = model.adapter ?? model.base;
  const inside = relative(folder, path).replaceAll("\\", "/");
  if (path === base.base || inside.startsWith("..")) {
    throw new InoculateError(`the backend should have written the model into ${folder}, and names ${path}`);
  }
  return { kind: model.adapter === undefined ? "model" : "adapter", path: inside === "" ? "." : inside };
}
