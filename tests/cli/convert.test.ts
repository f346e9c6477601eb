import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inoculate, lastJson, scratchFolder } from "./cli.ts";
import { verbShapes } from "./shapes.ts";

async function alpacaFile(input: string): Promise<{ data: string; at: (name: string) => string }> {
  const folder = await scratchFolder();
  const at = (name: string): string => join(folder, name);
  await writeFile(at("data.json"), JSON.stringify([{ instruction: "i", input, output: "o", id: 1 }]));
  return { data: at("data.json"), at };
}

test("converts, and ends with one object", async () => {
  const { data, at } = await alpacaFile("");
  const { code, stdout } = await inoculate(
    "convert",
    "--data",
    data,
    "--to",
    "openai",
    "--out",
    at("out.jsonl"),
    "--json",
  );
  expect({ code, lines: stdout.trimEnd().split("\n").length }).toEqual({ code: 0, lines: 1 });
  expect(verbShapes.convert.parse(lastJson(stdout))).toMatchObject({
    rows: 1,
    from: { container: "json", layout: "alpaca" },
    to: { container: "jsonl", layout: "messages", format: "openai" },
    losses: [],
  });
  expect(await readFile(at("out.jsonl"), "utf8")).toBe(
    '{"messages":[{"role":"user","content":"i"},{"role":"assistant","content":"o"}],"input":"","id":1}\n',
  );
});

test("what would be lost is refused by file, line and field, and nothing is written; --lossy lists it", async () => {
  const { data, at } = await alpacaFile("n");
  const args = ["convert", "--data", data, "--to", "openai", "--out", at("out.jsonl")];
  const { code, stdout, stderr } = await inoculate(...args, "--json");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^error: .*data\.json:1, row 1: input: .*--lossy/m);
  expect(existsSync(at("out.jsonl"))).toBe(false);
  const lossy = await inoculate(...args, "--lossy");
  expect(lossy.code).toBe(0);
  expect(lossy.stdout).toMatch(/lost 1 x input, first in .*row 1/);
});

test("names that are not known, or do not fit, are refused", async () => {
  const { data, at } = await alpacaFile("");
  const run = (...args: string[]) => inoculate("convert", "--data", data, ...args);
  expect(await run("--to", "opneai", "--out", at("a.jsonl"))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/openai/),
  });
  expect(await run("--out", at("a.txt"))).toMatchObject({ code: 2, stderr: expect.stringMatching(/\.parquet/) });
  expect(await run("--out", "-", "--container", "jsonl", "--json")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/standard output/),
  });
  expect(await run("--out", at("a.csv"), "--columns", "user")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/user=NAME/),
  });
});
