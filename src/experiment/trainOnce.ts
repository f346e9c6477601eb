import type { ModelRef, TrainProgress } from "../backends/backend.ts";
import type { TrainRow } from "../data/chat.ts";
import { type Insertion, insertPrompt } from "../data/insertion.ts";
import type { Device } from "../engine/executors/device.ts";
import { type Recipe, recipe as recipeOf } from "../engine/train/recipe.ts";
import { fineTune } from "./fineTune.ts";
import { loadParts } from "./parts.ts";
import { openStore } from "./store.ts";
import { embeddedModel, modelFolder } from "./study.ts";

export interface TrainOptions {
  /** What to fine-tune on, before any prompt is inserted. */
  rows: readonly TrainRow[];
  /** The prompt to insert; absent: none. */
  insertion?: Insertion | undefined;
  /** @default the default recipe */
  recipe?: Recipe | undefined;
  /** @default 1 */
  seed?: number | undefined;
  /** Folder of the initial model. @default the embedded model */
  base?: string | undefined;
  /** Folder of the store. @default "runs" */
  folder?: string | undefined;
  /** @default "cpu" */
  device?: Device | undefined;
  parts?: string | undefined;
  signal?: AbortSignal | undefined;
  onStep?: ((progress: TrainProgress) => void) | undefined;
}

export interface TrainOutcome {
  trainingId: string;
  model: ModelRef;
  /** Absolute path of the run's folder. */
  folder: string;
  rows: number;
  steps: number;
  /** Mean loss of the last step; `null` when no step was noted. */
  loss: number | null;
  /** True when the store held this training already. */
  reused: boolean;
}

/** Fine-tunes one model in this process; what the store holds already is not done again. @throws UserError */
export async function trainOnce(options: TrainOptions): Promise<TrainOutcome> {
  const { insertion, recipe = recipeOf(), seed = 1, signal, onStep } = options;
  const base = { base: modelFolder(options.base ?? embeddedModel()) };
  const store = openStore(options.folder ?? "runs");
  const backend = await (await loadParts(options.parts)).createBackend({ threads: 1, device: options.device });
  try {
    const rows = options.rows.map((row) => ({
      ...row,
      messages: insertion ? insertPrompt(row.messages, insertion) : row.messages,
    }));
    const { id, model, reused } = await fineTune({ base, rows, recipe, seed }, { backend, store }, { signal, onStep });
    const last = store.readProgress(id).at(-1);
    const folder = store.modelFolder(id);
    const { step: steps = 0, loss = null } = last ?? {};
    return { trainingId: id, model, folder, rows: rows.length, steps, loss, reused };
  } finally {
    await backend.close();
  }
}
