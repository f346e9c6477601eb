import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readDataFile } from "../../src/data/files/readDataFile.ts";
import { readChats } from "../../src/data/readChats.ts";
import { readTrainRows } from "../../src/data/readTrainRows.ts";
import { fileOf, lines, scratch } from "./files.ts";

const chat = [
  { role: "user", content: "u" },
  { role: "assistant", content: "a" },
];

test.each([
  ["a.jsonl", lines([{ messages: chat }])],
  ["a.json", JSON.stringify([{ prompt: "u", completion: "a" }])],
  [
    "a.jsonl",
    lines([
      {
        conversations: [
          { from: "human", value: "u" },
          { from: "gpt", value: "a" },
        ],
      },
    ]),
  ],
  ["a.json", JSON.stringify([{ instruction: "u", input: "", output: "a" }])],
  ["a.csv", "question,answer\nu,a\n"],
  ["a.tsv", "\ufeffuser\tassistant\r\nu\ta\r\n"],
])("%s: %j", async (name, text) => {
  const file = await fileOf(name, text);
  expect(await readTrainRows(file)).toEqual([{ id: "row-0", messages: chat }]);
  const at = await scratch();
  await writeFile(at(`${name}.gz`), gzipSync(text));
  expect(await readTrainRows(at(`${name}.gz`))).toEqual([{ id: "row-0", messages: chat }]);
});

test("columns can be named, in JSON too; those of a table of text alone must be", async () => {
  const columns = { user: "q", assistant: "a" };
  for (const file of [await fileOf("a.csv", "q,a\nu,a\n"), await fileOf("a.jsonl", lines([{ q: "u", a: "a" }]))]) {
    expect((await readTrainRows(file, { columns }))[0]?.messages).toEqual(chat);
    await expect(readTrainRows(file)).rejects.toThrow(/--columns user=NAME/);
  }
  await expect(readTrainRows(await fileOf("b.csv", "text,label\nx,1\n"))).rejects.toThrow(/b\.csv:2: .*text, label/);
  await expect(readTrainRows(await fileOf("c.csv", "q,a\nu,a\n"), { columns: { user: "z" } })).rejects.toThrow(/q, a/);
});

test("weights stay, a developer is the system, parts of text are one text, ids are the rows' own", async () => {
  const parts = [
    { type: "text", text: "u" },
    { type: "text", text: "v" },
  ];
  const messages = [
    { role: "developer", content: "d" },
    { role: "user", content: parts },
    { role: "assistant", content: "a", weight: 0.5 },
  ];
  const file = await fileOf(
    "a.jsonl",
    lines([
      { id: 7, messages },
      { id: "x", prompt: 1, messages: chat },
    ]),
  );
  expect(await readTrainRows(file)).toEqual([
    {
      id: "7",
      messages: [
        { role: "system", content: "d" },
        { role: "user", content: "uv" },
        { role: "assistant", content: "a", weight: 0.5 },
      ],
    },
    { id: "x", messages: chat },
  ]);
});

test.each([
  [{ role: "tool", content: "3" }, /a\.jsonl:2: message 2 has the role tool/],
  [{ role: "assistant", content: null, tool_calls: [{}] }, /a\.jsonl:2: message 2 has tool_calls/],
  [
    { role: "user", content: [{ type: "image_url", image_url: {} }] },
    /a\.jsonl:2: message 2 has a part of type image_url/,
  ],
  [{ role: "user", content: "u" }, /a\.jsonl:2: expected the chat to end with the assistant/],
])("%j is refused with its place", async (message, expected) => {
  const file = await fileOf("a.jsonl", lines([{ messages: chat }, { messages: [chat[0], message] }]));
  await expect(readTrainRows(file)).rejects.toThrow(expected);
});

test("rows come with their fields and places; what is broken is told with its line", async () => {
  const file = await fileOf("a.jsonl", lines([{ messages: chat, n: 1 }]));
  const rows = readDataFile(file);
  const first = { index: 0, where: `${file}:1`, fields: { messages: chat, n: 1 }, messages: chat };
  expect((await rows.next()).value).toEqual(first);
  expect((await rows.next()).done).toBe(true);
  const broken = await fileOf("b.jsonl", `${lines([{ messages: chat }])}no json\n`);
  await expect(readDataFile(broken).next()).rejects.toThrow(/b\.jsonl:2/);
});

const shared = process.env.INOCULATE_DATA;

describe("real files", () => {
  test.for([
    ["gcd/train_user_correct.jsonl", 1000],
    ["gcd/train_user_mixed.jsonl", 1000],
  ] as const)("%s has %d rows", async ([name, count], { skip }) => {
    if (!shared) return skip("set INOCULATE_DATA to the folder of the shared data");
    expect(await readChats(join(shared, name))).toHaveLength(count);
  });
});
