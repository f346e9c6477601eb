import { once } from "node:events";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { createGzip } from "node:zlib";
import { UserError } from "../../util/errors.ts";
import type { ByteSink } from "./container.ts";
import { standardStream } from "./openSource.ts";

/** A file on its way. It gets its name with `commit`; until then a file of that name stays as it is. */
export interface OpenSink extends ByteSink {
  /** Everything was written. */
  commit(): Promise<void>;
  /** Nothing of it is to stay; does nothing after `commit`. */
  discard(): Promise<void>;
}

/**
 * Opens a file to write, packed by gzip if its name ends with `.gz`, or standard output (`-`).
 *
 * @throws UserError for a name that ends with `.zst`, and for a folder
 */
export async function openSink(out: string): Promise<OpenSink> {
  if (/\.zst$/i.test(out)) {
    throw new UserError(
      `${out}: cannot write zstd; choose a name that ends with .gz, or write plain and run zstd on it`,
    );
  }
  if (out === standardStream) return standardOutput();
  const facts = await stat(out).catch(() => null);
  if (facts?.isDirectory()) throw new UserError(`${out}: expected the name of a file to write, found a folder`);
  // A pipe or device cannot be replaced by a file; it gets the bytes at once.
  const direct = facts !== null && !facts.isFile();
  const plain = await fileSink(out, direct);
  return /\.gz$/i.test(out) ? gzipped(plain) : plain;
}

async function fileSink(out: string, direct: boolean): Promise<OpenSink> {
  const unfinished = direct ? out : `${out}.unfinished-${process.pid}`;
  const handle = await open(unfinished, "w");
  let isOpen = true;
  let committed = false;
  const close = async (): Promise<void> => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  return {
    write: (bytes) => writeAll(handle, bytes),
    async commit() {
      await close();
      if (!direct) await rename(unfinished, out);
      committed = true;
    },
    async discard() {
      await close();
      if (!direct && !committed) await rm(unfinished, { force: true });
    },
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

function gzipped(sink: OpenSink): OpenSink {
  const gzip = createGzip({ chunkSize: 1 << 18 });
  const drained = (async () => {
    for await (const chunk of gzip) await sink.write(chunk as Uint8Array);
  })();
  // A failure is met where the next bytes are written.
  drained.catch(() => {});
  return {
    write: (bytes) =>
      Promise.race([
        drained,
        new Promise<void>((resolve, reject) => gzip.write(bytes, (error) => (error ? reject(error) : resolve()))),
      ]),
    async commit() {
      gzip.end();
      await drained;
      await sink.commit();
    },
    async discard() {
      gzip.destroy();
      await drained.catch(() => {});
      await sink.discard();
    },
  };
}

function standardOutput(): OpenSink {
  const { stdout } = process;
  return {
    async write(bytes) {
      // A copy, since the stream may keep what it was given for longer.
      if (!stdout.write(Buffer.from(bytes))) await once(stdout, "drain");
    },
    async commit() {},
    async discard() {},
  };
}
