import { rmSync } from "node:fs";

const unfinished = new Set<string>();

/**
 * Removes a file or folder when the process ends before it is let go of, however it ends: at a second Ctrl-C, or when
 * whoever reads standard output goes away.
 *
 * @returns lets go of it
 */
export function removeAtExit(path: string): () => void {
  if (unfinished.size === 0) process.once("exit", removeAll);
  unfinished.add(path);
  return () => {
    unfinished.delete(path);
    if (unfinished.size === 0) process.off("exit", removeAll);
  };
}

function removeAll(): void {
  for (const path of unfinished) rmSync(path, { recursive: true, force: true });
}
