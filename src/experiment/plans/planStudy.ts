import type { DeviceChoice } from "../../engine/executors/device.ts";
import { Collector } from "../collect.ts";
import { type Identity, identify } from "../materials.ts";
import { loadParts } from "../parts.ts";
import { openStore, type Store } from "../store.ts";
import type { StudyOptions } from "../study.ts";
import { workerCount } from "../workerCount.ts";
import { type PlanUnit, planUnits } from "./planRuns.ts";
import { readPlan, type ValidPlan } from "./readPlan.ts";

/** A part of a plan with what the store holds of it. */
export interface OpenUnit extends PlanUnit {
  identity: Identity;
  collector: Collector;
}

/** A plan that was checked against the parts, the models and the store. */
export interface PlanStudy {
  plan: ValidPlan;
  units: OpenUnit[];
  store: Store;
  workers: number;
  device: DeviceChoice | undefined;
}

export type PlanOptions = Omit<StudyOptions, "base" | "items">;

/**
 * Opens a plan: reads and checks all of it, identifies every model and builds the data of every training. Nothing is
 * trained or sampled.
 * @throws UserError with all mistakes of the file, or for what only the machine tells
 */
export async function openPlanStudy(file: string, options: PlanOptions): Promise<PlanStudy> {
  const { device, parts, folder = "runs" } = options;
  const workers = workerCount(options);
  const { createBackend, getSetting } = await loadParts(parts);
  const plan = readPlan(file, getSetting);
  const store = openStore(folder);
  const backend = await createBackend({ threads: 1, device });
  try {
    const units: OpenUnit[] = [];
    for (const unit of planUnits(plan)) {
      const { setting, base, runs } = unit;
      const grader = setting.createGrader();
      const identity = await identify(grader, backend, base.model).finally(() => grader.close());
      units.push({ ...unit, identity, collector: new Collector(runs, { setting, store, identity }) });
    }
    return { plan, units, store, workers, device };
  } finally {
    await backend.close();
  }
}
