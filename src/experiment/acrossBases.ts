import { UserError } from "../util/errors.ts";
import { effectOf } from "./effect.ts";
import { loadParts } from "./parts.ts";
import type { EffectResult } from "./result.ts";
import { openPlan } from "./storedPlan.ts";
import { effectArmsOf } from "./summarize.ts";

/**
 * The effect of the selected prompt over several base models, each with a store of its own in which the setting was
 * run: means over the bases, with intervals that draw bases, their seeds and items anew. Each base has selected its own
 * prompt; one that selected none leaves the effect undefined, with the reason.
 * @throws UserError for a folder without the setting's runs, or when bases were asked different items
 */
export async function acrossBases(
  folders: readonly string[],
  settingId: string,
  { parts, resamples }: { parts?: string | undefined; resamples?: number | undefined } = {},
): Promise<EffectResult> {
  const { getSetting } = await loadParts(parts);
  const setting = getSetting(settingId);
  const metric = (id: string) => setting.metrics.find((candidate) => candidate.id === id) ?? fail(settingId, id);
  const plans = folders.map((folder) => ({ folder, ...openPlan(folder, setting) }));
  const items = plans.map(({ input }) => JSON.stringify(input.plan.items));
  const odd = plans.find((_, index) => items[index] !== items[0]);
  if (odd !== undefined) {
    throw new UserError(`${odd.folder}: expected the items of ${folders[0]}, got others; run both with equal options`);
  }
  return effectOf(
    plans.map(({ collector, input }) => effectArmsOf(collector, input)),
    {
      behavior: metric(setting.behaviorMetric),
      capability: metric(setting.capabilityMetric),
      abstained: plans.some(({ input }) => input.sealed.selected === null),
      resamples,
    },
  );
}

function fail(settingId: string, id: string): never {
  throw new UserError(`setting "${settingId}" has no metric "${id}"`);
}
