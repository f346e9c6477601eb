import type { Backend } from "../backends/backend.ts";
import type { Setting } from "../settings/setting.ts";

/**
 * Where a process finds its backend and its settings. Functions don't cross to worker processes, so both are named by
 * a module that every process loads for itself.
 */
export interface PartsModule {
  /** @throws UserError when it cannot work on this machine */
  createBackend(options: { threads: number }): Backend | Promise<Backend>;
  /** @throws UserError with a suggestion when there is no such setting */
  getSetting(id: string): Setting;
}

/** Loads a parts module by URL; absent: the embedded engine and the registered settings. */
export function loadParts(url?: string): Promise<PartsModule> {
  return url === undefined ? import("./embedded.ts") : import(url);
}
