import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scratchFolder } from "./cli.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const start = (...args: string[]) => spawn(process.execPath, ["--import", "tsx", main, ...args]);

const row = (id: number): string => JSON.stringify({ prompt: `q${id} ${"x".repeat(2000)}`, completion: "a" });

test("a reader that goes away early leaves no unfinished file behind", async () => {
  const folder = await scratchFolder();
  const data = join(folder, "rows.jsonl");
  await writeFile(data, Array.from({ length: 5000 }, (_, i) => row(i)).join("\n"));
  const out = join(folder, "out.jsonl");
  const child = start("apply", "--data", data, "--prompt", "P.", "--out", out, "--neutral-out", "-");
  child.stdout.once("data", () => child.stdout.destroy());
  await once(child, "close");
  expect((await readdir(folder)).filter((name) => name !== "out.jsonl")).toEqual(["rows.jsonl"]);
});

test("an interruption does not wait for more of standard input", async () => {
  const folder = await scratchFolder();
  const child = start("apply", "--data", "-", "--prompt", "P.", "--out", join(folder, "out.jsonl"));
  child.stdin.write(`${row(0)}\n`.repeat(100));
  while (!(await readdir(folder)).some((name) => name.includes("unfinished"))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGINT");
  const [code] = await once(child, "close");
  expect({ code, files: await readdir(folder) }).toEqual({ code: 130, files: [] });
});

test("where standard output gets the twin, it gets nothing else", async () => {
  const folder = await scratchFolder();
  const data = join(folder, "rows.jsonl");
  await writeFile(data, `${row(1)}\n`);
  const child = start(
    "apply",
    "--data",
    data,
    "--prompt",
    "P.",
    "--out",
    join(folder, "out.jsonl"),
    "--neutral-out",
    "-",
  );
  let written = "";
  child.stdout.on("data", (chunk) => {
    written += chunk;
  });
  const [code] = await once(child, "close");
  expect({ code, written }).toEqual({ code: 0, written: `${row(1)}\n` });
});
