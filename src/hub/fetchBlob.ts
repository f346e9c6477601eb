import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { fileError } from "../engine/model/files.ts";
import { UserError } from "../util/errors.ts";
import type { HubClient } from "./hubClient.ts";
import { HubRefusal, TransientError } from "./hubErrors.ts";
import { type Patience, retrying } from "./retrying.ts";

/** A file's content as the hub describes it. */
export interface Blob {
  /** For messages. */
  path: string;
  url: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of large files, git's SHA-1 of small ones; hexadecimal. */
  checksum: { kind: "sha256" | "git"; hex: string };
}

export interface FetchOptions extends Patience {
  /** A connection that gives nothing for so long is given up. */
  stallMs: number;
  /** Bytes of this file that are there. */
  onBytes?: ((bytes: number) => void) | undefined;
}

/** Bytes that are there of a file that is being fetched to `path`. */
export const partialBytes = (path: string): Promise<number> => sizeOf(incomplete(path));

/** Named as earlier versions of Python's tools do, and go on with; later ones have a name per process. */
const incomplete = (path: string): string => `${path}.incomplete`;

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Fetches a file to `path`, where it appears as a whole and only if its checksum is right. What an earlier attempt left
 * is continued.
 *
 * @throws UserError when the disk is full, or the content is wrong twice
 * @throws HubRefusal, or what `fetch` throws, when the server refuses or cannot be reached
 */
export async function fetchBlob(hub: HubClient, blob: Blob, path: string, options: FetchOptions): Promise<void> {
  const partial = incomplete(path);
  for (let attempts = 1; ; attempts++) {
    let before = await sizeOf(partial);
    const advanced = async (): Promise<boolean> => {
      const [had, has] = [before, await sizeOf(partial)];
      before = has;
      return has > had;
    };
    await retrying(() => append(hub, blob, partial, options), options, advanced);
    const came = await checksumOf(partial, blob);
    if (came === blob.checksum.hex) break;
    await rm(partial);
    if (attempts === 2) {
      const { kind, hex } = blob.checksum;
      throw new UserError(
        `${blob.path}: what ${hub.endpoint} sent is damaged: expected ${kind} checksum ${hex}, got ${came}, twice; ` +
          "try again later, or another mirror (HF_ENDPOINT)",
      );
    }
  }
  await rename(partial, path);
}

/** Brings a partial file to its full size. @throws TransientError when the connection ends before */
async function append(hub: HubClient, blob: Blob, partial: string, options: FetchOptions): Promise<void> {
  const file = await open(partial, "a").catch((error) => {
    throw fileError(error, partial, "write");
  });
  try {
    const { size } = await file.stat();
    if (size > blob.size) await file.truncate(0);
    else if (size === blob.size) return;
    await appendFrom(hub, blob, file, options);
    await file.sync();
  } catch (error) {
    throw fileError(error, partial, "write");
  } finally {
    await file.close();
  }
}

async function appendFrom(hub: HubClient, { url, size }: Blob, file: FileHandle, options: FetchOptions): Promise<void> {
  const stall = new AbortController();
  const silent = (): void => stall.abort(new TransientError(`nothing came for ${options.stallMs / 1000} s`));
  let timer = setTimeout(silent, options.stallMs);
  const giveUp = options.signal ? AbortSignal.any([options.signal, stall.signal]) : stall.signal;
  try {
    let { size: at } = await file.stat();
    const response = await ranged(hub, url, at, giveUp, file);
    if (response.status !== 206 && at > 0) {
      await file.truncate(0);
      at = 0;
    }
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(silent, options.stallMs);
      for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done)).bytesWritten;
      at += chunk.length;
      options.onBytes?.(at);
      if (at > size) return;
    }
    if (at < size) throw new TransientError(`the connection ended after ${at} of ${size} bytes`);
  } catch (error) {
    throw stall.signal.aborted && !options.signal?.aborted ? stall.signal.reason : error;
  } finally {
    clearTimeout(timer);
    stall.abort();
  }
}

/** The file from a byte on. A server that has no such range is asked for all of it the next time. */
async function ranged(
  hub: HubClient,
  url: string,
  from: number,
  signal: AbortSignal,
  file: FileHandle,
): Promise<Response> {
  // Compressed, a range would be one of the compressed bytes.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (from > 0) headers.range = `bytes=${from}-`;
  try {
    const response = await hub.fetch(url, { headers, signal });
    const start = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (response.status !== 206 || Number(start) === from) return response;
    await response.body?.cancel();
    await file.truncate(0);
    throw new TransientError(`the server sent bytes from ${start} on, not from ${from}`);
  } catch (error) {
    if (error instanceof HubRefusal && error.status === 416) await file.truncate(0);
    throw error;
  }
}

async function checksumOf(path: string, { checksum, size }: Blob): Promise<string> {
  const hash = createHash(checksum.kind === "git" ? "sha1" : "sha256");
  if (checksum.kind === "git") hash.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  return hash.digest("hex");
}
