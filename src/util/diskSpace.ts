import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UserError } from "./errors.ts";

/** Bytes in words, in powers of ten: 1.2 GB. */
export function byteCount(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/**
 * Checks that a folder's disk has room, before anything is written. The folder itself need not be there.
 *
 * @throws UserError with both figures when it has not
 */
export async function expectSpace(folder: string, bytes: number): Promise<void> {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new UserError(
    `not enough disk space for ${folder}: expected ${byteCount(bytes)}, ${byteCount(free)} are free; ` +
      "free some space or choose a folder on another disk",
  );
}
