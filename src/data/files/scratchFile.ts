import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtExit } from "../../util/removeAtExit.ts";
import type { ByteSink, ByteSource } from "./container.ts";

/** A file for what is read again and may not fit into memory. */
export interface ScratchFile extends ByteSink {
  /** All that was written. The bytes of a chunk are its own until the next one. */
  read(): ByteSource;
  remove(): Promise<void>;
}

const chunkBytes = 1 << 17;

export async function scratchFile(): Promise<ScratchFile> {
  const folder = await mkdtemp(join(tmpdir(), "inoculate-rows-"));
  const letGo = removeAtExit(folder);
  const name = join(folder, "rows");
  const handle = await open(name, "w+");
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (let at = 0; ; ) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
  return {
    write: (bytes) => handle.appendFile(bytes),
    read: () => ({ name, chunks: chunks() }),
    async remove() {
      await handle.close();
      await rm(folder, { recursive: true, force: true });
      letGo();
    },
  };
}
