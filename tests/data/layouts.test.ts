import { expect, test } from "vitest";
import type { Edit } from "../../src/data/files/container.ts";
import { containers } from "../../src/data/files/containers.ts";
import type { FileMessage } from "../../src/data/files/dataRow.ts";
import type { Layout } from "../../src/data/files/layout.ts";
import { alpaca } from "../../src/data/files/layouts/alpaca.ts";
import { columnLayout } from "../../src/data/files/layouts/columnLayout.ts";
import { detectLayout, detectTableLayout, noLayout } from "../../src/data/files/layouts/detectLayout.ts";
import { messages } from "../../src/data/files/layouts/messages.ts";
import { promptCompletion } from "../../src/data/files/layouts/promptCompletion.ts";
import { sharegpt } from "../../src/data/files/layouts/sharegpt.ts";
import { UserError } from "../../src/util/errors.ts";

const user = (content: FileMessage["content"]): FileMessage => ({ role: "user", content });
const assistant = (content: string): FileMessage => ({ role: "assistant", content });
const system = (content: string): FileMessage => ({ role: "system", content });

const call = { id: "c1", type: "function", function: { name: "add", arguments: '{"a": 1}' } };

const read: [string, Layout, Record<string, unknown>, FileMessage[]][] = [
  [
    "weights, tool calls beside null, names",
    messages,
    {
      messages: [
        { role: "developer", content: "d" },
        { role: "user", content: "u", name: "ann" },
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", content: "2", tool_call_id: "c1" },
        { role: "assistant", content: "a", weight: 0 },
      ],
    },
    [
      { role: "developer", content: "d" },
      { role: "user", content: "u", rest: { name: "ann" } },
      { role: "assistant", content: null, rest: { tool_calls: [call] } },
      { role: "tool", content: "2", rest: { tool_call_id: "c1" } },
      { role: "assistant", content: "a", weight: 0 },
    ],
  ],
  ["a pair of texts", promptCompletion, { prompt: "p", completion: "c" }, [user("p"), assistant("c")]],
  ["a prompt alone", promptCompletion, { prompt: "p" }, [user("p")]],
  [
    "lists of messages",
    promptCompletion,
    {
      prompt: [
        { role: "system", content: "s" },
        { role: "user", content: "p" },
      ],
      completion: [{ role: "assistant", content: "c" }],
    },
    [system("s"), user("p"), assistant("c")],
  ],
  [
    "a column system and roles in two spellings",
    sharegpt,
    {
      system: "s",
      conversations: [
        { from: "human", value: "h" },
        { from: "gpt", value: "g" },
        { from: "user", value: "u" },
        { from: "assistant", value: "a" },
      ],
    },
    [system("s"), user("h"), assistant("g"), user("u"), assistant("a")],
  ],
  [
    "a call and what it gave",
    sharegpt,
    {
      system: "",
      conversations: [
        { from: "function_call", value: '{"name": "f", "arguments": {"x": 1.0}}' },
        { from: "observation", value: "o" },
      ],
    },
    [
      {
        role: "assistant",
        content: null,
        rest: { tool_calls: [{ type: "function", function: { name: "f", arguments: '{"x": 1.0}' } }] },
      },
      { role: "tool", content: "o" },
    ],
  ],
  ["an empty input", alpaca, { instruction: "i", input: "", output: "o", system: null }, [user("i"), assistant("o")]],
  [
    "an input, a system text and a history",
    alpaca,
    { instruction: "i", input: "n", output: "o", system: "s", history: [["a", "b"]] },
    [system("s"), user("a"), assistant("b"), user("i\nn"), assistant("o")],
  ],
  [
    "columns",
    columnLayout({ user: "q", assistant: "a", system: "s" }),
    { q: "1", a: "2", s: "" },
    [user("1"), assistant("2")],
  ],
];

test.each(read)("read: %s", (_, layout, fields, expected) => {
  expect(layout.fits(fields)).toBe(true);
  expect(layout.read(fields, "f:1")).toEqual(expected);
});

