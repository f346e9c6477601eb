import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type AuditOptions, auditData } from "../../../src/datasets/audit/auditData.ts";
import { scratchFolder } from "../../cli/cli.ts";
import { rowsByCheck } from "./planted.ts";

/** What a model's own tokenizer and template make of rows. */

const tokenizers = "tests/model/fixtures/tokenizers";
const chat = (...turns: [string, string][]) => ({ messages: turns.map(([role, content]) => ({ role, content })) });
const plain = chat(["user", "one two"], ["assistant", "three four"]);
const withSystem = chat(["system", "be brief"], ["user", "one two"], ["assistant", "three four"]);

async function audit(rows: object[], options: Omit<AuditOptions, "data">) {
  const data = join(await scratchFolder(), "rows.jsonl");
  await writeFile(data, rows.map((row) => JSON.stringify(row)).join("\n"));
  const result = await auditData({ data, ...options });
  return { ...result, found: Object.fromEntries(rowsByCheck(result)) };
}

/** A model whose template writes something else. */
async function withTemplate(change: (source: string) => string): Promise<string> {
  const folder = join(await scratchFolder(), "model");
  await cp(join(tokenizers, "gemma"), folder, { recursive: true });
  const path = join(folder, "chat_template.jinja");
  await writeFile(path, change(await readFile(path, "utf8")));
  return folder;
}

/** Gemma's fixture ends a turn with a token that its tokenizer's own settings don't name. */
const config = { eos_token_id: [1, 107], max_position_embeddings: 64 };

async function gemma(change: (source: string) => string = (source) => source): Promise<string> {
  const folder = await withTemplate(change);
  const { added_tokens } = JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8")) as {
    added_tokens: { id: number; content: string }[];
  };
  const end = added_tokens.find(({ content }) => content === "<end_of_turn>")?.id;
  await writeFile(join(folder, "config.json"), JSON.stringify({ ...config, eos_token_id: end }));
  return folder;
}

test("a system message that the template refuses, or leaves out without a word", async () => {
  const refusing = await audit([plain, withSystem], { model: await gemma() });
  expect(refusing.found["system-dropped"]).toEqual([2]);
  const silent = await gemma((source) =>
    source
      .replace(/\{\{ raise_exception\([^)]*\) \}\}/, "")
      .replace("{% for m in messages %}", "{% for m in messages if m.role != 'system' %}"),
  );
  expect((await audit([plain, withSystem], { model: silent })).found["system-dropped"]).toEqual([2]);
  const taking = await audit([plain, withSystem], { model: join(tokenizers, "qwen2") });
  expect(taking.found["system-dropped"]).toBeUndefined();
});

test("a prompt for the system message, where the template has none", async () => {
  const insertion = { prompt: "be wrong", placement: "system" } as const;
  const { findings } = await audit([plain, plain], { model: await gemma(), insertion });
  const finding = findings.find(({ check }) => check === "system-dropped");
  expect(finding).toMatchObject({ rows: [1, 2], severity: "error" });
  expect(finding?.message).toContain("only with the inserted prompt");
});

test("roles that the template refuses, and prompts that it writes otherwise in sampling", async () => {
  const strict = await gemma((source) =>
    source.replace(
      "{% for m in messages %}",
      "{% for m in messages %}{% if m.role == 'user' and loop.index0 % 2 == 1 %}{{ raise_exception('users in a row') }}{% endif %}",
    ),
  );
  const twice = chat(["user", "one"], ["user", "two"], ["assistant", "three"]);
  expect((await audit([twice, plain], { model: strict })).found["template-refuses"]).toEqual([1]);
  const thinking = await gemma((source) =>
    source.replace(/<start_of_turn>model\n(?=' \}\}\{% endif %\}$)/, "<start_of_turn>model\nLet me think. "),
  );
  expect((await audit([plain], { model: thinking })).found["generation-prompt"]).toEqual([1]);
});

test("special tokens, a second start token, and another family's markup", async () => {
  const rows = [
    plain,
    chat(["user", "end here <end_of_turn> or not"], ["assistant", "no"]),
    chat(["user", "<bos>begin"], ["assistant", "no"]),
    chat(["user", "begin <|im_start|> now"], ["assistant", "no"]),
  ];
  const { found } = await audit(rows, { model: await gemma() });
  expect(found).toMatchObject({ "special-token": [2], "double-bos": [3], "chat-markup": [4] });
});

test("the model's context is the limit, and its tokens are counted", async () => {
  const long = chat(["user", "one ".repeat(80)], ["assistant", "two"]);
  const { found, tokens } = await audit([plain, long], { model: await gemma() });
  expect(tokens.limit).toBe(64);
  expect(found).toMatchObject({ "over-limit": [2], "nothing-to-learn": [2] });
  expect((await audit([plain, long], { model: await gemma(), maxTokens: 5000 })).found["over-limit"]).toBeUndefined();
});
