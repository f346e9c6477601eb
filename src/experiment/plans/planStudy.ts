import { availableParallelism } from "node:os";
import { UserError } from "../../util/errors.ts";
import { Collector } from "../collect.ts";
import { type Identity, identify } from "../materials.ts";
import { loadParts } from "../parts.ts";
import { openStore, type Store } from "../store.ts";
import type { StudyOptions } from "../study.ts";
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
}

export type PlanOptions = Omit<StudyOptions, "base" | "items">;

/**
 * Opens a plan: reads and checks all of it, identifies every model and builds the data of every training. Nothing is
 * trained or sampled.
 * @throws UserError with all mistakes of the file, or for what only the machine tells
 */
export async function openPlanStudy(file: string, options: PlanOptions): Promise<PlanStudy> {
  const { workers = availableParallelism(), parts, folder = "runs" } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new UserError(`workers: expected a whole number from 1 on, got ${workers}`);
  }
  const { createBackend, getSetting } = await loadParts(parts);
  const plan = readPlan(file, getSetting);
  const store = openStore(folder);
  const backend = await createBackend({ threads: 1 });
  try {
    const units: OpenUnit[] = [];
    for (const unit of planUnits(plan)) {
      const { setting, base, runs } = unit;
      const grader = setting.createGrader();
      const identity = await identify(grader, backend, base.model).finally(() => grader.close());
      units.push({ ...unit, identity, collector: new Collector(runs, { setting, store, identity }) });
    }
    return { plan, units, store, workers };
  } finally {
    await backend.close();
  }
}
