import { UserError } from "../util/errors.ts";
import { namesSettingFile, ownSetting } from "./own/ownSetting.ts";
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
  const found = findSetting(id);
  return settings.has(found.id) ? [...settings.values()].filter(({ family }) => family === found.family) : [found];
}

/**
 * A setting by its id, or one of one's own by the path of its file or folder.
 * @throws UserError naming the settings there are, or what is wrong with the file
 */
export function findSetting(id: string): Setting {
  const setting = settings.get(id) ?? (namesSettingFile(id) ? ownSetting(id) : undefined);
  if (setting !== undefined) return setting;
  throw new UserError(
    `setting: expected one of ${[...settings.keys()].join(", ")}, or the path of a setting.yaml, got "${id}"`,
  );
}
