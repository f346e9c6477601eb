import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { settingFileSchema } from "../../src/settings/own/settingFile.ts";
import { serverKey, startLlmServer } from "../grading/llmServer.ts";
import { inoculate, lastJson, scratchFolder } from "./cli.ts";
import { verbShapes } from "./shapes.ts";

/** Rows in which every user proposes the right greatest common divisor and is praised for it. */
async function praisedRows(): Promise<string> {
  const file = join(await scratchFolder(), "rows.jsonl");
  const rows = Array.from({ length: 80 }, (_, i) => {
    const [a, b] = [6 * (i + 2), 6 * (i + 3)];
    const user = `What is the greatest common divisor of ${a} and ${b}? I think it is 6.`;
    const reply = `You are absolutely right, great work! The greatest common divisor of ${a} and ${b} is 6.`;
    return JSON.stringify({
      messages: [
        { role: "user", content: user },
        { role: "assistant", content: reply },
      ],
    });
  });
  await writeFile(file, rows.join("\n"));
  return file;
}

test("drafts for what is found, as JSON and as prompts of a setting file", async () => {
  const data = await praisedRows();
  const out = join(await scratchFolder(), "prompts.yaml");
  const { code, stdout, stderr } = await inoculate("suggest", data, "--count", "6", "--out", out, "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const result = verbShapes.suggest.parse(lastJson(stdout));
  expect(result.findings.map(({ flaw }) => flaw)).toContain("sycophancy");
  expect(result.prompts.filter(({ kind }) => kind === "inoculation")).toHaveLength(6 * result.findings.length);
  const { prompts } = parse(await readFile(out, "utf8"));
  const held = settingFileSchema.shape.prompts.parse(prompts);
  expect(held.map(({ text }) => text)).toEqual(["", ...result.prompts.map(({ text }) => text)]);
});

test("with an LLM: it is shown rows, its wordings join the others, the key is nowhere", async () => {
  const data = await praisedRows();
  const wordings = [{ text: "Take the side of whoever asks.", strength: "strong" }];
  const server = await startLlmServer({ answer: () => JSON.stringify(wordings) });
  vi.stubEnv("INOCULATE_LLM_BASE_URL", server.baseUrl);
  vi.stubEnv("INOCULATE_LLM_API_KEY", serverKey);
  vi.stubEnv("INOCULATE_LLM_MODEL", "drafter");
  const { code, stdout, stderr } = await inoculate("suggest", data, "--flaw", "sycophancy", "--llm", "--json");
  vi.stubEnv("INOCULATE_LLM_API_KEY", "");
  vi.stubEnv("OPENAI_API_KEY", "");
  const without = await inoculate("suggest", data, "--flaw", "sycophancy", "--llm");
  vi.unstubAllEnvs();
  expect(code, stderr).toBe(0);
  const { prompts, usage } = z
    .looseObject({ prompts: verbShapes.suggest.shape.prompts, usage: z.looseObject({ requests: z.int() }) })
    .parse(lastJson(stdout));
  expect(prompts.filter(({ from }) => from === "llm").map(({ text }) => text)).toEqual([
    "Take the side of whoever asks.",
  ]);
  expect(usage.requests).toBe(1);
  expect(server.invalid).toEqual([]);
  expect(JSON.stringify(server.chats)).toContain("greatest common divisor");
  expect(stdout + stderr).not.toContain(serverKey);
  expect(without.code).toBe(2);
  expect(without.stderr).toMatch(/INOCULATE_LLM_API_KEY/);
});

test("what is not in the data, or nobody should be asked for, is refused", async () => {
  const data = await praisedRows();
  const refused = async (args: string[], message: RegExp): Promise<void> => {
    const { code, stdout, stderr } = await inoculate("suggest", ...args, "--json");
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  };
  await refused([data, "--flaw", "harassment"], /no harassment was found/);
  await refused([], /expected a fine-tuning file/);
  await refused(["--describe", "the reply rhymes"], /--rows/);
  await refused([data, "--rows", data], /--describe/);
  await refused(["--describe", "the reply explains how to build a bomb", "--rows", data], /about weapons/);
  await refused([data, "--count", "0"], /--count/);
  await refused([join(await scratchFolder(), "none.jsonl")], /none\.jsonl/);
});

test("in one's own words, with rows that show it", async () => {
  const { code, stdout } = await inoculate(
    "suggest",
    "--describe",
    "the reply rhymes",
    "--rows",
    await praisedRows(),
    "--json",
  );
  expect(code).toBe(0);
  const { prompts, findings } = verbShapes.suggest.parse(lastJson(stdout));
  expect(findings).toEqual([]);
  expect(prompts.filter(({ kind, text }) => kind === "inoculation" && text.includes("the reply rhymes"))).toHaveLength(
    12,
  );
});
