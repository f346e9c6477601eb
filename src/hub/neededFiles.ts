import { UserError } from "../util/errors.ts";
import type { Blob } from "./fetchBlob.ts";
import type { HubClient } from "./hubClient.ts";

/** A file of a repository, as the hub lists it. */
export interface ListedFile {
  path: string;
  size: number;
  /** git's name of the content; of large files, of the pointer to it. */
  oid?: string;
  /** Of large files, the content's own SHA-256. */
  lfs?: { oid: string; size: number };
}

const single = "model.safetensors";
const index = "model.safetensors.index.json";
const texts = /^(config|generation_config|special_tokens_map|added_tokens|tokenizer[^/]*|chat_template)\.(json|jinja)$/;

/** What the engine needs of a repository: text files, and either the weights' file or the shards' index. */
export interface NeededFiles {
  texts: ListedFile[];
  /** One file, or those that the index will name. */
  weights: ListedFile[] | "from the index";
}

/**
 * Picks what the engine reads; nothing that could run code when loaded.
 *
 * @param where the repository, in errors
 * @throws UserError when what is needed is not there, saying what is in its place
 */
export function neededFiles(listed: readonly ListedFile[], where: string): NeededFiles {
  const found = (path: string): ListedFile | undefined => listed.find((file) => file.path === path);
  const others = (pattern: RegExp): string => {
    const names = listed.map(({ path }) => path).filter((path) => pattern.test(path));
    return names.length === 0 ? "" : `; it has ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""}`;
  };
  if (!found("config.json")) {
    const adapter = found("adapter_config.json");
    const reason = adapter ? "it holds an adapter; fetch its base model" : "it is no model in Hugging Face format";
    throw new UserError(`${where}: there is no config.json: ${reason}`);
  }
  if (!found("tokenizer.json")) {
    const there = others(/^(tokenizer\.model|vocab\.(json|txt)|spiece\.model|tekken\.json)$/);
    throw new UserError(`${where}: there is no tokenizer.json${there}; choose a repository with a fast tokenizer`);
  }
  const weights = found(single) ?? found(index);
  if (!weights) {
    const there = others(/\.(bin|pt|pth|gguf|h5|msgpack|safetensors)$/);
    throw new UserError(
      `${where}: there is no ${single} nor an index of its shards${there}; choose a repository with weights in that format`,
    );
  }
  const needed = listed.filter(({ path }) => texts.test(path) || (path === index && weights.path === index));
  return { texts: needed, weights: weights.path === single ? [weights] : "from the index" };
}

/** How a listed file is fetched and checked. @throws UserError when the hub gives no checksum */
export function blobOf({ path, size, oid, lfs }: ListedFile, base: string, hub: HubClient): Blob {
  const url = `${hub.endpoint}/${base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  if (lfs && /^[0-9a-f]{64}$/.test(lfs.oid)) {
    return { path, url, size: lfs.size, checksum: { kind: "sha256", hex: lfs.oid } };
  }
  if (oid !== undefined && /^[0-9a-f]{40}$/.test(oid)) return { path, url, size, checksum: { kind: "git", hex: oid } };
  throw new UserError(`${path}: ${hub.endpoint} gives no checksum for it; use another mirror (HF_ENDPOINT)`);
}
