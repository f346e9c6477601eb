import type { FormatId } from "../../src/data/convert/formats.ts";
import { RawJson } from "../../src/data/files/rawJson.ts";

const user = (content: unknown, rest = {}) => ({ role: "user", content, ...rest });
const assistant = (content: unknown, rest = {}) => ({ role: "assistant", content, ...rest });
const system = (content: string) => ({ role: "system", content });
const call = { id: "call_1", type: "function", function: { name: "add", arguments: '{"a": 1, "b": 2}' } };
const bareCall = { type: "function", function: { name: "add", arguments: '{"a": 1, "b": 2}' } };
const large = new RawJson("9007199254740993");

/** Small files, each with something that one format or another has no place for. */
export const richFiles: readonly [format: FormatId, feature: string, rows: Record<string, unknown>[]][] = [
  [
    "openai",
    "one turn",
    [{ messages: [user('a "b",\nc'), assistant("d 😀")] }, { messages: [user(""), assistant("")] }],
  ],
  ["openai", "system", [{ messages: [system("s"), user("u"), assistant("a")] }]],
  ["openai", "empty system", [{ messages: [system(""), user("u"), assistant("a")] }]],
  ["openai", "system in the middle", [{ messages: [user("u"), system("s"), assistant("a")] }]],
  ["openai", "several turns", [{ messages: [user("u"), assistant("a"), user("v"), assistant("b")] }]],
  ["openai", "turn of its own twice", [{ messages: [user("u"), user("v"), assistant("b"), assistant("c")] }]],
  ["openai", "no reply at the end", [{ messages: [user("u"), assistant("a"), user("v")] }]],
  ["openai", "no user", [{ messages: [assistant("a")] }]],
  [
    "openai",
    "weights",
    [{ messages: [user("u"), assistant("a", { weight: 0 }), user("v"), assistant("b", { weight: 1 })] }],
  ],
  ["openai", "developer", [{ messages: [{ role: "developer", content: "d" }, user("u"), assistant("a")] }]],
  ["openai", "names", [{ messages: [user("u", { name: "ann" }), assistant("a")] }]],
  [
    "openai",
    "tool calls",
    [
      {
        messages: [
          user("u"),
          assistant(null, { tool_calls: [call] }),
          { role: "tool", tool_call_id: "call_1", content: "3" },
          assistant("3"),
        ],
        tools: [{ type: "function", function: { name: "add" } }],
      },
    ],
  ],
  [
    "openai",
    "calls without ids",
    [
      {
        messages: [
          user("u"),
          assistant(null, { tool_calls: [bareCall] }),
          { role: "tool", content: "3" },
          assistant("3"),
        ],
      },
    ],
  ],
  ["openai", "call without a content", [{ messages: [user("u"), { role: "assistant", tool_calls: [call] }] }]],
  [
    "openai",
    "parts",
    [
      {
        messages: [
          user([
            { type: "text", text: "u" },
            { type: "image_url", image_url: { url: "x" } },
          ]),
          assistant("a"),
        ],
      },
    ],
  ],
  ["openai", "large numbers in messages", [{ messages: [user("u", { id: large }), assistant("a")] }]],
  [
    "openai",
    "text fields",
    [
      { id: "1", messages: [user("u"), assistant("a")], source: "" },
      { id: "2", messages: [user("v"), assistant("b")], source: "web" },
    ],
  ],
  [
    "openai",
    "field in some rows",
    [{ messages: [user("u"), assistant("a")], source: "x" }, { messages: [user("v"), assistant("b")] }],
  ],
  [
    "openai",
    "fields of all kinds",
    [{ n: large, f: 0.5, yes: true, none: null, deep: { a: [1, [2]], b: {} }, messages: [user("u"), assistant("a")] }],
  ],
  [
    "openai",
    "field of two kinds",
    [
      { x: 1, messages: [user("u"), assistant("a")] },
      { x: "1", messages: [user("v"), assistant("b")] },
    ],
  ],
  [
    "openai",
    "null and absent",
    [{ x: null, messages: [user("u"), assistant("a")] }, { messages: [user("v"), assistant("b")] }],
  ],
  [
    "openai",
    "names of other layouts",
    [{ messages: [user("u"), assistant("a")], prompt: "p", input: "i", conversations: "c" }],
  ],
  ["openai", "half a character", [{ messages: [user("\ud800"), assistant("a")] }]],
  [
    "trl-prompt",
    "lists",
    [{ prompt: [system("s"), user("u")], completion: [assistant("a")] }, { prompt: [user("v")] }],
  ],
  ["trl-prompt", "long completion", [{ prompt: [user("u")], completion: [assistant("a"), user("v"), assistant("b")] }]],
  [
    "together-instruction",
    "texts",
    [
      { prompt: "p", completion: "c", id: "x" },
      { prompt: "", completion: "", id: "" },
    ],
  ],
  [
    "axolotl",
    "turns",
    [
      {
        conversations: [
          { from: "system", value: "s" },
          { from: "human", value: "u" },
          { from: "gpt", value: "a", weight: 0 },
        ],
      },
    ],
  ],
  [
    "axolotl",
    "tool",
    [
      {
        conversations: [
          { from: "human", value: "u" },
          { from: "function_call", value: '{"name": "f", "arguments": {"x": 1.0}}' },
          { from: "tool", value: "o" },
          { from: "gpt", value: "a" },
        ],
      },
    ],
  ],
  [
    "axolotl",
    "other spelling",
    [
      {
        conversations: [
          { from: "human", value: "u" },
          { from: "chatgpt", value: "a" },
        ],
      },
    ],
  ],
  [
    "axolotl",
    "two spellings",
    [
      {
        conversations: [
          { from: "human", value: "u" },
          { from: "assistant", value: "a" },
        ],
      },
    ],
  ],
  [
    "llama-factory",
    "column",
    [
      {
        system: "s",
        conversations: [
          { from: "human", value: "u" },
          { from: "gpt", value: "a" },
        ],
        tools: "[]",
      },
    ],
  ],
  [
    "llama-factory",
    "empty column",
    [
      {
        system: "",
        conversations: [
          { from: "human", value: "u" },
          { from: "gpt", value: "a" },
        ],
      },
    ],
  ],
  [
    "qwen",
    "turns",
    [
      {
        conversations: [
          { from: "user", value: "u" },
          { from: "assistant", value: "a" },
        ],
      },
    ],
  ],
  ["alpaca", "no input", [{ instruction: "i", output: "o" }]],
  ["alpaca", "empty input", [{ instruction: "i", input: "", output: "o" }]],
  ["alpaca", "input", [{ instruction: "i", input: "n", output: "o" }]],
  [
    "alpaca",
    "history",
    [
      {
        instruction: "i",
        output: "o",
        system: "s",
        history: [
          ["a", "b"],
          ["c", "d"],
        ],
      },
    ],
  ],
  ["alpaca", "empty fields", [{ instruction: "i", input: null, output: "o", system: "", history: [] }]],
  [
    "columns",
    "texts",
    [
      { user: "u", assistant: "a", system: "s" },
      { user: "v", assistant: "b", system: "" },
    ],
  ],
];
