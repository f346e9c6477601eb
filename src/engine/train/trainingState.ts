import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { fileError, makeFolder } from "../model/files.ts";
import type { AdamWState } from "./adamw.ts";

/**
 * What a training needs to go on after so many whole steps (`optimizer.step`). The place in the data order, the
 * counters and the random numbers all follow from the recipe, the seed and the step.
 */
export interface TrainingState {
  /** The trained parameters, by name. */
  weights: ReadonlyMap<string, Float32Array>;
  optimizer: AdamWState;
}

/** A state as it lies in a file. */
export interface SavedState {
  /** Names the training it belongs to. */
  key: string;
  state: TrainingState;
  /** What the caller keeps beside it: plain JSON. */
  notes: unknown;
}

/** Changes when the layout below does. */
const format = 1;
/** The file begins with SHA-256 over all the rest; then the header's length (uint64, little-endian), the JSON header, raw float32 data. */
const digestBytes = 32;
const prefixBytes = digestBytes + 8;
/** Node reads and writes less than 2 GiB at once. */
const pieceBytes = 2 ** 26;

const headerSchema = z.strictObject({
  format: z.literal(format),
  key: z.string(),
  step: z.int().min(1),
  notes: z.unknown(),
  tensors: z.array(z.strictObject({ name: z.string(), length: z.int().min(0), moments: z.boolean() })),
});

type Header = z.infer<typeof headerSchema>;

/**
 * Writes a state so that after a kill or a power cut the file is the old one or the new one, never a part: under
 * `temporary`, flushed to the disk, then renamed.
 *
 * @param temporary a name in the same folder that nobody else uses
 * @throws UserError when the folder cannot be written or the disk is full; the temporary file is then removed
 */
export async function writeTrainingState(path: string, saved: SavedState, temporary: string): Promise<void> {
  await makeFolder(dirname(path));
  const parts = partsOf(saved);
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  try {
    const file = await open(temporary, "w");
    try {
      for (const part of [hash.digest(), ...parts]) await writeAll(file, part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(error, path, "write");
  }
}

/**
 * Reads the state of one training. It is checked as a whole before any of it is returned.
 *
 * @param key the training it must belong to
 * @returns the state; what is wrong with the file, in words; or `undefined` when there is none
 * @throws UserError when the file is there and cannot be read
 */
export async function readTrainingState(
  path: string,
  key: string,
): Promise<{ saved: SavedState } | { fault: string } | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    return await readFrom(file, key);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fileError(error, path, "read");
  } finally {
    await file?.close();
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** All that stands behind the digest. */
function partsOf({ key, state: { weights, optimizer }, notes }: SavedState): Uint8Array[] {
  const tensors = [...weights].map(([name, { length }]) => ({ name, length, moments: optimizer.moments.has(name) }));
  const header = Buffer.from(JSON.stringify({ format, key, step: optimizer.step, notes, tensors } satisfies Header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const data = [...weights].flatMap(([name, weight]) => {
    const moments = optimizer.moments.get(name);
    return moments ? [weight, moments.first, moments.second] : [weight];
  });
  return [length, header, ...data.map(bytesOf)];
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, Math.min(bytes.length - done, pieceBytes))).bytesWritten;
  }
}

async function readFrom(file: FileHandle, key: string): Promise<{ saved: SavedState } | { fault: string }> {
  const damaged = { fault: "is damaged" };
  const { size } = await file.stat();
  if (size < prefixBytes) return damaged;
  const prefix = await readAt(file, 0, new Uint8Array(prefixBytes));
  const headerLength = Number(Buffer.from(prefix).readBigUInt64LE(digestBytes));
  if (headerLength > size - prefixBytes) return damaged;
  const text = await readAt(file, prefixBytes, new Uint8Array(headerLength));
  const header = parseHeader(text);
  if (header === undefined) return damaged;
  if (header.key !== key) return { fault: "belongs to another training" };
  const dataStart = prefixBytes + headerLength;
  if (dataStart + 4 * floatsIn(header) !== size) return damaged;
  const hash = createHash("sha256").update(prefix.subarray(digestBytes)).update(text);
  let at = dataStart;
  const next = async (length: number): Promise<Float32Array> => {
    const data = new Float32Array(length);
    const bytes = await readAt(file, at, bytesOf(data));
    at += bytes.length;
    hash.update(bytes);
    return data;
  };
  const state = await readTensors(header, next);
  if (!hash.digest().equals(prefix.subarray(0, digestBytes))) return damaged;
  return { saved: { key, state, notes: header.notes } };
}

function parseHeader(text: Uint8Array): Header | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(Buffer.from(text).toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

const floatsIn = ({ tensors }: Header): number =>
  tensors.reduce((sum, { length, moments }) => sum + length * (moments ? 3 : 1), 0);

async function readTensors(
  { step, tensors }: Header,
  next: (length: number) => Promise<Float32Array>,
): Promise<TrainingState> {
  const weights = new Map<string, Float32Array>();
  const optimizer: AdamWState = { step, moments: new Map() };
  for (const { name, length, moments } of tensors) {
    weights.set(name, await next(length));
    if (moments) optimizer.moments.set(name, { first: await next(length), second: await next(length) });
  }
  return { weights, optimizer };
}

/** Fills `bytes` from a place in the file; a file that ends before leaves zeros, which the digest tells. */
async function readAt(file: FileHandle, position: number, bytes: Uint8Array): Promise<Uint8Array> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(bytes.length - done, pieceBytes), position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes;
}
