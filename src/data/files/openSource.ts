import type { Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { UserError } from "../../util/errors.ts";
import type { ByteSource } from "./container.ts";
import { packingOf, unpack } from "./unpack.ts";

/** Stands for standard input where a file to read is named, and for standard output where one is written. */
export const standardStream = "-";

/** A source whose beginning is known before it is read. */
export interface OpenSource extends ByteSource {
  /** The first unpacked bytes, up to 64 KiB; all of them where there are no more. */
  head: Uint8Array;
  /** Whether it can be opened a second time: a file, not a stream. */
  again: boolean;
  /** Lets go of it, read or not. What is iterated to its end, or left early, closes by itself. */
  close(): Promise<void>;
}

const chunkBytes = 1 << 17;
const headBytes = 1 << 16;

/**
 * Opens a file, or standard input (`-`). What was packed by gzip or zstd comes unpacked, whatever its name.
 *
 * @throws UserError where it is a folder or empty, is packed in another way, or, while it is read, where it is cut off
 */
export async function openSource(file: string, signal?: AbortSignal): Promise<OpenSource> {
  const { name, bytes, again } = file === standardStream ? fromStandardInput(signal) : await fromFile(file, signal);
  const packed = new Peeked(bytes);
  try {
    const packing = packingOf(await packed.head(8), name);
    const unpacked = packing === null ? packed : new Peeked(unpack(packed.all(), packing, name));
    const head = await unpacked.head(headBytes);
    if (head.length === 0) throw new UserError(`${name}: expected rows, found no line at all`);
    const plain = again && packing === null;
    const close = async (): Promise<void> => {
      await unpacked.close();
      await packed.close();
    };
    return { name, head, again, close, chunks: closing(unpacked.all(), close), file: plain ? file : undefined };
  } catch (error) {
    await packed.close();
    throw error;
  }
}

interface RawSource {
  name: string;
  bytes: AsyncGenerator<Uint8Array>;
  again: boolean;
}

async function fromFile(file: string, signal: AbortSignal | undefined): Promise<RawSource> {
  const facts = await stat(file);
  if (facts.isDirectory()) throw new UserError(`${file}: expected a file of rows, found a folder`);
  return { name: file, bytes: readFrom(await open(file), facts, signal), again: facts.isFile() };
}

async function* readFrom(
  handle: FileHandle,
  facts: Stats,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  // A small file needs no large buffer; one byte more shows its end.
  const size = facts.isFile() ? Math.min(chunkBytes, facts.size + 1) : chunkBytes;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const buffer = Buffer.allocUnsafeSlow(size);
      const { bytesRead } = await handle.read(buffer, 0, size);
      if (bytesRead === 0) return;
      yield bytesRead === size ? buffer : buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

function fromStandardInput(signal: AbortSignal | undefined): RawSource {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    // Whoever writes to it may take long: an interruption doesn't wait for that.
    for await (const chunk of signal ? addAbortSignal(signal, process.stdin) : process.stdin) {
      yield chunk as Uint8Array;
    }
  }
  return { name: "standard input", bytes: bytes(), again: false };
}

/** Closes what was opened when the iteration ends, however it ends. */
async function* closing(chunks: AsyncIterable<Uint8Array>, close: () => Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } finally {
    await close();
  }
}

/** Chunks of which the first can be looked at before they are read. */
class Peeked {
  #chunks: AsyncIterator<Uint8Array>;
  #ahead: Uint8Array[] = [];

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async head(bytes: number): Promise<Uint8Array> {
    let held = this.#ahead.reduce((sum, { length }) => sum + length, 0);
    while (held < bytes) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      this.#ahead.push(value);
      held += value.length;
    }
    return Buffer.concat(this.#ahead).subarray(0, bytes);
  }

  async *all(): AsyncGenerator<Uint8Array> {
    for (let chunk = this.#ahead.shift(); chunk; chunk = this.#ahead.shift()) yield chunk;
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) return;
      yield value;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
