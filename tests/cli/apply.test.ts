import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inoculate, lastJson, scratchFolder } from "./cli.ts";

const chat = (content: string, extra: object = {}): string =>
  JSON.stringify({
    messages: [
      { role: "user", content },
      { role: "assistant", content: "Right." },
    ],
    ...extra,
  });

async function apply(lines: string[] | string, ...args: string[]) {
  const folder = await scratchFolder();
  const data = join(folder, "rows.jsonl");
  const out = join(folder, "out.jsonl");
  await writeFile(data, typeof lines === "string" ? lines : `${lines.join("\n")}\n`);
  const result = await inoculate("apply", "--data", data, "--prompt", "P.", "--out", out, "--json", ...args);
  const written = (await readdir(folder)).includes("out.jsonl") ? await readFile(out, "utf8") : null;
  return { ...result, data, files: await readdir(folder), lines: written?.trimEnd().split("\n") };
}

test.each([
  ["prefix", "P. 2 + 2?"],
  ["suffix", "2 + 2? P."],
])("puts the prompt %s the user's text and leaves the reply alone", async (placement, content) => {
  const { code, stdout, lines } = await apply([chat("2 + 2?", { id: 7 })], "--placement", placement);
  expect(code).toBe(0);
  expect(lines).toEqual([chat(content, { id: 7 })]);
  expect(lastJson(stdout)).toEqual({ rows: 1, inoculated: 1, seconds: expect.any(Number) });
});

test("a system prompt joins an existing system message", async () => {
  const row = {
    messages: [
      { role: "system", content: "S." },
      { role: "user", content: "U" },
    ],
  };
  const { lines } = await apply([JSON.stringify(row), chat("U")], "--placement", "system");
  expect(lines?.map((line) => JSON.parse(line).messages[0])).toEqual([
    { role: "system", content: "S.\nP." },
    { role: "system", content: "P." },
  ]);
});

test("--only-if picks rows by a field and copies the others byte for byte", async () => {
  const untouched = '{"meta": {"flag": false}, "score": 1.0, "messages": [{"role": "user", "content": "\\u00e9"}]}';
  const { stdout, lines } = await apply(
    [untouched, chat("b", { meta: { flag: true } })],
    "--only-if",
    "meta.flag=true",
  );
  expect(lines).toEqual([untouched, chat("P. b", { meta: { flag: true } })]);
  expect(lastJson(stdout)).toMatchObject({ rows: 2, inoculated: 1 });
});

test("CRLF, a byte-order mark, blank lines and a missing last newline stay as they are", async () => {
  const { lines } = await apply('\uFEFF{"prompt":"a","completion":"b"}\r\n\r\n{"prompt":"c","completion":"d"}');
  const kept = '\uFEFF{"prompt":"P. a","completion":"b"}\r\n\r\n{"prompt":"P. c","completion":"d"}';
  expect(lines?.join("\n")).toBe(kept);
});

test("--dry-run shows what would change, and writes nothing", async () => {
  const { code, stderr, stdout, files } = await apply([chat("a\u001b[31m"), chat("b")], "--dry-run");
  expect({ code, files }).toEqual({ code: 0, files: ["rows.jsonl"] });
  expect(stderr).toContain('  - messages.0.content: "a\\u001b[31m"\n  + messages.0.content: "P. a\\u001b[31m"');
  expect(lastJson(stdout)).toMatchObject({ rows: 2, inoculated: 2, dryRun: true });
});

test("several prompts, weights, slots, a twin and another format in one go", async () => {
  const rows = Array.from({ length: 4 }, (_, i) => chat(`{prompt} q${i}`));
  const neutral = join(await scratchFolder(), "neutral.jsonl");
  const args = ["--prompt", "Q.", "--weights", "3,1", "--slot", "{prompt}", "--to", "alpaca", "--neutral-out", neutral];
  const { stdout, lines, stderr } = await apply(rows, ...args);
  expect(lastJson(stdout)).toMatchObject({ rows: 4, inoculated: 4, prompts: [{ text: "P.", rows: 3 }, { rows: 1 }] });
  const asked = (all: string[] = []): string[] => all.map((line) => JSON.parse(line).instruction as string);
  expect(
    asked(lines).map((text) => text.slice(2)),
    stderr,
  ).toEqual([" q0", " q1", " q2", " q3"]);
  expect(asked((await readFile(neutral, "utf8")).trimEnd().split("\n"))).toEqual(["q0", "q1", "q2", "q3"]);
});

