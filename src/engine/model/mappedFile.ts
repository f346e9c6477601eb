import { closeSync, openSync } from "node:fs";

/** Smaller files are sooner read. */
const worthMapping = 2 ** 24;

const releases = new FinalizationRegistry<() => void>((release) => release());

/**
 * A file's bytes as the system's own pages: processes that map the same file share them, and those that nobody looks at
 * take no memory. Writing into them copies the page and never reaches the file. Let go with the buffer.
 *
 * @returns `undefined` where files cannot be mapped (Windows, or koffi's binary is missing), or it is not worth it
 */
export async function mapFile(path: string, bytes: number): Promise<ArrayBuffer | undefined> {
  if (bytes < worthMapping || process.platform === "win32") return undefined;
  const koffi = await import("koffi").then(
    ({ default: loaded }) => loaded,
    () => undefined,
  );
  if (!koffi) return undefined;
  const system = koffi.load(null);
  const map = system.func(
    "intptr_t mmap(intptr_t address, size_t length, int access, int flags, int file, int64_t offset)",
  );
  const unmap = system.func("int munmap(intptr_t address, size_t length)");
  const [readAndWrite, privately] = [1 | 2, 2];
  const file = openSync(path, "r");
  try {
    const address = BigInt(map(0, bytes, readAndWrite, privately, file, 0) as number | bigint);
    if (address === -1n) return undefined;
    const view = koffi.view(address, bytes);
    releases.register(view, () => void unmap(address, bytes));
    return view;
  } finally {
    closeSync(file);
  }
}
