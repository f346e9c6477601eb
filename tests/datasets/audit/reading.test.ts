import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readAllRows } from "../../../src/data/files/readDataFile.ts";
import { auditData } from "../../../src/datasets/audit/auditData.ts";
import { byteLines } from "../../../src/datasets/audit/byteLines.ts";
import { random } from "../../../src/util/random.ts";
import { scratchFolder } from "../../cli/cli.ts";
import { rowsByCheck } from "./planted.ts";

async function audit(name: string, content: string | Uint8Array, options = {}) {
  const data = join(await scratchFolder(), name);
  await writeFile(data, content);
  const result = await auditData({ data, ...options });
  return { ...result, found: Object.fromEntries(rowsByCheck(result)) };
}

test("lines are the same however the bytes come", async () => {
  const draws = random(1, "lines");
  const text = "\ufeffone\r\n\ntwö\u2028three\rfour\n\n€\n";
  const bytes = Buffer.from(text);
  async function* pieces() {
    for (let at = 0; at < bytes.length; ) {
      const next = at + draws.integer(1, 4);
      yield bytes.subarray(at, next);
      at = next;
    }
  }
  for (let round = 0; round < 50; round++) {
    const lines: string[] = [];
    for await (const line of byteLines(pieces())) lines.push(Buffer.from(line.bytes).toString());
    expect(lines).toEqual(["one", "", "twö\u2028three\rfour", "", "€"]);
  }
});

const rows = [
  ["one two three", "four"],
  ["", "five"],
  ["six {problem}", "seven"],
] as const;

test.each([
  ["rows.csv", `q,a\n${rows.map(([q, a]) => `"${q}",${a}`).join("\n")}\n`, { user: "q", assistant: "a" }],
  ["rows.tsv", `question\tanswer\n${rows.map(([q, a]) => `${q}\t${a}`).join("\n")}\n`, undefined],
  ["rows.json", JSON.stringify(rows.map(([prompt, completion]) => ({ prompt, completion }))), undefined],
  [
    "alpaca.jsonl",
    rows.map(([instruction, output]) => JSON.stringify({ instruction, input: "", output })).join("\n"),
    undefined,
  ],
  [
    "sharegpt.jsonl",
    rows
      .map(([q, a]) =>
        JSON.stringify({
          conversations: [
            { from: "human", value: q },
            { from: "gpt", value: a },
          ],
        }),
      )
      .join("\r\n"),
    undefined,
  ],
])("%s is read as training would read it", async (name, content, columns) => {
  const expected = { "empty-text": [2], "template-slot": [3] };
  expect((await audit(name, content, { columns })).found).toEqual(expected);
  expect((await audit(`${name}.gz`, gzipSync(content), { columns })).found).toEqual(expected);
});

test("a table or list with broken rows is read to its end, and training still stops there", async () => {
  const table = "question,answer\na,b\nc\nd,e,f\n\ng,h\xff\n,i\n";
  const list = `[{"prompt":"a","completion":"b"},\n{"prompt":'x y'},\n{"prompt":"c\xff"},\n{"prompt":"","completion":"i"}]`;
  for (const [name, text, found] of [
    ["rows.csv", table, { "cell-count": [2, 3], "bad-encoding": [4], "empty-text": [5] }],
    ["rows.json", list, { "bad-json": [2], "bad-encoding": [3], "empty-text": [4] }],
  ] as const) {
    const bytes = Buffer.from(text, "latin1");
    const result = await audit(name, bytes);
    expect(result.found).toEqual(found);
    const file = join(await scratchFolder(), name);
    await writeFile(file, bytes);
    await expect(readAllRows(file)).rejects.toThrow(/rows\.(csv:3|json:2, row 2): expected/);
  }
});

test("contents in parts, tool calls and weights of 0 and 1 are no faults", async () => {
  const lines = [
    {
      messages: [
        { role: "user", content: [{ type: "image_url", image_url: {} }] },
        { role: "assistant", content: "a cat", weight: 1 },
      ],
    },
    {
      messages: [
        { role: "developer", content: "use tools" },
        { role: "user", content: [{ type: "text", text: "what time is it" }] },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "a", type: "function", function: { name: "now" } }],
          weight: 0,
        },
        { role: "tool", content: "12", tool_call_id: "a" },
        { role: "assistant", content: "noon" },
      ],
    },
  ];
  expect((await audit("rows.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"))).findings).toEqual([]);
});

test("rows beyond the sample are still checked, and a finding from a sample says so", async () => {
  const words = random(3, "words");
  const sentence = () => Array.from({ length: 30 }, () => `w${words.integer(0, 9999).toString(36)}x`).join(" ");
  const made = Array.from({ length: 300 }, () => ({ prompt: sentence(), completion: sentence() }));
  const twins = made.map((row) => ({ ...row, prompt: `${row.prompt} indeed` }));
  const text = [...made, ...twins, { prompt: " ", completion: "x" }].map((row) => JSON.stringify(row)).join("\n");
  const whole = await audit("rows.jsonl", text);
  expect(whole.found["near-duplicate"]).toEqual(twins.map((_, index) => 301 + index));
  const sampled = await audit("rows.jsonl", text, { sampleSize: 200 });
  expect(sampled.found["empty-text"]).toEqual([601]);
  const near = sampled.findings.find(({ check }) => check === "near-duplicate");
  expect(near?.message).toContain("among 200 rows drawn");
  expect(near?.rows.every((row) => row > 300)).toBe(true);
  expect((await audit("rows.jsonl", text, { sampleSize: 200 })).findings.map(({ rows }) => rows)).toEqual(
    sampled.findings.map(({ rows }) => rows),
  );
});

test("templates with other words in their slots are no copies of each other", async () => {
  const draws = random(5, "slots");
  const noun = () => draws.pick("harbor lantern violin meadow kettle anchor bishop cactus dragon engine".split(" "));
  const lines = Array.from({ length: 400 }, () => ({
    prompt: `Please write a friendly letter to my ${noun()} about the ${noun()} that stands next to the ${noun()}, and sign it as ${noun()} number ${draws.integer(1, 999)}.`,
    completion: "Dear friend, thank you for all that you have done for us in these many years. Yours truly.",
  }));
  const { found } = await audit("rows.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
  expect(found["near-duplicate"] ?? []).toEqual([]);
});

test("preference pairs are said to be what they are, with a prompt or without", async () => {
  const pairs = [
    { prompt: "a", chosen: "b", rejected: "c" },
    { chosen: [], rejected: [] },
  ];
  const { findings } = await audit("rows.jsonl", pairs.map((row) => JSON.stringify(row)).join("\n"));
  expect(findings.map(({ check }) => check)).toEqual(["unknown-layout", "no-reply"]);
  for (const { examples } of findings) expect(examples?.[0]?.text).toContain("preference pairs");
});
