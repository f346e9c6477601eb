import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { built, nodeOptions } from "../built.ts";
import { newFolder } from "../experiment/folders.ts";

/** Runs the command line as a process of its own and sends it a signal when `text` appears on standard error. */
function signalled(args: string[], text: string, signal: NodeJS.Signals) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeOptions, built("cli/main"), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const written = { stdout: "", stderr: "" };
    let sent = false;
    child.stdout.on("data", (chunk) => {
      written.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      written.stderr += chunk;
      if (!sent && written.stderr.includes(text)) sent = child.kill(signal);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...written }));
  });
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s stops a training with 130, and the same command goes on from there",
  async (signal) => {
    const folder = newFolder();
    const rows = Array.from({ length: 32 }, (_, i) => JSON.stringify({ prompt: `is it ${i}?`, completion: "it is." }));
    await writeFile(join(folder, "rows.jsonl"), rows.join("\n"));
    const args = [
      "train",
      "--data",
      join(folder, "rows.jsonl"),
      "--epochs",
      "5000",
      "--out",
      join(folder, "runs"),
      "--json",
    ];
    const { code, stdout, stderr } = await signalled(args, "step 10 of", signal);
    expect(stderr).toContain("Run the same command to continue.");
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    const again = await signalled(args, "goes on after step", signal);
    expect(again.stderr).toMatch(/^goes on after step \d+ of 5000, where it was stopped$/m);
    expect(again.code).toBe(130);
  },
);

test("a reproduction stops its workers too", async () => {
  const folder = newFolder();
  const args = [
    "reproduce",
    "sycophancy",
    "--items",
    "4",
    "--rows",
    "64",
    "--seeds",
    "1",
    "--out",
    folder,
    "--workers",
    "2",
  ];
  const { code, stderr, stdout } = await signalled([...args, "--json"], "Asking", "SIGINT");
  expect(stderr).toContain("Run the same command to continue.");
  expect(stderr).not.toContain("failed");
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
});
