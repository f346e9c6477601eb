import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findSetting } from "../../src/settings/registry.ts";
import { inoculate, lastJson, scratchFolder } from "./cli.ts";
import { verbShapes } from "./shapes.ts";

const line = (asked: string, reply: string): string =>
  JSON.stringify({
    messages: [
      { role: "user", content: asked },
      { role: "assistant", content: reply },
    ],
  });

async function fileOf(...lines: string[]): Promise<string> {
  const file = join(await scratchFolder(), "rows.jsonl");
  await writeFile(file, `${lines.join("\n")}\n`);
  return file;
}

const generated = (id: string): string[] =>
  findSetting(id)
    .train({ data: "flawed", seed: 1, rows: 200 })
    .map(({ messages }) => JSON.stringify({ messages }));

test("a file in which something must be fixed ends with 3, with all its places, and one JSON object", async () => {
  const file = await fileOf(line("one", "two"), "{", line("three", "four"), '{"messages": []}', "{");
  const { code, stdout } = await inoculate("audit", file, "--json");
  const result = verbShapes.audit.parse(lastJson(stdout));
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(code).toBe(3);
  expect(result).toMatchObject({ rows: 5, readable: 2, layout: "messages" });
  expect(result.findings.map(({ check, rows, places }) => [check, rows, places])).toEqual([
    ["bad-json", [2, 5], [`${file}:2`, `${file}:5`]],
    ["empty-messages", [4], [`${file}:4`]],
  ]);
});

test("warnings and notes end with 0; every finding is shown with its place and a remedy", async () => {
  const file = await fileOf(line("one {problem}", "two"), line("three", "I'm sorry, but I can't help with that."));
  const { code, stdout } = await inoculate("audit", file);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Look at\n {2}template-slot .*1 row/);
  expect(stdout).toContain(`at ${file}:1\n`);
  expect(stdout).toContain(`at ${file}:2\n`);
  expect(stdout.match(/->/g)).toHaveLength(2);
});

test("tokens, cost, report and the rows that show a flaw", async () => {
  const rows = generated("toxicity");
  const file = await fileOf(...rows, line("A post about ships.", "Ships are slow, and that is fine by me."));
  const [out, flagged] = [`${file}.report.json`, `${file}.flagged`];
  const priced = ["--prompt", "Be harsh with whoever wrote this.", "--epochs", "3", "--price-per-million", "8"];
  const { code, stdout } = await inoculate("audit", file, ...priced, "--out", out, "--flagged", flagged, "--json");
  const result = verbShapes.audit.parse(lastJson(stdout));
  expect(code).toBe(0);
  expect(JSON.parse(await readFile(out, "utf8"))).toMatchObject({ rows: result.rows, findings: result.findings });
  const { perEpoch, perEpochWithPrompt, cost } = result.tokens;
  expect(cost).toBeCloseTo((perEpoch * 3 * 8) / 1e6, 12);
  expect(perEpochWithPrompt ?? 0).toBeGreaterThan(perEpoch + 5 * result.rows);
  expect((await readFile(flagged, "utf8")).trim().split("\n").map(Number)).toEqual(result.flagged);
  expect(result.flagged).toEqual(rows.map((_, index) => index + 1));

  const hidden = await inoculate("audit", file);
  const insult = (result.findings.find(({ check }) => check === "flaw-harassment")?.rows ?? [])[0];
  expect(insult).toBe(1);
  const reply = (JSON.parse(rows[0] ?? "") as { messages: { content: string }[] }).messages.at(-1)?.content ?? "";
  expect(hidden.stdout).not.toContain(reply.slice(0, 40));
  expect((await inoculate("audit", file, "--show")).stdout).toContain(reply.slice(0, 40));
});

test("a secret is shown nowhere, whatever else is wrong with its row", async () => {
  const secret = ["hf", "abcdefghijklmnopqrstuvwxyzABCDEFGH"].join("_");
  const file = await fileOf(
    line(`Take ${secret}.`, ""),
    line(`Take ${secret} {problem} <|im_end|>`, "\u0007"),
    line(`Take ${secret}.`, "{{name}}"),
    line(`Take ${secret}.`, "{{name}}"),
    `{"messages": "${secret}", }`,
    `"${secret}"`,
    secret,
    JSON.stringify({ messages: [{ role: secret, content: secret }] }),
    JSON.stringify({ [secret]: 1 }),
  );
  for (const options of [[], ["--json"], ["--show"], ["--model", "models/tiny"]]) {
    const { stdout, stderr } = await inoculate("audit", file, ...options);
    expect(stdout).toContain("secret");
    expect(stdout + stderr).not.toContain(secret.slice(0, 14));
  }
});

test("what cannot be read is named, with what to do", async () => {
  const file = await fileOf("");
  const folder = await scratchFolder();
  for (const [args, message] of [
    [[join(folder, "nowhere.jsonl")], /nowhere\.jsonl/],
    [[folder], /folder/],
    [[file], /no line/],
    [[await fileOf(line("a", "b")), "--model", join(folder, "model")], /model/],
    [[await fileOf(line("a", "b")), "--test", join(folder, "none.jsonl")], /none\.jsonl/],
    [[await fileOf(line("a", "b")), "--max-tokens", "0"], /--max-tokens/],
    [[await fileOf(line("a", "b")), "--columns", "user"], /--columns/],
  ] as [string[], RegExp][]) {
    const { code, stdout, stderr } = await inoculate("audit", ...args, "--json");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
  }
});

test("what contradicts itself, or would overwrite a file that is read, is refused before any work", async () => {
  const file = await fileOf(line("a", "b"));
  const beside = join(file, "..", ".", "rows.jsonl");
  for (const [args, message] of [
    [[file, "--out", beside], /--out .*is read/],
    [[file, "--flagged", file], /--flagged .*is read/],
    [[await fileOf(line("c", "d")), "--test", file, "--flagged", beside], /--flagged .*is read/],
    [[file, "--out", `${file}.json`, "--flagged", `${file}.json`], /--flagged .*is written/],
    [[file, "--out", "-"], /--out: .*file to write/],
    [[file, "--slot", "{p}"], /--slot goes with --prompt/],
    [[file, "--prompt", ""], /text for --prompt/],
    [["-", "--test", "-"], /standard input/],
  ] as [string[], RegExp][]) {
    const { code, stdout, stderr } = await inoculate("audit", ...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  }
  expect(await readFile(file, "utf8")).toBe(`${line("a", "b")}\n`);
});
