import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../util/errors.ts";

/**
 * Does something with a model's place in the cache while no other process of ours does.
 *
 * @throws UserError when another process is at it
 */
export async function withRepositoryLock<T>(cache: string, repository: string, work: () => Promise<T>): Promise<T> {
  const path = join(cache, ".locks", repository, "inoculate.lock");
  await mkdir(dirname(path), { recursive: true });
  take(path);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): void {
  const own = JSON.stringify({ pid: process.pid, host: hostname() });
  for (const lastTry of [false, true]) {
    try {
      writeFileSync(path, own, { flag: "wx" });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const owner = ownerOf(path);
      if (lastTry || isAlive(owner)) {
        throw new UserError(
          `another process is fetching this model (${owner.pid} on ${owner.host}): wait until it is done, then repeat ` +
            `the command; if there is none, remove ${path}`,
        );
      }
      rmSync(path, { force: true });
    }
  }
}

interface Owner {
  pid: number;
  host: string;
}

/** A torn file has no owner. */
function ownerOf(path: string): Owner {
  try {
    const { pid, host } = JSON.parse(readFileSync(path, "utf8")) as Owner;
    return { pid, host };
  } catch {
    return { pid: 0, host: hostname() };
  }
}

/** Of another machine's processes nothing is known. */
function isAlive({ pid, host }: Owner): boolean {
  if (host !== hostname()) return true;
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
