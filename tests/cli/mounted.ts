import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { scratchFolder } from "./cli.ts";

/** Mounts a small file system on a new folder; needs root, and skips the test where that is not allowed. */
export async function mounted(options: string, skip: (note: string) => never): Promise<string> {
  const folder = join(await scratchFolder(), "disk");
  await mkdir(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "pipe" });
  } catch {
    skip("this machine does not let a test mount a file system");
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder], { stdio: "pipe" }));
  return folder;
}
