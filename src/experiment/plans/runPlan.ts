import type { OnEvent } from "../events.ts";
import { createPool } from "../pool.ts";
import { runAll } from "../runAll.ts";
import { type PlanTable, planTable } from "./planResult.ts";
import { openPlanStudy, type PlanOptions, type PlanStudy } from "./planStudy.ts";
import { type PlanPreview, previewPlan } from "./previewPlan.ts";

export interface RunPlanOptions extends PlanOptions {
  /** Only look at what would be done. @default false */
  dryRun?: boolean | undefined;
  /** Called once, before any run. */
  onPreview?: ((preview: PlanPreview) => void) | undefined;
  /** Runs' events, as of `reproduce`. */
  onEvent?: OnEvent | undefined;
}

/** The object that `run --json` ends with. */
export interface PlanResult {
  plan: string;
  title: string;
  dryRun: boolean;
  preview: PlanPreview;
  /** One per setting and initial model, from all that the store holds of the plan. */
  settings: PlanTable[];
  seconds: number;
}

/**
 * Does all that a plan asks for, on the runs and the store that `reproduce` works with: what the store holds already,
 * from whichever command, is not done again; stopping at any moment and starting again gives the same tables.
 * @throws UserError before any work, with every mistake of the file; InterruptedError when stopped
 */
export async function runPlan(file: string, options: RunPlanOptions = {}): Promise<PlanResult> {
  return runOpenPlan(await openPlanStudy(file, options), options);
}

/** The same for a plan that is open already. */
export async function runOpenPlan(study: PlanStudy, options: RunPlanOptions = {}): Promise<PlanResult> {
  const started = performance.now();
  const { parts, dryRun = false, onPreview, onEvent } = options;
  const { plan, units, store, workers, device } = study;
  const preview = await previewPlan(study, parts);
  onPreview?.(preview);
  if (!dryRun) {
    // One failure stops the other workers too.
    const stopping = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal;
    const pool = createPool({ workers, device, parts, store: store.folder, signal });
    const runs = units.flatMap(({ collector }) => collector.collect());
    await runAll({ pool, store }, runs, { workers, onEvent, stopping }).finally(() => pool.close());
  }
  const settings = units.map((unit) => planTable(unit, store));
  const seconds = (performance.now() - started) / 1000;
  return { plan: plan.file, title: plan.title, dryRun, preview, settings, seconds };
}
