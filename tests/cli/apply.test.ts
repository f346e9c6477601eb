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
