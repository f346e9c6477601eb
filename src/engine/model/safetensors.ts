import { existsSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../util/errors.ts";
import { fileError, parseJsonObject, readOptionalText, writeAtomically } from "./files.ts";
import type { Weights } from "./parameters.ts";
import { type Dtype, dtypeBytes, fromFloat32, isSupportedDtype, supportedDtypes, toFloat32 } from "./tensorDtypes.ts";

/** The file begins with the header's length (uint64, little-endian); then the JSON header, then the raw data. */
const lengthBytes = 8;
/** The limit of the reference implementation. */
const maxHeaderBytes = 100_000_000;

const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** Where a tensor lies in the data, in bytes from its beginning. */
interface Entry {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

/**
 * Reads a safetensors file; F16 and BF16 are widened to float32.
 *
 * @throws UserError naming the file and the field when it is missing, truncated, malformed or of another dtype
 */
export async function readSafetensors(path: string): Promise<Weights> {
  return withFile(path, async (file) => {
    const { entries, dataStart } = await readHeader(file, path);
    const weights: Weights = new Map();
    for (const { name, dtype, shape, begin, end } of entries) {
      const bytes = await readBytes(file, dataStart + begin, end - begin, path);
      weights.set(name, { shape, data: toFloat32(bytes, dtype) });
    }
    return weights;
  });
}

/**
 * Reads `model.safetensors`, or, if there is none, the shards that `model.safetensors.index.json` lists.
 *
 * @throws UserError when neither is there, or the index and its shards disagree
 */
export async function readShardedSafetensors(folder: string): Promise<Weights> {
  return readShards(folder, readSafetensors);
}

/** A tensor as it is stored. */
export interface StoredTensor {
  dtype: Dtype;
  shape: readonly number[];
  bytes: number;
  /** Path of the file that holds it. */
  file: string;
}

/**
 * The tensors of `model.safetensors` or of the shards that the index lists, by name, from the files' headers alone.
 *
 * @throws UserError as `readShardedSafetensors` does
 */
export async function readStoredTensors(folder: string): Promise<Map<string, StoredTensor>> {
  return readShards(folder, (path) =>
    withFile(path, async (file) => {
      const { entries } = await readHeader(file, path);
      return new Map(
        entries.map(({ name, dtype, shape, begin, end }) => [name, { dtype, shape, bytes: end - begin, file: path }]),
      );
    }),
  );
}

/** The names of the files that an index's `weight_map` lists. @throws UserError naming the file when it is malformed */
export function shardFiles(
  index: string,
  path: string,
): { files: string[]; shardOf: Readonly<Record<string, string>> } {
  const parsed = z.record(z.string(), z.string()).safeParse(parseJsonObject(index, path).weight_map);
  if (!parsed.success) throw new UserError(`${path}: weight_map: expected an object of tensor name to file name`);
  const files = [...new Set(Object.values(parsed.data))];
  const odd = files.find((shard) => basename(shard) !== shard);
  if (odd !== undefined) throw new UserError(`${path}: weight_map: "${odd}" is not a plain file name`);
  return { files, shardOf: parsed.data };
}

/** What `read` finds in the single file, or in each shard, put together. */
async function readShards<T>(folder: string, read: (path: string) => Promise<Map<string, T>>): Promise<Map<string, T>> {
  const single = join(folder, "model.safetensors");
  const indexPath = join(folder, "model.safetensors.index.json");
  const index = existsSync(single) ? undefined : await readOptionalText(indexPath);
  if (index === undefined) return read(single);
  const { files, shardOf } = shardFiles(index, indexPath);
  const found = new Map<string, T>();
  for (const shard of files) {
    const tensors = await read(join(folder, shard));
    for (const [name, tensor] of tensors) if (shardOf[name] === shard) found.set(name, tensor);
  }
  const missing = Object.entries(shardOf).find(([name]) => !found.has(name));
  if (missing) throw new UserError(`${indexPath}: ${missing[0]} should be in ${missing[1]}, but is not`);
  return found;
}

/**
 * Writes a safetensors file, atomically, with the header padded so that the data is aligned to 8 bytes. Tensors are
 * written in the order of the map, and rounded to a narrower format only as they are written.
 *
 * @param dtypes formats by tensor name; float32 where there is none
 * @throws UserError when the folder cannot be written or the disk is full
 */
export async function writeSafetensors(
  path: string,
  tensors: Weights,
  metadata: Record<string, string> = { format: "pt" },
  dtypes: ReadonlyMap<string, Dtype> = new Map(),
): Promise<void> {
  const header: [string, unknown][] = [["__metadata__", metadata]];
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const begin = end;
    const dtype = dtypes.get(name) ?? "F32";
    end += data.length * dtypeBytes(dtype);
    header.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, " ");
  json.copy(padded);
  const length = Buffer.alloc(lengthBytes);
  length.writeBigUInt64LE(BigInt(padded.length));
  await writeAtomically(path, pieces());

  function* pieces(): Generator<Uint8Array> {
    yield length;
    yield padded;
    for (const [name, { data }] of tensors) yield fromFloat32(data, dtypes.get(name) ?? "F32");
  }
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    return await use(file);
  } catch (error) {
    throw fileError(error, path, "read");
  } finally {
    await file?.close();
  }
}

