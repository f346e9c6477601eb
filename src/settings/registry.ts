import { UserError } from "../util/errors.ts";
import { rewardHacking, rewardHackingAll } from "./rewardHacking/rewardHacking.ts";
import type { Setting } from "./setting.ts";
import { spuriousCorrelation } from "./spuriousCorrelation/spuriousCorrelation.ts";
import { sycophancy } from "./sycophancy/sycophancy.ts";
import { toxicity } from "./toxicity/toxicity.ts";
import { traitPairs } from "./traitPairs/traitPairs.ts";

/** Every setting and variant, by id; the first variant of a family goes by the family's name. */
export const settings: ReadonlyMap<string, Setting> = new Map(
  [sycophancy, ...spuriousCorrelation, rewardHacking, rewardHackingAll, toxicity, ...traitPairs].map((setting) => [
    setting.id,
    setting,
  ]),
);

/** The settings' first variants: what is meant where no variant is named. */
export const families: readonly Setting[] = [...settings.values()].filter(({ id, family }) => id === family);

/** All variants of the setting with this id, the first one first. */
export function variantsOf(id: string): Setting[] {
  const { family } = findSetting(id);
  return [...settings.values()].filter((setting) => setting.family === family);
}

/** @throws UserError naming the settings there are */
export function findSetting(id: string): Setting {
  const setting = settings.get(id);
  if (setting !== undefined) return setting;
  throw new UserError(`setting: expected one of ${[...settings.keys()].join(", ")}, got "${id}"`);
}
