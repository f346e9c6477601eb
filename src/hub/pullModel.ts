import { existsSync, statSync } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { loadChatTemplate } from "../engine/model/chatTemplate.ts";
import { parseConfig } from "../engine/model/config.ts";
import { makeFolder, parseJsonObject, readText, writeAtomically } from "../engine/model/files.ts";
import { shardFiles } from "../engine/model/safetensors.ts";
import { loadTokenizer } from "../engine/model/tokenizer.ts";
import { expectSpace } from "../util/diskSpace.ts";
import { UserError } from "../util/errors.ts";
import { type Blob, fetchBlob, partialBytes } from "./fetchBlob.ts";
import { findSnapshot, hubCacheFolder, hubSetting, isCommit, repositoryFolder } from "./hubCache.ts";
import { createHubClient, type HubClient } from "./hubClient.ts";
import { hubError } from "./hubErrors.ts";
import { expectHubId, type HubId } from "./hubId.ts";
import { hubToken } from "./hubToken.ts";
import { blobOf, type ListedFile, type NeededFiles, neededFiles } from "./neededFiles.ts";
import { withRepositoryLock } from "./repositoryLock.ts";
import { retrying } from "./retrying.ts";

export interface PullOptions {
  /** A branch, a tag or a commit. @default "main" */
  revision?: string | undefined;
  /** Access token. @default HF_TOKEN, else the ecosystem's token file, else none */
  token?: string | undefined;
  /** The hub's address. @default HF_ENDPOINT, else the public hub */
  endpoint?: string | undefined;
  /** The ecosystem's cache. @default HF_HUB_CACHE, else `hub` in HF_HOME, else ~/.cache/huggingface/hub */
  cacheFolder?: string | undefined;
  /** Milliseconds before each new attempt after a broken connection. @default 1, 2, 4, 8 and 16 seconds */
  retryDelaysMs?: readonly number[] | undefined;
  /** Milliseconds after which a silent connection is given up. @default 30 seconds */
  stallMs?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: PullProgress) => void) | undefined;
}

export interface PullProgress {
  file: string;
  /** Bytes of this file, and of all files, that are there. */
  bytes: number;
  totalBytes: number;
  size: number;
  totalSize: number;
}

export interface PulledModel {
  id: string;
  revision: string;
  commit: string;
  /** The snapshot's folder: what `--model` takes, as it takes the id. */
  folder: string;
  files: { path: string; bytes: number; fetched: boolean }[];
  bytes: number;
  /** Bytes of the files that were not in the cache before. */
  fetchedBytes: number;
  /** What the user should know, e.g. that there is no chat template. */
  notes: string[];
}

/** What the steps of a pull share. */
interface Pull extends Pick<PullOptions, "signal" | "onProgress"> {
  hub: HubClient;
  id: HubId;
  /** The model's folder in the cache. */
  repository: string;
  snapshot: string;
  retryDelaysMs: readonly number[];
  stallMs: number;
  files: PulledModel["files"];
  totalSize: number;
}

/**
 * Fetches a model from the Hugging Face hub into the ecosystem's cache folder, in the layout of Python's tools: each
 * finds what the other fetched. A broken download is continued, every file's checksum is checked, and an architecture or
 * a tokenizer that is not supported is refused before the weights are fetched.
 *
 * @throws UserError when there is no such model, no access, no connection, no room, or the engine cannot read it
 * @throws InterruptedError when stopped; the next call continues
 */
export async function pullModel(name: string, options: PullOptions = {}): Promise<PulledModel> {
  const id = expectHubId(name, options.revision);
  const cache = options.cacheFolder ?? hubCacheFolder();
  const { signal, endpoint } = options;
  if (isOn(hubSetting("HF_HUB_OFFLINE"))) throw offline(id, cache);
  const hub = await createHubClient({ endpoint, token: hubToken(options.token), signal });
  const repository = repositoryFolder(cache, id);
  try {
    // Nothing is written for a model that is not there.
    const found = await retrying(() => ask(hub, id), { delaysMs: delaysOf(options).slice(0, 2), signal });
    const needed = neededFiles(found.listed, id.name);
    await makeFolder(repository);
    const work = () => pull(hub, { ...id, ...found, ...needed }, repository, options);
    return await withRepositoryLock(cache, basename(repository), work);
  } catch (error) {
    throw hubError(error, id, hub, signal);
  }
}

const isOn = (setting: string | undefined): boolean =>
  ["1", "true", "yes", "on"].includes(setting?.toLowerCase() ?? "");

function offline(id: HubId, cache: string): UserError {
  const there = findSnapshot(cache, id);
  const found = there?.complete ? `; it is in the cache already: ${there.folder}` : "";
  return new UserError(
    `HF_HUB_OFFLINE is set, so ${id.name} cannot be fetched${found || "; unset it, or use a folder that holds the model"}`,
  );
}

const delaysOf = ({ retryDelaysMs = [1000, 2000, 4000, 8000, 16_000] }: PullOptions): readonly number[] =>
  retryDelaysMs;

/** A model's commit, the files there, and which of them are needed. */
interface Found extends HubId, NeededFiles {
  commit: string;
  listed: ListedFile[];
}

