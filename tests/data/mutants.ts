import { gzipSync } from "node:zlib";
import type { Random } from "../../src/util/random.ts";

/** Small files as people have them, and what can befall them. */

export const fileKinds = ["messages", "texts", "lists", "sharegpt", "alpaca", "array", "csv", "tsv"] as const;
export type FileKind = (typeof fileKinds)[number];

const pieces = [
  "plain words",
  "größer",
  "東京",
  "🙂🙃",
  'say "hi"',
  "back\\slash",
  "two\nlines",
  "tab\there",
  "{prompt}",
  "a,b",
  "\u2028",
  "",
];

/** Text as a user may write it. */
export function someText(draw: Random): string {
  return Array.from({ length: draw.integer(1, 4) }, () => draw.pick(pieces)).join(" ");
}

/** One row of a JSON kind; `extra` fields hold what `JSON.parse` would change. */
function jsonRow(kind: FileKind, index: number, draw: Random): string {
  const [user, reply] = [someText(draw), someText(draw)];
  const chat = [
    ...(draw.chance(0.4) ? [{ role: "system", content: someText(draw) }] : []),
    ...(draw.chance(0.3)
      ? [
          { role: "user", content: someText(draw) },
          { role: "assistant", content: reply },
        ]
      : []),
    {
      role: "user",
      content: draw.chance(0.2)
        ? [
            { type: "image_url", image_url: { url: "x" } },
            { type: "text", text: user },
          ]
        : user,
    },
  ];
  const answer = [{ role: "assistant", content: reply, ...(draw.chance(0.2) && { weight: 0 }) }];
  const fields = {
    messages: { messages: [...chat, ...answer] },
    array: { messages: [...chat, ...answer] },
    texts: { prompt: user, completion: reply },
    lists: { prompt: chat, completion: answer },
    sharegpt: {
      conversations: [
        { from: "human", value: user },
        { from: "gpt", value: reply },
      ],
    },
    alpaca: { instruction: user, input: draw.chance(0.5) ? "in" : "", output: reply },
  }[kind as "messages"];
  const extra = draw.pick([
    '"big":12345678901234567890',
    '"score":1.0',
    '"lone":"\\ud800x"',
    '"esc":"\\u00e9\\/"',
    '"n":null',
  ]);
  const indent = kind === "array" && draw.chance(0.5) ? 2 : 0;
  const text = JSON.stringify({ id: index, ...fields }, null, indent);
  const spaced = draw.chance(0.3) && indent === 0 ? text.replace(/^\{"id":/, '{ "id" : ') : text;
  return `${spaced.slice(0, -1)}${indent === 0 ? "" : "  "},${extra}}`;
}

function cell(text: string): string {
  return /["\n\r,\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The bytes of a sound file. */
export function soundFile(kind: FileKind, draw: Random): Buffer {
  const count = draw.integer(1, 6);
  const rows = Array.from({ length: count }, (_, i) => i);
  if (kind === "csv" || kind === "tsv") {
    const delimiter = kind === "csv" ? "," : "\t";
    const line = (cells: string[]): string => `${cells.map(cell).join(delimiter)}\n`;
    const body = rows.map((i) => line([String(i), someText(draw) || "x", someText(draw) || "y"]));
    return Buffer.from(line(["id", "prompt", "completion"]) + body.join(""));
  }
  const texts = rows.map((i) => jsonRow(kind, i, draw));
  return Buffer.from(kind === "array" ? `[\n${texts.join(",\n")}\n]\n` : `${texts.join("\n")}\n`);
}

/** One mishap: a new file from a sound one. */
export type Mutation = (bytes: Buffer, draw: Random) => Buffer;

const insertAt = (bytes: Buffer, at: number, added: Buffer | string): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(added as string), bytes.subarray(at)]);
const place = (bytes: Buffer, draw: Random): number => draw.integer(0, bytes.length);

/** Replaces one match of a pattern. */
const swap =
  (pattern: RegExp, by: string): Mutation =>
  (bytes, draw) => {
    const text = bytes.toString("latin1");
    const matches = [...text.matchAll(pattern)];
    if (matches.length === 0) return bytes;
    const { 0: found, index } = draw.pick(matches);
    return Buffer.from(text.slice(0, index) + by + text.slice(index + found.length), "latin1");
  };

export const mutations: Readonly<Record<string, Mutation>> = {
  nothing: (bytes) => bytes,
  truncated: (bytes, draw) => bytes.subarray(0, place(bytes, draw)),
  "byte flipped": (bytes, draw) => {
    const flipped = Buffer.from(bytes);
    const at = draw.integer(0, bytes.length - 1);
    flipped[at] = (flipped[at] as number) ^ (1 << draw.integer(0, 7));
    return flipped;
  },
  "byte lost": (bytes, draw) => {
    const at = draw.integer(0, bytes.length - 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  },
  "bad UTF-8": (bytes, draw) =>
    insertAt(
      bytes,
      place(bytes, draw),
      Buffer.from(draw.pick([[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf5, 0x80]])),
    ),
  "NUL byte": (bytes, draw) => insertAt(bytes, place(bytes, draw), "\0"),
  "CRLF line ends": (bytes) => Buffer.from(bytes.toString("latin1").replaceAll("\n", "\r\n"), "latin1"),
  "mixed line ends": (bytes, draw) =>
    Buffer.from(
      bytes.toString("latin1").replace(/\n/g, () => draw.pick(["\n", "\r\n", "\n\n", " \n"])),
      "latin1",
    ),
  "byte-order mark": (bytes) => insertAt(bytes, 0, "\uFEFF"),
  "byte-order mark within": (bytes, draw) => insertAt(bytes, place(bytes, draw), "\uFEFF"),
  "no last newline": (bytes) => Buffer.from(bytes.toString("latin1").trimEnd(), "latin1"),
  "blank lines": (bytes, draw) => {
    const at = bytes.indexOf("\n", place(bytes, draw));
    return insertAt(bytes, at < 0 ? bytes.length : at + 1, draw.pick(["\n", "  \n", "\t\r\n"]));
  },
  empty: () => Buffer.alloc(0),
  "white space only": (_, draw) => Buffer.from(draw.pick(["\n", " \r\n\t", "\uFEFF\n"])),
  "trailing garbage": (bytes, draw) =>
    insertAt(bytes, bytes.length, draw.pick(["x", "{", "]", "}\n", "null\n", "[]", "42\n", '"text"\n'])),
  "huge line": (bytes, draw) => swap(/plain words/g, "word ".repeat(draw.integer(1000, 60_000)))(bytes, draw),
  "deep nesting": (bytes, draw) => {
    const depth = draw.pick([5, 100, 130, 5000]);
    return swap(/"(score|n|big)":[^,}]*/g, `"deep":${"[".repeat(depth)}${"]".repeat(depth)}`)(bytes, draw);
  },
  "field twice": swap(/"(content|prompt|value|messages|instruction|role)":/g, '"content":"twice","content":'),
  "row's field twice": (bytes, draw) =>
    swap(/,"(big|score|lone|esc|n)":/g, draw.pick([',"messages":[],"x":', ',"prompt":"b","x":', ',"id":3,"x":']))(
      bytes,
      draw,
    ),
  "text open": swap(/"(?=[,}\]:])/g, ""),
  "text opened": swap(/[a-z] /g, 'a" '),
  "lone escape": swap(/[a-z] /g, "\\"),
  "wrong type": (bytes, draw) =>
    swap(/"(plain words|user|assistant)[^"]*"/g, draw.pick(["7", "null", "[]", "{}", "true", "[1]"]))(bytes, draw),
  "wrong role": swap(/"(user|human)"/g, '"bot"'),
  "row of another kind": (bytes, draw) =>
    insertAt(
      bytes,
      bytes.length,
      draw.pick([
        '{"text":"a"}\n',
        '{"prompt":"a","completion":"b"}\n',
        '{"messages":[{"role":"user","content":"a"}]}\n',
        "{}\n",
        '{"instruction":"a","output":"b"}\n',
      ]),
    ),
  "lines joined": (bytes, draw) => swap(/\n/g, draw.pick(["", " ", ",", "\r"]))(bytes, draw),
  "line cut": (bytes, draw) => insertAt(bytes, place(bytes, draw), "\n"),
  "quote lost": swap(/"/g, ""),
  "quote added": (bytes, draw) => insertAt(bytes, place(bytes, draw), '"'),
  "cell added": swap(/,/g, ",extra,"),
  packed: (bytes) => gzipSync(bytes),
  "packed, cut off": (bytes, draw) => {
    const packed = gzipSync(bytes);
    return packed.subarray(0, draw.integer(3, packed.length - 1));
  },
  "packed, flipped": (bytes, draw) => {
    const packed = gzipSync(bytes);
    const at = draw.integer(10, packed.length - 1);
    packed[at] = (packed[at] as number) ^ (1 << draw.integer(0, 7));
    return packed;
  },
  "packed, garbage behind": (bytes, draw) =>
    Buffer.concat([gzipSync(bytes), Buffer.from(draw.pick(["x", "\0\0\0\0", "{}\n"]))]),
  "packed twice": (bytes) => gzipSync(gzipSync(bytes)),
  "packed in parts": (bytes, draw) => {
    const at = place(bytes, draw);
    return Buffer.concat([gzipSync(bytes.subarray(0, at)), gzipSync(bytes.subarray(at))]);
  },
  "UTF-16": (bytes) => Buffer.from(`\uFEFF${bytes.toString()}`, "utf16le"),
};
