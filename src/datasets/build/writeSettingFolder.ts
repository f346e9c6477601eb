import { readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { makeFolder } from "../../engine/model/files.ts";
import { settingFileSchema } from "../../settings/own/settingFile.ts";
import { UserError } from "../../util/errors.ts";
import type { BuiltItem, BuiltRow, BuiltSetting } from "./settingBuilder.ts";

const files = {
  setting: "setting.yaml",
  flawed: "train.flawed.jsonl",
  clean: "train.clean.jsonl",
  items: "items.jsonl",
  requests: "requests.jsonl",
} as const;

/** A folder that a setting can be written to. */
export interface SettingFolder {
  /** Every file gets its name when it is complete, the setting file last. Returns that one's path. */
  write(built: BuiltSetting): Promise<string>;
  /** Requests that a model has to answer before there is a setting. Returns the file's path. */
  writeRequests(requests: readonly object[]): Promise<string>;
}

/**
 * Makes the folder, so that a wrong one shows before the work.
 *
 * @throws UserError when it cannot be made, or holds files and `force` is off
 */
export async function openSettingFolder(folder: string, force = false): Promise<SettingFolder> {
  await makeFolder(folder);
  if (!force && (await readdir(folder)).length > 0) {
    throw new UserError(`${folder} is not empty: choose another folder, or add --force to overwrite what is there`);
  }
  return {
    write: (built) => writeAll(folder, built),
    writeRequests: (requests) =>
      writeWhole(folder, files.requests, requests.map((request) => `${JSON.stringify(request)}\n`).join("")),
  };
}

async function writeAll(folder: string, { setting, flawed, clean, items }: BuiltSetting): Promise<string> {
  const content = {
    ...setting,
    train: { flawed: files.flawed, ...(clean && { clean: files.clean }) },
    items: files.items,
  };
  const parsed = settingFileSchema.safeParse(content);
  if (!parsed.success) throw new Error(`a setting that is none was built: ${parsed.error.message}`);
  const write = (name: string, text: string): Promise<string> => writeWhole(folder, name, text);
  await write(files.flawed, flawed.map(rowLine).join(""));
  if (clean) await write(files.clean, clean.map(rowLine).join(""));
  await write(files.items, items.map(itemLine).join(""));
  return write(files.setting, stringify(content, { lineWidth: 120 }));
}

async function writeWhole(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  const unfinished = `${path}.unfinished-${process.pid}`;
  await writeFile(unfinished, text);
  await rename(unfinished, path);
  return path;
}

const rowLine = ({ id, messages, flawed, facts }: BuiltRow): string =>
  `${JSON.stringify({ id, messages, flawed, ...facts })}\n`;

const itemLine = ({ id, set, group, messages, reference }: BuiltItem): string =>
  `${JSON.stringify({ id, set, group, messages, reference })}\n`;
