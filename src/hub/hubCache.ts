import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { HubId } from "./hubId.ts";

/** A commit's name: 40 hexadecimal digits. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/** A setting of the ecosystem from the environment; empty counts as absent, `~` is the home folder. */
export function hubSetting(name: string): string | undefined {
  const value = process.env[name];
  if (value === undefined || value === "") return undefined;
  return value.replace(/^~(?=$|[/\\])/, homedir());
}

/** The folder of all that belongs to the ecosystem: HF_HOME, else `huggingface` in the user's cache folder. */
export function hubHome(): string {
  return hubSetting("HF_HOME") ?? join(hubSetting("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "huggingface");
}

/** The folder that Python's tools keep downloaded models in: HF_HUB_CACHE, else `hub` in HF_HOME. */
export function hubCacheFolder(): string {
  return hubSetting("HF_HUB_CACHE") ?? hubSetting("HUGGINGFACE_HUB_CACHE") ?? join(hubHome(), "hub");
}

/** The folder of one model's `blobs`, `refs` and `snapshots`. */
export function repositoryFolder(cache: string, { name }: Pick<HubId, "name">): string {
  return join(cache, `models--${name.replaceAll("/", "--")}`);
}

/** A model's files at one commit. */
export interface Snapshot {
  folder: string;
  commit: string;
  /** Configuration, tokenizer and all weights are there. */
  complete: boolean;
}

/** What the cache has of a model's revision, whoever fetched it; `undefined` if nothing. */
export function findSnapshot(cache: string, id: HubId): Snapshot | undefined {
  const repository = repositoryFolder(cache, id);
  const commit = isCommit(id.revision) ? id.revision : readIfThere(join(repository, "refs", id.revision))?.trim();
  if (commit === undefined) return undefined;
  const folder = join(repository, "snapshots", commit);
  return existsSync(folder) ? { folder, commit, complete: isComplete(folder) } : undefined;
}

function isComplete(folder: string): boolean {
  const has = (name: string): boolean => existsSync(join(folder, name));
  if (!has("config.json") || !has("tokenizer.json")) return false;
  if (has("model.safetensors")) return true;
  const index = readIfThere(join(folder, "model.safetensors.index.json"));
  return index !== undefined && [...new Set(Object.values(weightMap(index)))].every(has);
}

/** Which shard holds each tensor; a torn index names one that is never there. */
function weightMap(index: string): Record<string, string> {
  try {
    return JSON.parse(index).weight_map ?? { torn: "torn" };
  } catch {
    return { torn: "torn" };
  }
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
