import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { settings } from "../settings/registry.ts";
import type { Setting } from "../settings/setting.ts";
import { UserError } from "../util/errors.ts";
import { Collector } from "./collect.ts";
import { finiteJson, readJson, writeWhole } from "./files.ts";
import type { Identity } from "./materials.ts";
import { loadParts } from "./parts.ts";
import { type Plan, runsOf } from "./plan.ts";
import type { SealedPredictions, SettingResult } from "./result.ts";
import type { Screening } from "./screen.ts";
import { openStore, type Store } from "./store.ts";
import { type SummaryInput, summarize } from "./summarize.ts";

/** What was planned for a setting, and on what grounds: enough to compute its results from the store alone. */
export interface StoredPlan {
  plan: Plan;
  identity: Identity;
  screening: Screening;
  sealed: SealedPredictions;
  /** T*: level of each rated trait in the flawed data, by metric, where the setting has such traits. */
  dataLevels?: Record<string, number> | null;
}

/** A setting's id can hold slashes, a file's name cannot. */
function planPath(folder: string, settingId: string): string {
  return join(folder, "plans", `${settingId.replaceAll(/[/\\]/g, "+")}.json`);
}

/** Notes the latest plan of a setting, so that a report needs no arguments. */
export function savePlan(store: Store, { plan, identity, screening, sealed, dataLevels = null }: StoredPlan): void {
  const path = planPath(store.folder, plan.setting);
  writeWhole(path, `${finiteJson({ plan, identity, screening, sealed, dataLevels }, 2)}\n`);
}

/**
 * Results of what a store holds, without running anything.
 * @param settingIds absent: every setting that was run
 * @throws UserError when the folder holds no plan of a setting
 */
export async function readResults(
  folder: string,
  settingIds?: readonly string[],
  { parts }: { parts?: string | undefined } = {},
): Promise<SettingResult[]> {
  const plans = join(resolve(folder), "plans");
  const stored = existsSync(plans) ? readdirSync(plans).filter((name) => name.endsWith(".json")) : [];
  const held = stored.map((name) => (readJson(join(plans, name)) as StoredPlan).plan.setting);
  const ids = settingIds?.length ? settingIds : held.sort((a, b) => rank(a) - rank(b));
  if (ids.length === 0) {
    throw new UserError(
      `there is nothing to report in ${resolve(folder)}: run "inoculate reproduce" first, or name its folder`,
    );
  }
  const { getSetting } = await loadParts(parts);
  return ids.map((id) => {
    const { collector, input } = openPlan(folder, getSetting(id));
    return summarize(collector, input);
  });
}

/** Place in the registry's order; settings that it lacks come first. */
function rank(settingId: string): number {
  return [...settings.keys()].indexOf(settingId);
}

/** The latest plan of a setting in a store, with what the store holds of it. @throws UserError when there is none */
export function openPlan(folder: string, setting: Setting): { collector: Collector; input: SummaryInput } {
  const store = openStore(folder);
  const stored = readJson(planPath(resolve(folder), setting.id)) as StoredPlan | null;
  if (stored === null) {
    const remedy = `run "inoculate reproduce ${setting.id}" first`;
    throw new UserError(`${resolve(folder)} holds no plan of setting "${setting.id}": ${remedy}`);
  }
  const collector = new Collector(runsOf(stored.plan, setting), { setting, store, identity: stored.identity });
  return { collector, input: { ...stored, setting, store } };
}