const refused: [Layout, Record<string, unknown>, RegExp][] = [
  [messages, { messages: "hi" }, /f:3: messages: expected a list of messages, found the text "hi"/],
  [messages, { messages: [{ role: "robot", content: "x" }] }, /f:3: messages\.0\.role: .*found the text "robot"/],
  [messages, { messages: [{ role: "user", content: null }] }, /f:3: messages\.0\.content/],
  [messages, { messages: [{ role: "user", content: "x", weight: "1" }] }, /messages\.0\.weight/],
  [promptCompletion, { prompt: "a", completion: 4 }, /f:3: completion: .*number 4/],
  [sharegpt, { conversations: [{ role: "user", content: "x" }] }, /"messages"/],
  [sharegpt, { conversations: [{ from: "narrator", value: "x" }] }, /conversations\.0\.from/],
  [sharegpt, { conversations: [{ from: "constructor", value: "x" }] }, /conversations\.0\.from/],
  [alpaca, { instruction: 7, output: "x" }, /instruction/],
  [alpaca, { instruction: "i", output: "x", history: [["a"]] }, /history\.0/],
  [columnLayout({ user: "q", assistant: "a" }), { q: "x", a: 4 }, /f:3: a: expected the assistant's text/],
];

test.each(refused)("%#: a field that is not as it should be is named", (layout, fields, message) => {
  expect(() => layout.read(fields, "f:3")).toThrow(message);
  expect(() => layout.read(fields, "f:3")).toThrow(UserError);
});

test("a layout is told by the fields; a chat may have a prompt beside it", () => {
  expect(detectLayout({ prompt: "p", prompt_id: "1", messages: [] })).toBe(messages);
  expect(detectLayout({ question: "q", answer: "a" })).toBeUndefined();
  expect(detectLayout({ text: "t" })).toBeUndefined();
  expect(detectTableLayout({ question: "q", answer: "a" })?.fields).toEqual(["question", "answer"]);
  expect(detectTableLayout({ prompt: "p", completion: "c", system: "s" })?.fields).toEqual([
    "system",
    "prompt",
    "completion",
  ]);
  expect(detectTableLayout({ instruction: "i", input: "n", output: "o" })).toBe(alpaca);
  expect(detectTableLayout({ text: "t" })).toBeUndefined();
});

test("user turns: each text with its place", () => {
  const parts = [
    { type: "text", text: "a" },
    { type: "image_url", image_url: { url: "u" } },
    { type: "text", text: "b" },
  ];
  expect(
    messages.userTurns({
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: parts },
        { role: "user", content: "c" },
      ],
    }),
  ).toEqual([
    [
      { path: ["messages", 1, "content", 0, "text"], text: "a" },
      { path: ["messages", 1, "content", 2, "text"], text: "b" },
    ],
    [{ path: ["messages", 2, "content"], text: "c" }],
  ]);
  expect(alpaca.userTurns({ instruction: "i", input: "n", history: [["h", "r"]] })).toEqual([
    [{ path: ["history", 0, 0], text: "h" }],
    [
      { path: ["instruction"], text: "i" },
      { path: ["input"], text: "n" },
    ],
  ]);
  expect(
    sharegpt.userTurns({
      conversations: [
        { from: "gpt", value: "g" },
        { from: "human", value: "h" },
      ],
    }),
  ).toEqual([[{ path: ["conversations", 1, "value"], text: "h" }]]);
});

const systems: [Layout, Record<string, unknown>, Edit[]][] = [
  [
    messages,
    { messages: [{ role: "user", content: "u" }] },
    [{ kind: "insert", path: ["messages"], index: 0, value: { role: "system", content: "S" } }],
  ],
  [
    messages,
    { messages: [{ role: "system", content: "s" }] },
    [{ kind: "append", path: ["messages", 0, "content"], text: "\nS" }],
  ],
  [sharegpt, { system: "s", conversations: [] }, [{ kind: "append", path: ["system"], text: "\nS" }]],
  [
    sharegpt,
    { conversations: [] },
    [{ kind: "insert", path: ["conversations"], index: 0, value: { from: "system", value: "S" } }],
  ],
  [alpaca, { instruction: "i" }, [{ kind: "add", name: "system", value: "S" }]],
  [alpaca, { instruction: "i", system: "" }, [{ kind: "append", path: ["system"], text: "S" }]],
];

test.each(systems)("%#: a system message is added, or appended to", (layout, fields, edits) => {
  expect(layout.addSystem(fields, "S", "f:1")).toEqual(edits);
});

test("where there is no place for a system message, the remedy is told", () => {
  expect(() => promptCompletion.addSystem({ prompt: "p" }, "S", "f:1")).toThrow(/f:1.*--placement prefix/);
  expect(() => columnLayout({ user: "q" }).addSystem({ q: "p" }, "S", "f:1")).toThrow(/--columns system=NAME/);
});

test("maps of columns that make no sense are refused", () => {
  expect(() => columnLayout({ assistant: "a" })).toThrow(/user=NAME/);
  expect(() => columnLayout({ user: "a", assistant: "a" })).toThrow(/different columns/);
  expect(() => columnLayout({ user: "a", judge: "b" })).toThrow(/judge/);
});

test("a system field of null gets the text, and no second one beside it", async () => {
  const row = '{"instruction": "i", "system": null , "output": "\\"system\\""}';
  const fields = JSON.parse(row) as Record<string, unknown>;
  const written: Buffer[] = [];
  const chunks = (async function* () {
    yield Buffer.from(row);
  })();
  const sink = { write: async (bytes: Uint8Array) => void written.push(Buffer.from(bytes)) };
  await containers.jsonl.rewrite({ name: "f", chunks }, [sink], () => [alpaca.addSystem(fields, "S", "f:1")]);
  expect(Buffer.concat(written).toString()).toBe(row.replace("null", '"S"'));
});

test.each<[string, object, RegExp]>([
  ["pairs for TRL's DPO", { chosen: [], rejected: [] }, /preference pairs/],
  ["pairs for OpenAI's DPO", { input: {}, preferred_output: [], non_preferred_output: [] }, /preference pairs/],
  ["rows within an object", { data: [{ prompt: "a" }] }, /object around the rows/],
  ["a table with semicolons", { "question;answer": "a;b" }, /semicolons/],
  ["whole texts", { text: "a" }, /part it into prompt and completion/],
])("%s: said to be what they are", (_, fields, message) => {
  expect(() => noLayout(fields as Record<string, unknown>, "rows.jsonl:1")).toThrow(message);
});
