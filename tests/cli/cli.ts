import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runCommandLine } from "../../src/cli/runCommandLine.ts";

/** Runs `inoculate ...args` in this process. */
export async function inoculate(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: "", stderr: "" };
  const code = await runCommandLine(args, {
    out: { write: (text) => (written.stdout += text) },
    err: { write: (text) => (written.stderr += text) },
  });
  return { code, ...written };
}

/** The object on the last line of standard output. */
export function lastJson(stdout: string): unknown {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}

/** A folder that goes away with the test. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "inoculate-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
