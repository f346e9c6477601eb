import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inoculate, scratchFolder } from "./cli.ts";

const verbs = [
  "reproduce",
  "screen",
  "try",
  "leak",
  "seal",
  "train",
  "sample",
  "evaluate",
  "apply",
  "report",
  "pretrain",
];

test.each(verbs)("%s --help gives an example and --json", async (verb) => {
  const { code, stdout } = await inoculate(verb, "--help");
  expect(code).toBe(0);
  expect(stdout).toContain(`$ inoculate ${verb}`);
  expect(stdout).toContain("--json");
});

test("the version is the package's", async () => {
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await inoculate("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test.each([
  [["aply"], "Did you mean apply?"],
  [["apply", "--data", "a", "--out", "b", "--prompt", "x", "--promt", "x"], "Did you mean --prompt?"],
  [["apply", "--prompt", "x"], "--data"],
  [["apply", "--data", "a", "--prompt", "x", "--out", "b", "--placement", "middle"], "prefix, suffix, system"],
])("%j is the user's mistake and says what to type", async (args, hint) => {
  const { code, stdout, stderr } = await inoculate(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(hint);
});

test.each([
  ["none.jsonl", "out.jsonl", "none.jsonl"],
  ["rows.jsonl", "folder", "folder"],
  ["rows.jsonl", "none/out.jsonl", "none"],
  ["folder", "out.jsonl", "folder"],
])("reading %s and writing %s: the path at fault is named", async (data, out, named) => {
  const folder = await scratchFolder();
  await mkdir(join(folder, "folder"));
  await writeFile(join(folder, "rows.jsonl"), '{"prompt": "a"}');
  const { code, stderr } = await inoculate(
    ...["apply", "--data", join(folder, data), "--prompt", "x", "--out", join(folder, out)],
  );
  expect(stderr).toContain(join(folder, named));
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
});
