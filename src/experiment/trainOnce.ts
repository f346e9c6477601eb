import type { ModelRef } from "../backends/backend.ts";
import type { TrainRow } from "../data/chat.ts";
import { type Insertion, insertPrompt } from "../data/insertion.ts";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { type Recipe, recipe as recipeOf } from "../engine/train/recipe.ts";
import { modelFolder } from "../hub/modelFolder.ts";
import { type FineTuneHooks, fineTune } from "./fineTune.ts";
import { loadParts } from "./parts.ts";
import { openStore } from "./store.ts";
import { embeddedModel } from "./study.ts";

export interface TrainOptions extends FineTuneHooks {
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
  /** @default "auto" */
  device?: DeviceChoice | undefined;
  parts?: string | undefined;
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
  /** Share of the computed positions that held no token; `null` when it was not noted. */
  paddingShare: number | null;
  /** True when the store held this training already. */
  reused: boolean;
}

/** Fine-tunes one model in this process; what was done of it before is not done again. @throws UserError */
export async function trainOnce(options: TrainOptions): Promise<TrainOutcome> {
  const { insertion, recipe = recipeOf(), seed = 1 } = options;
  const base = { base: modelFolder(options.base ?? embeddedModel()) };
  const store = openStore(options.folder ?? "runs");
  const backend = await (await loadParts(options.parts)).createBackend({ threads: 1, device: options.device });
  try {
    const rows = options.rows.map((row) => ({
      ...row,
      messages: insertion ? insertPrompt(row.messages, insertion) : row.messages,
    }));
    const { id, model, reused } = await fineTune({ base, rows, recipe, seed }, { backend, store }, options);
    const last = store.readProgress(id).at(-1);
    const folder = store.modelFolder(id);
    const { step: steps = 0, loss = null } = last ?? {};
    const paddingShare = last?.positions === undefined ? null : 1 - last.tokens / last.positions;
    return { trainingId: id, model, folder, rows: rows.length, steps, loss, paddingShare, reused };
  } finally {
    await backend.close();
  }
}
