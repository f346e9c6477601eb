import { availableParallelism } from "node:os";
import type { Backend, ModelRef } from "../backends/backend.ts";
import type { TrainRow } from "../data/chat.ts";
import { type Insertion, insertPrompt } from "../data/insertion.ts";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { type Recipe, recipe as recipeOf } from "../engine/train/recipe.ts";
import { modelFolder } from "../hub/modelFolder.ts";
import { type FineTuned, type FineTuneHooks, fineTune } from "./fineTune.ts";
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
  /**
   * Model FLOPs utilization: floating-point operations of the model's matrix products per processor second, over what
   * this machine reaches when it does nothing but multiply 1024 x 1024 matrices. `null` when nothing was trained now, or
   * the backend cannot tell.
   */
  flopsUtilization: number | null;
  /** Model FLOPs per processor second, in 10^9. `null` as above. */
  gigaflopsPerSecond: number | null;
}

/** Fine-tunes one model in this process; what was done of it before is not done again. @throws UserError */
export async function trainOnce(options: TrainOptions): Promise<TrainOutcome> {
  const { insertion, recipe = recipeOf(), seed = 1 } = options;
  const base = { base: modelFolder(options.base ?? embeddedModel()) };
  const store = openStore(options.folder ?? "runs");
  const backend = await (await loadParts(options.parts)).createBackend({
    threads: 1,
    cores: availableParallelism(),
    device: options.device,
  });
  try {
    const rows = options.rows.map((row) => ({
      ...row,
      messages: insertion ? insertPrompt(row.messages, insertion) : row.messages,
    }));
    const { id, model, reused, work } = await fineTune({ base, rows, recipe, seed }, { backend, store }, options);
    const last = store.readProgress(id).at(-1);
    const folder = store.modelFolder(id);
    const { step: steps = 0, loss = null } = last ?? {};
    const paddingShare = last?.positions === undefined ? null : 1 - last.tokens / last.positions;
    const utilization = await utilizationOf(work, backend, base);
    return { trainingId: id, model, folder, rows: rows.length, steps, loss, paddingShare, reused, ...utilization };
  } finally {
    await backend.close();
  }
}

async function utilizationOf(
  work: FineTuned["work"],
  backend: Backend,
  base: ModelRef,
): Promise<Pick<TrainOutcome, "flopsUtilization" | "gigaflopsPerSecond">> {
  if (work === undefined || work.seconds === 0) return { flopsUtilization: null, gigaflopsPerSecond: null };
  const rate = work.flops / work.seconds;
  const best = await backend.matmulRate?.(base);
  return { flopsUtilization: best === undefined ? null : rate / best, gigaflopsPerSecond: rate / 1e9 };
}
