import { realpathSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { expectSpace } from "../../util/diskSpace.ts";
import { UserError } from "../../util/errors.ts";
import { makeFolder } from "./files.ts";

export interface OutputFolder {
  /** Folders that are read meanwhile and must stay as they are. */
  sources: readonly string[];
  /** Bytes that will be written. */
  bytes: number;
  /** Files may be overwritten. @default false */
  force?: boolean | undefined;
}

/**
 * Makes a folder that a model can be written to.
 *
 * @throws UserError when it holds files and `force` is off, is one of the sources, cannot be made, or the disk is too small
 */
export async function openOutputFolder(folder: string, { sources, bytes, force = false }: OutputFolder): Promise<void> {
  await makeFolder(folder);
  const own = realpathSync(folder);
  const source = sources.find((other) => realpathSync(resolve(other)) === own);
  if (source !== undefined) {
    throw new UserError(`${folder} is the folder that is read; choose another folder for the result`);
  }
  if (!force && (await readdir(folder)).length > 0) {
    throw new UserError(`${folder} is not empty: choose another folder, or add --force to overwrite what is there`);
  }
  await expectSpace(folder, bytes);
}
