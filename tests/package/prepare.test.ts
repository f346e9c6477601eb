import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { isBuildStale, isInstalled } from "../../scripts/prepare.mjs";

const script = new URL("../../scripts/prepare.mjs", import.meta.url).href;

async function folderOf(files: Record<string, object | string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "prepare-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

const lock = (packages: Record<string, object>) => ({ packages: { "": {}, ...packages } });
const installed = "node_modules/.package-lock.json";
const a1 = { "node_modules/a": { version: "1.0.0" } };
const a2 = { "node_modules/a": { version: "2.0.0" } };
const forOtherSystems = { "node_modules/b": { version: "1.0.0", optional: true } };

test.each<[string, Record<string, object>, boolean]>([
  ["nothing is installed", { "package-lock.json": lock(a1) }, false],
  ["all is installed", { "package-lock.json": lock(a1), [installed]: { packages: a1 } }, true],
  ["a version differs", { "package-lock.json": lock(a2), [installed]: { packages: a1 } }, false],
  ["one is missing", { "package-lock.json": lock(a1), [installed]: { packages: {} } }, false],
  [
    "one for other systems is missing",
    { "package-lock.json": lock({ ...a1, ...forOtherSystems }), [installed]: { packages: a1 } },
    true,
  ],
])("installs again unless all is there: %s", async (_, files, expected) => {
  expect(isInstalled(await folderOf(files))).toBe(expected);
});

const sources = {
  "scripts/prepare.mjs": "",
  "src/deep/a.ts": "",
  "tsconfig.json": {},
  "tsconfig.build.json": {},
  "package-lock.json": {},
  "dist/cli/main.js": "",
};

test.each<[string, string[], boolean]>([
  ["the build is newest", ["dist/cli/main.js"], false],
  ["a source file is newer", ["src/deep/a.ts"], true],
  ["the compiler's options are newer", ["tsconfig.json"], true],
  ["a dependency changed", ["package-lock.json"], true],
])("builds again when something changed: %s", async (_, newest, expected) => {
  const folder = await folderOf(sources);
  for (const name of Object.keys(sources)) await utimes(join(folder, name), 1000, newest.includes(name) ? 2000 : 1000);
  await utimes(join(folder, "src/deep"), 1000, 1000);
  expect(isBuildStale(folder)).toBe(expected);
  await rm(join(folder, "dist"), { recursive: true });
  expect(isBuildStale(folder)).toBe(true);
});

test.each([
  ["18.20.4", 2],
  ["20.18.0", 2],
  ["20.19.0", 0],
  ["22.0.0", 0],
])("Node %s ends with %i", async (version, expected) => {
  const program = `import(${JSON.stringify(script)}).then((prepare) => prepare.checkNode(${JSON.stringify(version)}))`;
  const { code, stderr } = await promisify(execFile)(process.execPath, ["-e", program]).then(
    () => ({ code: 0, stderr: "" }),
    (error: { code: number; stderr: string }) => error,
  );
  expect(code).toBe(expected);
  if (expected === 2) expect(stderr).toContain(`this is ${version}`);
});
