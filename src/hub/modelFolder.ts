import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../util/errors.ts";
import { findSnapshot, hubCacheFolder } from "./hubCache.ts";
import { parseHubId } from "./hubId.ts";

/**
 * The folder that a model's name stands for: a path as it is; else `organization/name` or `organization/name@revision`
 * of the Hugging Face hub, if it has been fetched.
 *
 * @param from folder that a relative path starts from. @default the working folder, and the path stays as it is
 * @throws UserError when there is no such folder, saying how to fetch a model
 */
export function modelFolder(name: string, from?: string): string {
  const path = from === undefined ? name : resolve(from, name);
  if (existsSync(path)) return path;
  const id = parseHubId(name);
  const snapshot = id && findSnapshot(hubCacheFolder(), id);
  if (snapshot?.complete) return snapshot.folder;
  const revision = id && id.revision !== "main" ? ` --revision ${id.revision}` : "";
  const pull = id && `inoculate model pull ${id.name}${revision}`;
  if (snapshot) throw new UserError(`${name} has not been fetched completely (${snapshot.folder}); run: ${pull}`);
  const fetched = pull === undefined ? "" : `, or fetch it from the Hugging Face hub first: ${pull};`;
  throw new UserError(
    `there is no model folder ${path}: name a folder in Hugging Face format${fetched} or leave it out for the embedded model`,
  );
}