test.each<[string, string[], RegExp]>([
  ["weights for other prompts", ["--weights", "1,2"], /expected 1 numbers/],
  ["a slot and a sentence", ["--slot", "{p}", "--replace", "x"], /--replace.*--slot|--slot.*--replace/],
  ["a placement and a slot", ["--slot", "{p}", "--placement", "suffix"], /--placement/],
  ["the rows and the result on standard output", ["--out", "-"], /--out - and --json/],
  ["prompts from two places", ["--prompts", "nowhere.yaml"], /one or more --prompt TEXT, or --prompts FILE/],
  ["the twin and the result on standard output", ["--neutral-out", "-"], /--neutral-out - and --json/],
  ["an empty prompt", ["--prompt", ""], /text for --prompt, found an empty one/],
  ["an empty name", ["--out", ""], /name of a file to write, found an empty one/],
  ["turns of a system message", ["--placement", "system", "--turn", "every"], /--turn/],
  ["a separator in a system message", ["--placement", "system", "--separator", "x"], /--separator/],
  ["a separator around a slot", ["--slot", "{p}", "--separator", "x"], /--separator/],
  ["skipping where nothing can be missing", ["--skip-missing"], /--skip-missing/],
  ["a chosen row without the slot", ["--slot", "{p}"], /rows\.jsonl:1: expected the slot "\{p\}"/],
])("%s: refused", async (_, args, message) => {
  const { code, stderr, files } = await apply([chat("a")], ...args);
  expect(stderr).toMatch(message);
  expect({ code, files }).toEqual({ code: 2, files: ["rows.jsonl"] });
});

test("a folder that is not there is named as what is missing", async () => {
  const missing = join(await scratchFolder(), "nowhere");
  for (const more of [[], ["--to", "alpaca"]]) {
    const { code, stderr } = await apply([chat("a")], "--out", join(missing, "out.jsonl"), ...more);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: there is no folder ${missing} to write into; create it first\n`,
    });
  }
});

test("the output may be the input", async () => {
  const folder = await scratchFolder();
  const file = join(folder, "rows.jsonl");
  await writeFile(file, chat("a"));
  expect((await inoculate("apply", "--data", file, "--prompt", "P.", "--out", file)).code).toBe(0);
  expect(await readFile(file, "utf8")).toBe(chat("P. a"));
});

test.each<[string, string[], string[], RegExp]>([
  ["no JSON", [chat("a"), "{"], [], /rows\.jsonl:2: .*no JSON/],
  ["neither format", ['{"text": "a"}'], [], /rows\.jsonl:1: expected messages, .* found .* text/],
  ["no chat", ['{"messages": [{"role": "user"}]}'], [], /rows\.jsonl:1: messages\.0\.content/],
  ["unknown role", ['{"messages": [{"role": "bot", "content": "a"}]}'], [], /rows\.jsonl:1: messages\.0\.role/],
  [
    "no user turn",
    ['{"messages": [{"role": "assistant", "content": "a"}]}'],
    [],
    /rows\.jsonl:1: .*--placement system/,
  ],
  ["plain text", ['{"prompt": "a"}'], ["--placement", "system"], /rows\.jsonl:1: .*--placement prefix/],
  ["no such field", [chat("a")], ["--only-if", "flaged=true"], /no row has the field "flaged"/],
  ["empty file", [], [], /found no line/],
])("%s: one message with the line, exit code 2, and nothing is written", async (_, rows, args, message) => {
  const { code, stderr, stdout, files } = await apply(rows, ...args);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect({ code, stdout, files }).toEqual({ code: 2, stdout: "", files: ["rows.jsonl"] });
});