async function pull(hub: HubClient, id: Found, repository: string, options: PullOptions): Promise<PulledModel> {
  const { commit, listed, texts, weights } = id;
  const { stallMs = 30_000, signal, onProgress } = options;
  const retryDelaysMs = delaysOf(options);
  const snapshot = join(repository, "snapshots", commit);
  const totalSize = [...texts, ...(weights === "from the index" ? [] : weights)].reduce(
    (sum, { size }) => sum + size,
    0,
  );
  const shared = { hub, id, repository, snapshot, retryDelaysMs, stallMs, signal, onProgress, totalSize };
  const work: Pull = { ...shared, files: [] };

  const config = texts.find(({ path }) => path === "config.json") as ListedFile;
  await provide(work, config, commit);
  const path = join(snapshot, "config.json");
  const { eosTokenIds } = parseConfig(parseJsonObject(await readText(path), path), `${id.name}: config.json`);
  for (const file of texts) if (file !== config) await provide(work, file, commit);
  const tokenizer = await loadTokenizer(snapshot);
  const notes = await noteTemplate(() => loadChatTemplate(snapshot, tokenizer, eosTokenIds));

  const shards = weights === "from the index" ? await listedShards(snapshot, listed, id) : weights;
  if (weights === "from the index") work.totalSize += shards.reduce((sum, { size }) => sum + size, 0);
  await expectSpace(repository, await missingBytes(work, shards, commit));
  for (const file of shards) await provide(work, file, commit);
  if (!isCommit(id.revision)) await writeAtomically(join(repository, "refs", id.revision), commit);
  const sum = (files: PulledModel["files"]): number => files.reduce((bytes, file) => bytes + file.bytes, 0);
  return {
    id: id.name,
    revision: id.revision,
    commit,
    folder: snapshot,
    files: work.files,
    bytes: sum(work.files),
    fetchedBytes: sum(work.files.filter(({ fetched }) => fetched)),
    notes,
  };
}

/** The commit that a revision stands for, and its files outside folders. */
async function ask(hub: HubClient, { name, revision }: HubId): Promise<{ commit: string; listed: ListedFile[] }> {
  const { listFiles, modelInfo } = await import("@huggingface/hub");
  const asked = { hubUrl: hub.endpoint, fetch: hub.fetch };
  const { sha } = await modelInfo({ name, revision, additionalFields: ["sha"], ...asked });
  if (typeof sha !== "string" || !isCommit(sha)) {
    throw new UserError(`${hub.endpoint} gives no commit for ${name}, but ${JSON.stringify(sha)}; use another mirror`);
  }
  const listed: ListedFile[] = [];
  for await (const entry of listFiles({ repo: { type: "model", name }, revision: sha, ...asked })) {
    if (entry.type === "file") listed.push(entry);
  }
  return { commit: sha, listed };
}

async function listedShards(snapshot: string, listed: readonly ListedFile[], { name }: HubId): Promise<ListedFile[]> {
  const path = join(snapshot, "model.safetensors.index.json");
  return shardFiles(await readText(path), path).files.map((shard) => {
    const file = listed.find((entry) => entry.path === shard);
    if (file) return file;
    throw new UserError(`${name}: the index lists ${shard}, but the repository has no such file`);
  });
}

/** A template is needed for training and sampling, but can be added by hand. */
async function noteTemplate(load: () => Promise<unknown>): Promise<string[]> {
  try {
    await load();
    return [];
  } catch (error) {
    if (error instanceof UserError) return [error.message];
    throw error;
  }
}

interface Place {
  blob: Blob;
  /** The content, under its checksum. */
  content: string;
  /** The file's name in the snapshot: a link to the content. */
  link: string;
}

function placeOf({ hub, id, repository, snapshot }: Pull, file: ListedFile, commit: string): Place {
  const blob = blobOf(file, `${id.name}/resolve/${commit}`, hub);
  return { blob, content: join(repository, "blobs", blob.checksum.hex), link: join(snapshot, file.path) };
}

const hasSize = (path: string, size: number): boolean => existsSync(path) && statSync(path).size === size;

async function missingBytes(work: Pull, files: readonly ListedFile[], commit: string): Promise<number> {
  let missing = 0;
  for (const file of files) {
    const { blob, content, link } = placeOf(work, file, commit);
    if (!hasSize(link, blob.size) && !hasSize(content, blob.size)) missing += blob.size - (await partialBytes(content));
  }
  return missing;
}

/** Puts a file into the snapshot, from the cache if it is there, else from the hub. */
async function provide(work: Pull, file: ListedFile, commit: string): Promise<void> {
  const { hub, files, signal, onProgress, retryDelaysMs: delaysMs, stallMs, totalSize } = work;
  const { blob, content, link } = placeOf(work, file, commit);
  const before = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const onBytes = (bytes: number): void =>
    onProgress?.({ file: file.path, bytes, totalBytes: before + bytes, size: blob.size, totalSize });
  const linked = hasSize(link, blob.size);
  const fetched = !linked && !hasSize(content, blob.size);
  if (fetched) {
    await makeFolder(dirname(content));
    await fetchBlob(hub, blob, content, { delaysMs, stallMs, signal, onBytes });
  }
  if (!linked) await linkTo(content, link);
  files.push({ path: file.path, bytes: blob.size, fetched });
  onBytes(blob.size);
}

/** A relative link, so that the cache can be moved; where links are not allowed (on Windows), the file itself. */
async function linkTo(content: string, link: string): Promise<void> {
  await mkdir(dirname(link), { recursive: true });
  await rm(link, { force: true });
  try {
    await symlink(relative(dirname(link), content), link);
  } catch (error) {
    if (!["EPERM", "ENOSYS", "EOPNOTSUPP"].includes(String((error as NodeJS.ErrnoException).code))) throw error;
    await rename(content, link);
  }
}