async function readBytes(file: FileHandle, position: number, length: number, path: string): Promise<Buffer> {
  const buffer = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, Math.min(length - done, 2 ** 30), position + done);
    if (bytesRead === 0) throw new UserError(`${path}: truncated: it ends at byte ${position + done}`);
    done += bytesRead;
  }
  return buffer;
}

async function readHeader(file: FileHandle, path: string): Promise<{ entries: Entry[]; dataStart: number }> {
  const { size } = await file.stat();
  if (size < lengthBytes)
    throw new UserError(`${path}: truncated: a safetensors file has at least 8 bytes, this has ${size}`);
  const length = (await readBytes(file, 0, lengthBytes, path)).readBigUInt64LE();
  if (length > maxHeaderBytes)
    throw new UserError(`${path}: not a safetensors file: header length ${length} is beyond ${maxHeaderBytes}`);
  const dataStart = lengthBytes + Number(length);
  if (dataStart > size) {
    throw new UserError(
      `${path}: truncated or not a safetensors file: header length ${length} is beyond the file's ${size} bytes`,
    );
  }
  const text = (await readBytes(file, lengthBytes, Number(length), path)).toString("utf8");
  const header = parseJsonObject(text, `${path}: header`);
  const entries = Object.entries(header).flatMap(([name, value]) =>
    name === "__metadata__" ? [] : [parseEntry(name, value, path)],
  );
  checkCoverage(entries, size - dataStart, path);
  return { entries, dataStart };
}

function parseEntry(name: string, value: unknown, path: string): Entry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UserError(`${path}: header: ${[name, ...(issue?.path ?? [])].join(".")}: ${issue?.message}`);
  }
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  if (!isSupportedDtype(dtype)) {
    throw new UserError(`${path}: ${name}: dtype ${dtype} is not supported; expected ${supportedDtypes.join(", ")}`);
  }
  const expected = shape.reduce((product, size) => product * size, dtypeBytes(dtype));
  if (end - begin !== expected) {
    const given = `data_offsets [${begin}, ${end}] hold ${end - begin}`;
    throw new UserError(`${path}: ${name}: shape [${shape.join(", ")}] in ${dtype} needs ${expected} bytes, ${given}`);
  }
  return { name, dtype, shape, begin, end };
}

/** Tensors must cover the data without overlap or gap, as the format demands. */
function checkCoverage(entries: readonly Entry[], dataBytes: number, path: string): void {
  let [covered, previous] = [0, "the header"];
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const offsets = `${path}: ${name}: data_offsets [${begin}, ${end}]`;
    if (begin < covered) throw new UserError(`${offsets} overlap with ${previous}`);
    if (begin > covered) throw new UserError(`${offsets} leave ${begin - covered} bytes unused after ${previous}`);
    if (end > dataBytes)
      throw new UserError(`${offsets} lie beyond the end of the data (${dataBytes} bytes): the file is truncated`);
    [covered, previous] = [end, name];
  }
  if (covered < dataBytes)
    throw new UserError(`${path}: ${dataBytes - covered} bytes after ${previous} belong to no tensor`);
}
