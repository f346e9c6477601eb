import { fileURLToPath } from "node:url";
import type { ModelRef } from "../backends/backend.ts";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { modelFolder } from "../hub/modelFolder.ts";
import { identify } from "./materials.ts";
import { loadParts } from "./parts.ts";
import type { ItemCounts } from "./plan.ts";
import { createPool } from "./pool.ts";
import { readCalibrations } from "./prediction/calibrations.ts";
import type { Study } from "./screen.ts";
import { openStore, type Store } from "./store.ts";
import { workerCount } from "./workerCount.ts";

/** Items where nothing else is asked for; what `--conditions all` uses. */
export const defaultItems: ItemCounts = {
  screen: 200,
  validation: 150,
  test: 600,
  testCapability: 600,
  testOther: 150,
};

export interface StudyOptions {
  /** Folder of the store. @default "runs" */
  folder?: string | undefined;
  /** Worker processes, one thread each. Results don't depend on it. @default the machine's cores; 1 on a GPU */
  workers?: number | undefined;
  /** Where models are trained and sampled. Results differ in the last digits. @default "auto" */
  device?: DeviceChoice | undefined;
  /** Folder of the initial model. @default the embedded model */
  base?: string | undefined;
  items?: Partial<ItemCounts> | undefined;
  /** File that `calibrate` wrote. @default what other embedded models taught */
  calibration?: string | undefined;
  /** URL of a parts module (backend and settings) for every process; absent: the embedded engine and its settings. */
  parts?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Half of the test items, for a first look within minutes: what the smaller sets of conditions and `try` use. */
export const firstLookItems: Partial<ItemCounts> = { test: 300, testCapability: 300, testOther: 100 };

/** The model that comes with this package. */
export function embeddedModel(): string {
  return fileURLToPath(new URL("../../models/tiny", import.meta.url));
}

/**
 * Opens everything that work on a setting needs, checking what can be checked before any work: the setting's name, the
 * model, the store's folder.
 * @throws UserError
 */
export async function openStudy(settingId: string, options: StudyOptions): Promise<Study & { store: Store }> {
  const { device, parts, signal } = options;
  const workers = workerCount(options);
  const { createBackend, getSetting } = await loadParts(parts);
  const setting = getSetting(settingId);
  const calibrations = readCalibrations(options.calibration);
  const base: ModelRef = { base: modelFolder(options.base ?? embeddedModel()) };
  const store = openStore(options.folder ?? "runs");
  const backend = await createBackend({ threads: 1, device });
  const grader = setting.createGrader();
  const identity = await identify(grader, backend, base).finally(() => Promise.all([grader.close(), backend.close()]));
  const pool = createPool({ workers, device, parts, store: store.folder, signal });
  const items = { ...defaultItems, ...options.items };
  return { setting, base, identity, items, store, pool, calibrations };
}
