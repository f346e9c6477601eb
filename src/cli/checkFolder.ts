import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const PROBE_BYTES = 1 << 20;

/** Creates the folder and tries to write a file, so that a full disk or a locked folder shows before long work. */
export async function checkFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    await writeFile(probe, new Uint8Array(PROBE_BYTES));
  } catch (error) {
    throw Object.assign(error as NodeJS.ErrnoException, { path: folder });
  } finally {
    await rm(probe, { force: true });
  }
}
