import { once } from "node:events";
import type { Stats } from "node:fs";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { createGzip } from "node:zlib";
import { UserError } from "../../util/errors.ts";
import { removeAtExit } from "../../util/removeAtExit.ts";
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
 * Opens a file to write, packed by gzip if its name ends with `.gz`, or standard output (`-`). A file that is there is
 * replaced by one with the same rights, and where a link leads to it, the link stays.
 *
 * @throws UserError for a name that ends with `.zst`, for a folder, and where there is no folder for it
 */
export async function openSink(out: string): Promise<OpenSink> {
  if (/\.zst$/i.test(out)) {
    throw new UserError(
      `${out}: cannot write zstd; choose a name that ends with .gz, or write plain and run zstd on it`,
    );
  }
  if (out === standardStream) return standardOutput();
  if (out === "") throw new UserError("expected the name of a file to write, found an empty one");
  const facts = await stat(out).catch(() => null);
  if (facts?.isDirectory()) throw new UserError(`${out}: expected the name of a file to write, found a folder`);
  const plain = await fileSink(facts ? await realpath(out) : out, facts);
  return /\.gz$/i.test(out) ? gzipped(plain) : plain;
}

async function fileSink(out: string, facts: Stats | null): Promise<OpenSink> {
  // A pipe or device cannot be replaced by a file; it gets the bytes at once.
  const direct = facts !== null && !facts.isFile();
  const unfinished = direct ? out : `${out}.unfinished-${process.pid}`;
  const handle = await openToWrite(unfinished, facts);
  const letGo = direct ? () => {} : removeAtExit(unfinished);
  let isOpen = true;
  let committed = false;
  const close = async (): Promise<void> => {
    if (isOpen) await handle.close();
    isOpen = false;
  };
  return {
    write: (bytes) => writeAll(handle, bytes).catch((error) => Promise.reject(ofFolder(error, out))),
    async commit() {
      await close();
      if (!direct) await rename(unfinished, out);
      committed = true;
      letGo();
    },
    async discard() {
      await close();
      if (!direct && !committed) await rm(unfinished, { force: true });
      letGo();
    },
  };
}

async function openToWrite(file: string, facts: Stats | null): Promise<FileHandle> {
  try {
    const handle = await open(file, "w", facts?.mode);
    // What is asked for when a file is made is cut down by the umask.
    if (facts?.isFile()) await handle.chmod(facts.mode);
    return handle;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw ofFolder(error, file);
    throw new UserError(`there is no folder ${dirname(file)} to write into; create it first`);
  }
}

/** The error with the folder for its path, whose rights and disk it is about, rather than a file not yet there. */
function ofFolder(error: unknown, file: string): unknown {
  return error instanceof Error && "syscall" in error ? Object.assign(error, { path: dirname(file) }) : error;
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
