import { UserError } from "../util/errors.ts";
import type { Setting } from "./setting.ts";
import { sycophancy } from "./sycophancy/sycophancy.ts";

/** Every setting, by id. */
export const settings: ReadonlyMap<string, Setting> = new Map([sycophancy].map((setting) => [setting.id, setting]));

/** @throws UserError naming the settings there are */
export function findSetting(id: string): Setting {
  const setting = settings.get(id);
  if (setting !== undefined) return setting;
  throw new UserError(`setting: expected one of ${[...settings.keys()].join(", ")}, got "${id}"`);
}
