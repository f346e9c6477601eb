import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InterruptedError } from "../util/errors.ts";
import { readIfThere, temporaryName, writeError } from "./files.ts";

/** A claim from another machine counts as abandoned when nobody has touched it for this long. */
const ABANDONED_AFTER_MS = 15 * 60_000;
/** A claim that cannot be read says nothing of its owner; a crash of the machine can leave one. */
const UNREADABLE_AFTER_MS = 10_000;
const TOUCH_EVERY_MS = 60_000;
const POLL_EVERY_MS = 150;

/** Who is doing a piece of work. */
interface Owner {
  pid: number;
  host: string;
  /** Start of the process in kernel ticks where the system tells it: a reused process number is no owner. */
  started: string | null;
}

/**
 * Does a piece of work once, however many processes want it: the first one claims it with a file, the others wait.
 * The claim of a process that is gone (killed, say) is taken over.
 * @param read the finished work, or `null` while there is none
 * @throws InterruptedError when stopped while waiting
 */
export async function once<T>(
  claimPath: string,
  read: () => T | null,
  make: () => Promise<T>,
  signal?: AbortSignal,
): Promise<{ value: T; reused: boolean }> {
  for (;;) {
    const found = read();
    if (found !== null) return { value: found, reused: true };
    if (signal?.aborted) throw new InterruptedError("stopped");
    if (claim(claimPath)) break;
    await sleep(POLL_EVERY_MS);
  }
  removeTemporaries(claimPath);
  const touch = setInterval(() => touchClaim(claimPath), TOUCH_EVERY_MS);
  touch.unref();
  try {
    const found = read();
    return found === null ? { value: await make(), reused: false } : { value: found, reused: true };
  } finally {
    clearInterval(touch);
    rmSync(claimPath, { force: true });
  }
}

/** Removes what a killed process was writing: temporary files of the claimed thing, not those of other claimants. */
function removeTemporaries(claimPath: string): void {
  const claimName = basename(claimPath);
  const prefix = claimName.replace(/\.?claim(\.json)?$/, "");
  for (const name of readdirSync(dirname(claimPath))) {
    if (!/\.tmp-\d+-[0-9a-f]{12}$/.test(name) || !name.startsWith(prefix) || name.startsWith(claimName)) continue;
    rmSync(join(dirname(claimPath), name), { recursive: true, force: true });
  }
}

/** True when this process now holds the claim. */
function claim(path: string): boolean {
  const owner: Owner = { pid: process.pid, host: hostname(), started: processStart(process.pid) };
  const temporary = temporaryName(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, JSON.stringify(owner));
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw writeError(error, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  const held = readIfThere(path)?.toString("utf8");
  if (held !== undefined && isAbandoned(path, held)) removeAbandoned(path, held);
  return false;
}

/** Moves the abandoned claim away. Had another process just replaced it by its own, that one is put back. */
function removeAbandoned(path: string, held: string): void {
  const aside = temporaryName(path);
  try {
    renameSync(path, aside);
    const moved = readFileSync(aside, "utf8");
    if (moved !== held) writeFileSync(path, moved, { flag: "wx" });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "EEXIST") throw writeError(error, path);
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAbandoned(path: string, held: string): boolean {
  const owner = parseOwner(held);
  if (owner === null) return age(path) > UNREADABLE_AFTER_MS;
  if (owner.host !== hostname()) return age(path) > ABANDONED_AFTER_MS;
  if (!isAlive(owner.pid)) return true;
  return owner.started !== null && processStart(owner.pid) !== owner.started;
}

function parseOwner(held: string): Owner | null {
  try {
    const owner = JSON.parse(held);
    return typeof owner?.pid === "number" && typeof owner.host === "string" ? owner : null;
  } catch {
    return null;
  }
}

function age(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Field 22 of Linux's /proc/PID/stat; zombies count as gone. `null` elsewhere. */
function processStart(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function touchClaim(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // The claim was taken over: the work is deterministic and written as a whole, so nothing is lost.
  }
}
