import { readFileSync } from "node:fs";
import { freemem, platform, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "./errors.ts";

/** Environment variable: bytes that this process may hold in all, as "8GB" or "500MB"; "none" stops all checks. */
export const memoryVariable = "INOCULATE_MEMORY";

const kernelFiles = { meminfo: "/proc/meminfo", ownGroups: "/proc/self/cgroup", groups: "/sys/fs/cgroup" };

/**
 * Bytes that this process can still take: what the system has without pushing out what is in use, within the limits of
 * the control groups (version 1 and 2) that the process is in, or what `INOCULATE_MEMORY` leaves.
 *
 * @returns Infinity where `INOCULATE_MEMORY` is "none"
 * @throws UserError when that variable is no amount of memory
 */
export function availableMemory(): number {
  const limit = readMemoryLimit(process.env[memoryVariable]);
  if (limit !== undefined) return Math.max(0, limit - process.memoryUsage.rss());
  return Math.min(systemMemory(), groupMemory());
}

/** An amount of memory in bytes; `undefined` where none is given. @throws UserError naming what is possible */
export function readMemoryLimit(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  if (text.trim().toLowerCase() === "none") return Number.POSITIVE_INFINITY;
  const parts = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b)?\s*$/i.exec(text);
  const unit = ["", "k", "m", "g", "t"].indexOf(parts?.[2]?.toLowerCase() ?? "");
  const base = parts?.[3]?.toLowerCase() === "ib" ? 1024 : 1000;
  if (parts) return Number(parts[1]) * base ** unit;
  throw new UserError(`${memoryVariable}: expected an amount of memory such as 8GB or 500MB, or "none", got "${text}"`);
}

function systemMemory(): number {
  const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(textOf(kernelFiles.meminfo))?.[1];
  if (kilobytes !== undefined) return 1024 * Number(kilobytes);
  // macOS counts as free only what was never used since the start: half of all memory can be had at least.
  return platform() === "darwin" ? Math.max(freemem(), totalmem() / 2) : freemem();
}

/** What the tightest of the process's control groups, or of those around them, leaves. Infinity where there is none. */
export function groupMemory({ ownGroups, groups } = kernelFiles): number {
  let least = Number.POSITIVE_INFINITY;
  for (const line of textOf(ownGroups).split("\n")) {
    const [, controllers, path] = line.split(":", 3);
    if (controllers === undefined || path === undefined) continue;
    const isFirstVersion = controllers.split(",").includes("memory");
    if (controllers !== "" && !isFirstVersion) continue;
    const root = isFirstVersion ? join(groups, "memory") : groups;
    // In a container the path may be one of the host's: its own group is then mounted as the root.
    for (let at = join(root, path); at.startsWith(root); at = dirname(at)) least = Math.min(least, leftIn(at));
  }
  return least;
}

function leftIn(group: string): number {
  const limit = textOf(join(group, "memory.max")) || textOf(join(group, "memory.limit_in_bytes"));
  const used = textOf(join(group, "memory.current")) || textOf(join(group, "memory.usage_in_bytes"));
  // "max", and the first version's highest number, stand for no limit.
  if (!/^\d+\s*$/.test(limit) || Number(limit) > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  const reclaimable = /^(?:total_)?inactive_file (\d+)/m.exec(textOf(join(group, "memory.stat")))?.[1] ?? 0;
  return Math.max(0, Number(limit) - Number(used) + Number(reclaimable));
}

/** A small file's content; nothing where there is no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
