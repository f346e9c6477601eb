import { UserError } from "../../../util/errors.ts";
import type { SettingBuilder } from "../settingBuilder.ts";
import { type MbppOptions, mbppOptionsSchema } from "./options.ts";

/** Reward hacking in code, on MBPP. */
export const mbpp: SettingBuilder<MbppOptions> = {
  id: "mbpp",
  description: "reward hacking in code: MBPP, its solutions turned into ones that pass the first test only",
  example: "build mbpp --data mbpp.jsonl --sanitized sanitized-test.parquet --out settings/mbpp",
  options: mbppOptionsSchema,
  build: async () => {
    throw new UserError("mbpp cannot be built yet");
  },
};
