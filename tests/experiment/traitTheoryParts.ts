import type { Setting } from "../../src/settings/setting.ts";
import { toySetting } from "./toyParts.ts";

export { createBackend } from "./toyParts.ts";

/** The toy with its behavior as a rated trait. */
export function getSetting(): Setting {
  return { ...toySetting, traits: [{ metric: "agreementRate", title: "agreeing", role: "unwanted" }] };
}
