import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { UserError } from "../../util/errors.ts";

/** How bytes were packed. */
export type Packing = "gzip" | "zstd";

const others: readonly (readonly [magic: readonly number[], name: string, remedy: string])[] = [
  [[0x42, 0x5a, 0x68], "a bzip2 file", "unpack it first: bunzip2"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "an xz file", "unpack it first: unxz"],
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive", "unpack it first: unzip"],
  [[0xff, 0xfe], "text in UTF-16", "save it as UTF-8: iconv -f UTF-16 -t UTF-8"],
  [[0xfe, 0xff], "text in UTF-16", "save it as UTF-8: iconv -f UTF-16 -t UTF-8"],
];

/** How a file was packed, by its first bytes; `null` for one that was not. @throws UserError on what cannot be read */
export function packingOf(head: Uint8Array, name: string): Packing | null {
  const starts = (magic: readonly number[]): boolean => magic.every((byte, at) => head[at] === byte);
  if (starts([0x1f, 0x8b])) return "gzip";
  if (starts([0x28, 0xb5, 0x2f, 0xfd])) return "zstd";
  // A zstd file may begin with a frame to be skipped.
  if (((head[0] ?? 0) & 0xf0) === 0x50 && [0x2a, 0x4d, 0x18].every((byte, at) => head[at + 1] === byte)) return "zstd";
  for (const [magic, what, remedy] of others) {
    if (starts(magic)) throw new UserError(`${name}: expected plain, gzip or zstd data, found ${what}; ${remedy}`);
  }
  return null;
}

/** The bytes that were packed. @throws UserError where the packed data is broken or cut off */
export function unpack(chunks: AsyncIterable<Uint8Array>, packing: Packing, name: string): AsyncGenerator<Uint8Array> {
  return packing === "gzip" ? gunzipped(chunks, name) : unzstd(chunks, name);
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const packed = Readable.from(chunks);
  packed.once("error", (error) => gunzip.destroy(error)).pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (error) {
    throw broken(error, name, "gzip", (error as NodeJS.ErrnoException).code === "Z_BUF_ERROR");
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
}

async function* unzstd(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => unpacked.push(chunk));
  const push = (bytes: Uint8Array, final: boolean): void => {
    try {
      decompress.push(bytes, final);
    } catch (error) {
      // The library's code 5 is an unexpected end.
      throw broken(error, name, "zstd", (error as { code?: unknown }).code === 5);
    }
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += zstdBytes) {
      push(chunk.subarray(at, at + zstdBytes), false);
      yield* unpacked;
      unpacked = [];
    }
  }
  push(new Uint8Array(0), true);
  yield* unpacked;
}

/** Bytes unpacked at once: what comes of them, up to 32,768 times as many, is in memory together. */
const zstdBytes = 1 << 10;

function broken(error: unknown, name: string, packing: Packing, cutOff: boolean): unknown {
  if (error instanceof UserError || (error as Error).name === "AbortError" || "syscall" in (error as Error)) {
    return error;
  }
  if (cutOff) return new UserError(`${name}: the ${packing} data ends too early; the file is cut off, fetch it again`);
  const { message } = error as Error;
  return new UserError(`${name}: expected ${packing} data, but it is broken (${message}); fetch the file again`);
}
