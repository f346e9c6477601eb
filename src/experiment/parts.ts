import type { Backend } from "../backends/backend.ts";
import type { DeviceChoice } from "../engine/executors/device.ts";
import type { Setting } from "../settings/setting.ts";
import { remembered } from "./remembered.ts";

/** What a process works with. */
export interface BackendOptions {
  /** Threads within one operator. */
  threads: number;
  /** @default "auto" */
  device?: DeviceChoice | undefined;
}

/**
 * Where a process finds its backend and its settings. Functions don't cross to worker processes, so both are named by
 * a module that every process loads for itself.
 */
export interface PartsModule {
  /** @throws UserError when it cannot work on this machine */
  createBackend(options: BackendOptions): Backend | Promise<Backend>;
  /** @throws UserError with a suggestion when there is no such setting */
  getSetting(id: string): Setting;
}

/**
 * Loads a parts module by URL; absent: the embedded engine and the registered settings. Its settings remember the rows
 * and items that they have written.
 */
export async function loadParts(url?: string): Promise<PartsModule> {
  const { createBackend, getSetting }: PartsModule = await (url === undefined ? import("./embedded.ts") : import(url));
  const settings = new Map<string, Setting>();
  return {
    createBackend,
    getSetting: (id) => {
      const setting = settings.get(id) ?? remembered(getSetting(id));
      settings.set(id, setting);
      return setting;
    },
  };
}
