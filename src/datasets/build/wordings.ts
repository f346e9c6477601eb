import { readFile } from "node:fs/promises";
import { z } from "zod";
import { promptKinds, type SettingFile } from "../../settings/own/settingFile.ts";
import { UserError } from "../../util/errors.ts";
import { checkTemplate, slot } from "./template.ts";

/** How questions of a setting are worded: a template with a slot, and the prompts that can stand in it. */
export interface Wordings {
  template: string;
  prompts: SettingFile["prompts"];
}

const wordingsSchema = z.looseObject({
  template: z.string().min(1),
  prompts: z
    .array(z.looseObject({ id: z.string().regex(/^[\w.-]+$/), kind: z.enum(promptKinds), text: z.string() }))
    .min(1),
});

/**
 * The wordings of one setting from a file of several, e.g. a paper's: `{"reward-hacking": {"template": "... {inoculation
 * prompt} ...", "prompts": [{"id", "kind", "text"}, ...]}, ...}`.
 *
 * @param names the template's other placeholders
 * @throws UserError naming file and field of what is not as expected
 */
export async function readWordings(file: string, setting: string, names: readonly string[]): Promise<Wordings> {
  const all = await readObject(file);
  if (all[setting] === undefined) {
    const known = Object.keys(all).join(", ") || "none";
    throw new UserError(`${file}: expected wordings for "${setting}", found only: ${known}`);
  }
  const parsed = wordingsSchema.safeParse(all[setting]);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`${file}: ${[setting, ...(issue?.path ?? [])].join(".")}: ${issue?.message}`);
  }
  const { template, prompts } = parsed.data;
  checkTemplate(template, names, `${file}: ${setting}.template`);
  const neutral = prompts.filter(({ kind }) => kind === "neutral").length;
  if (neutral !== 1) {
    throw new UserError(
      `${file}: ${setting}.prompts: expected exactly one of kind "neutral" (its text may be empty), found ${neutral}`,
    );
  }
  return { template, prompts: prompts.map(({ id, kind, text }) => ({ id, kind, text })) };
}

/** The placement of prompts in questions that are made from a template. */
export const slotPlacement = { slot } as const;

async function readObject(file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, "utf8"));
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new UserError(`${file}: expected a JSON object with wordings (${(error as Error).message})`);
  }
  throw new UserError(`${file}: expected a JSON object with wordings by setting`);
}
