import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Backend, ModelRef, TrainProgress } from "../backends/backend.ts";
import type { TrainRow } from "../data/chat.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import type { TrainingWork } from "../engine/train/train.ts";
import { InoculateError, UserError } from "../util/errors.ts";
import { jsonLines, writeError } from "./files.ts";
import { trainingId } from "./identity.ts";
import { once } from "./once.ts";
import type { Store, TrainingConfig } from "./store.ts";

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
}

export interface FineTuned {
  id: string;
  model: ModelRef;
  /** The model after so many optimizer steps. @throws UserError naming the checkpoints there are */
  checkpoint(step: number): ModelRef;
  reused: boolean;
  /** What was done now; absent where that is nothing, or not known. */
  work?: TrainingWork | undefined;
}

/** Fine-tunes, or finds the model that was fine-tuned on exactly this before. @throws UserError without rows */
export async function fineTune(
  request: FineTuneRequest,
  { backend, store }: { backend: Backend; store: Store },
  { signal, onStep }: FineTuneHooks = {},
): Promise<FineTuned> {
  const { base, rows, recipe, seed } = request;
  if (rows.length === 0) throw new UserError("nothing to fine-tune on: the data holds no rows");
  const baseModelHash = await backend.hash(base);
  const id = trainingId({ backend: { id: backend.id, version: backend.version }, baseModelHash, rows, recipe, seed });
  const folder = store.modelFolder(id);
  const target = recipe.method === "lora" ? folder : join(folder, "model");

  let work: TrainingWork | undefined;
  const train = async (): Promise<TrainingConfig> => {
    removeBroken(folder);
    const log = join(folder, "train.jsonl");
    const progress = new Map(store.readProgress(id).map((entry) => [entry.step, entry]));
    const onProgress = (entry: TrainProgress): void => {
      progress.set(entry.step, entry);
      append(log, entry);
      onStep?.(entry);
    };
    mkdirSync(target, { recursive: true });
    const options = { seed, folder: target, onProgress, ...(signal && { signal }) };
    const finetuned = await backend.finetune(base, rows, recipe, options);
    const { model, checkpoints } = finetuned;
    work = finetuned.work;
    const early = checkpoints.filter(
      (checkpoint) => checkpoint.model.adapter !== model.adapter || checkpoint.model.base !== model.base,
    );
    const config = {
      id,
      parent: request.parent ?? null,
      baseModelHash,
      backend: { id: backend.id, version: backend.version },
      recipe,
      seed,
      rows: rows.length,
      label: request.label ?? null,
      sealedPredictions: request.sealedPredictions ?? null,
      model: modelPath(folder, base, model),
      ...(early.length > 0 && {
        checkpoints: early.map((checkpoint) => ({
          step: checkpoint.step,
          path: modelPath(folder, base, checkpoint.model).path,
        })),
      }),
    };
    store.writeTraining(
      config,
      [...progress.values()].sort((a, b) => a.step - b.step),
    );
    const stored = store.readTraining(id);
    if (stored === null) throw new InoculateError(`the training in ${folder} cannot be read back`);
    return stored;
  };

  const { value, reused } = await once(join(folder, "claim.json"), () => store.readTraining(id), train, signal);
  return {
    id,
    model: store.modelRef(value, base),
    checkpoint: (step) => store.modelRef(value, base, step),
    reused,
    work,
  };
}

/** A finished training whose files were cut short or changed is done anew; an unfinished one keeps its checkpoints. */
function removeBroken(folder: string): void {
  if (!existsSync(join(folder, "config.json"))) return;
  const kept = new Set(["evals", "claim.json"]);
  for (const name of readdirSync(folder)) {
    if (!kept.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function append(path: string, entry: TrainProgress): void {
  try {
    appendFileSync(path, jsonLines([entry]));
  } catch (error) {
    throw writeError(error, path);
  }
}

function modelPath(folder: string, base: ModelRef, model: ModelRef): TrainingConfig["model"] {
  const path = model.adapter ?? model.base;
  const inside = relative(folder, path).replaceAll("\\", "/");
  if (path === base.base || inside.startsWith("..")) {
    throw new InoculateError(`the backend should have written the model into ${folder}, and names ${path}`);
  }
  return { kind: model.adapter === undefined ? "model" : "adapter", path: inside === "" ? "." : inside };
}
