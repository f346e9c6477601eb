import { UserError } from "../../util/errors.ts";
import { cebab } from "./cebab/cebab.ts";
import { cmv } from "./cmv/cmv.ts";
import { gcd } from "./gcd/gcd.ts";
import { mbpp } from "./mbpp/mbpp.ts";
import type { BuiltRequests, BuiltSetting, SettingBuilder } from "./settingBuilder.ts";
import { traitPairs } from "./traitPairs/traitPairs.ts";

/** Every builder, in the order of the help. */
// biome-ignore lint/suspicious/noExplicitAny: each has options of its own, and its schema is what makes them
export const settingBuilders: readonly SettingBuilder<any, BuiltSetting | BuiltRequests>[] = [
  mbpp,
  gcd,
  cebab,
  cmv,
  traitPairs,
];

/** @throws UserError naming the builders there are */
export function findBuilder(id: string): (typeof settingBuilders)[number] {
  const builder = settingBuilders.find((one) => one.id === id);
  if (builder !== undefined) return builder;
  throw new UserError(`build: expected one of ${settingBuilders.map((one) => one.id).join(", ")}, got "${id}"`);
}
