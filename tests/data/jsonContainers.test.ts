import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ByteSource, Container, Edit, StoredRow } from "../../src/data/files/container.ts";
import { detectContainer } from "../../src/data/files/detectContainer.ts";
import { ChatScan } from "../../src/data/files/json/chatScan.ts";
import { json, jsonl } from "../../src/data/files/json/jsonContainer.ts";
import { openSource } from "../../src/data/files/openSource.ts";
import { RawJson } from "../../src/data/files/rawJson.ts";
import { editText, isTextEdit } from "../../src/data/files/textEdits.ts";
import { UserError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";
import { mutations, soundFile } from "./mutants.ts";

/** The bytes in pieces of the given size, so that every cut between chunks is met. */
function source(bytes: string | Buffer, piece = 7): ByteSource {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const all = Buffer.from(bytes as string);
    for (let at = 0; at < all.length; at += piece) yield Buffer.from(all.subarray(at, at + piece));
  }
  return { name: "f", chunks: chunks() };
}

async function rewritten(
  container: Container,
  bytes: string | Buffer,
  edits: (row: StoredRow) => Edit[],
  piece?: number,
): Promise<string> {
  const written: Buffer[] = [];
  const sink = { write: async (part: Uint8Array) => void written.push(Buffer.from(part)) };
  await container.rewrite(source(bytes, piece), [sink], (row) => [edits(row)]);
  return Buffer.concat(written).toString();
}

async function fieldsOf(container: Container, bytes: string | Buffer, piece?: number): Promise<StoredRow[]> {
  const rows: StoredRow[] = [];
  for await (const row of container.rows(source(bytes, piece))) rows.push(row);
  return rows;
}

describe("rows", () => {
  const lines = '\uFEFF{"a": "x\\"}"}\r\n\n  {"a": [{}]}\t\n{"a": 12345678901234567890}';
  const list = '\uFEFF [ {"a": "x\\"}]"} ,\n\n{"a": [{}]},\n{"a": "\\\\"}\n]\n';

  test.each([1, 2, 3, 5, 8, 1000])("are the same in chunks of %i bytes", async (piece) => {
    const rows = await fieldsOf(jsonl, lines, piece);
    expect(rows.map(({ index, where, fields }) => [index, where, fields.a])).toEqual([
      [0, "f:1", 'x"}'],
      [1, "f:3", [{}]],
      [2, "f:4", Number("12345678901234567890")],
    ]);
    const elements = await fieldsOf(json, list, piece);
    expect(elements.map(({ where, fields }) => [where, fields.a])).toEqual([
      ["f:1, row 1", 'x"}]'],
      ["f:3, row 2", [{}]],
      ["f:4, row 3", "\\"],
    ]);
    expect(await rewritten(jsonl, lines, () => [], piece)).toBe(lines);
    expect(await rewritten(json, list, () => [], piece)).toBe(list);
  });

  test.each<[string, Container, string | Buffer, RegExp]>([
    ["a cut line", jsonl, '{"a":1}\n{"a"', /^f:2: .*no JSON/],
    ["a list", jsonl, "[1]\n", /^f:1: .*found a list/],
    ["a NUL byte", jsonl, '{"a":1}\n{"a":"\0"}\n', /^f:2: .*NUL/],
    ["no UTF-8", jsonl, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), /^f:1: .*UTF-8.*0xff at byte 3/],
    ["deep nesting", jsonl, `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, /^f:1: .*deep in each other/],
    ["no row", jsonl, " \n\t\r\n", /^f: .*no line/],
    ["a cut list", json, '[{"a":1},\n{"a":2}', /^f:2: .*cut off/],
    ["a cut element", json, '[{"a":1},\n{"a":', /^f:2: .*cut off/],
    ["no comma", json, '[{"a":1}\n{"a":2}]', /^f:2: expected "," or "\]".*found "\{"/],
    ["a comma too many", json, '[{"a":1},]', /^f:1: expected an object, found "\]"/],
    ["garbage behind", json, '[{"a":1}]\nx', /^f:2: expected nothing after the list/],
    ["a number", json, "[1]", /^f:1: expected an object/],
    ["an empty list", json, "[]", /^f: .*empty/],
  ])("%s is refused by place", async (_, container, bytes, message) => {
    await expect(fieldsOf(container, bytes, 4096)).rejects.toThrow(message);
    await expect(fieldsOf(container, bytes, 4096)).rejects.toThrow(UserError);
    await expect(rewritten(container, bytes, () => [], 4096)).rejects.toThrow(message);
  });
});

describe("edits", () => {
  const row = '{ "n" : 1e2,"m":[ {"c":"\\u00e9\\ud83d\\ude00é😀\\n\\"z" , "k":[]} ],"empty":{}, "nothing":null }';
  const edited = (edit: Edit, text = row): Promise<string> => rewritten(jsonl, text, () => [edit]);
  const path = ["m", 0, "c"];

  test("splice texts, and leave everything else to the byte", async () => {
    expect(await edited({ kind: "prepend", path, text: 'P"\n' })).toBe(row.replace('"\\u00e9', '"P\\"\\n\\u00e9'));
    expect(await edited({ kind: "append", path, text: " \ud800" })).toBe(row.replace('\\"z"', '\\"z \\ud800"'));
    const text = JSON.parse(row).m[0].c as string;
    for (const [start, end] of [
      [0, 1],
      [1, 3],
      [4, 6],
      [6, 7],
      [7, 8],
      [3, 9],
      [9, 9],
    ] as const) {
      const changed = await edited({ kind: "replace", path, start, end, text: "<>" });
      expect(JSON.parse(changed).m[0].c).toBe(`${text.slice(0, start)}<>${text.slice(end)}`);
    }
    await expect(edited({ kind: "replace", path, start: 5, end: 6, text: "" })).rejects.toThrow(RangeError);
  });

  test("insert elements and add fields", async () => {
    const value = { role: "system", content: new RawJson("1e400") };
    expect(await edited({ kind: "insert", path: ["m"], index: 0, value })).toContain(
      '"m":[ {"role":"system","content":1e400}, {"c"',
    );
    expect(await edited({ kind: "insert", path: ["m"], index: 1, value: 2 })).toContain('"k":[]}, 2 ]');
    expect(await edited({ kind: "insert", path: ["m", 0, "k"], index: 0, value: 2 })).toContain('"k":[2]');
    expect(await edited({ kind: "add", name: "s", value: "x" })).toBe(row.replace("null }", 'null, "s": "x" }'));
    expect(await edited({ kind: "add", name: "nothing", value: "x" })).toBe(row.replace("null", '"x"'));
    expect(await edited({ kind: "add", name: "s", value: 1 }, "{ }")).toBe('{"s": 1 }');
  });

  test("a field that is there twice on the way is refused; escapes in names don't hide it", async () => {
    for (const text of [
      '{"m":[{"c":"a","c":"b"}]}',
      '{"m":[{"c":"a","\\u0063":"b"}]}',
      '{"m":[{"c":""}],"m":[{"c":""}]}',
    ]) {
      await expect(edited({ kind: "prepend", path, text: "P" }, text)).rejects.toThrow(/^f:1: .* twice/);
    }
  });

  test("many at once come in order of place", async () => {
    const edits: Edit[] = [
      { kind: "append", path: ["b"], text: "2" },
      { kind: "prepend", path: ["b"], text: "1" },
      { kind: "replace", path: ["a"], start: 1, end: 2, text: "" },
      { kind: "replace", path: ["a"], start: 3, end: 4, text: "__" },
    ];
    expect(await rewritten(jsonl, '{"a":"abcd","b":"-"}', () => edits)).toBe('{"a":"ac__","b":"1-2"}');
    expect(
      edits
        .slice(2)
        .filter(isTextEdit)
        .map(({ kind }) => kind),
    ).toEqual(["replace", "replace"]);
    expect(editText("abcd", edits.slice(2).filter(isTextEdit))).toBe("ac__");
  });
});

test("a glance says yes to nothing that a full reading would refuse, and finds the same texts", () => {
  const scan = new ChatScan();
  let usual = 0;
  for (let i = 0; i < 4000; i++) {
    const draw = random("glances", i);
    const kind = draw.pick(["messages", "texts", "lists", "alpaca"] as const);
    const name = draw.pick(Object.keys(mutations).filter((one) => !/packed|UTF-16|huge/.test(one)));
    const bytes = mutations[name]?.(soundFile(kind, draw), draw) as Buffer;
    for (const line of bytes.toString("utf8").split("\n")) {
      for (const layout of ["messages", "prompt-completion"] as const) {
        const row = Buffer.from(line);
        const spans = scan.userTexts(row, 0, row.length, layout);
        if (spans === null) continue;
        usual += 1;
        const fields = JSON.parse(line) as { messages: { role: string; content: string }[]; prompt: string };
        const texts = spans.map(({ start, end }) => JSON.parse(row.toString("utf8", start, end)) as string);
        const expected = fields.messages?.filter(({ role }) => role === "user").map(({ content }) => content);
        expect(texts).toEqual(layout === "messages" ? expected : [fields.prompt]);
      }
    }
  }
  expect(usual).toBeGreaterThan(2000);
});

describe("sources", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "inoculate-sources-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function read(file: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await openSource(file)).chunks) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  test.for(["gzip", "zstd"])(
    "%s is known by its bytes, in several parts, and refused where it is cut off",
    async (tool, { skip }) => {
      const text = Array.from({ length: 20_000 }, (_, i) => `{"a":${i}}\n`).join("");
      const plain = join(folder, "plain.jsonl");
      await writeFile(plain, text);
      let packed: Buffer;
      try {
        packed = execFileSync(tool, ["-c", plain], { stdio: ["ignore", "pipe", "ignore"] });
      } catch {
        return skip(`there is no ${tool} here`);
      }
      const file = join(folder, "data.jsonl");
      await writeFile(file, packed);
      expect(await read(file)).toBe(text);
      await writeFile(file, Buffer.concat([packed, packed]));
      expect(await read(file)).toBe(text + text);
      for (const end of [packed.length - 1, packed.length - 5, packed.length >> 1, 30]) {
        await writeFile(file, packed.subarray(0, end));
        await expect(read(file)).rejects.toThrow(/cut off|broken/);
        await expect(read(file)).rejects.toThrow(UserError);
      }
    },
  );

  test.each<[string, string | Buffer, RegExp]>([
    ["nothing", "", /no line/],
    ["a zip archive", Buffer.from("PK\u0003\u0004rest"), /zip archive; unpack/],
    ["UTF-16", Buffer.from("\uFEFF{}", "utf16le"), /UTF-16.*UTF-8/],
  ])("%s is refused with a remedy", async (_, bytes, message) => {
    const file = join(folder, "data");
    await writeFile(file, bytes);
    await expect(openSource(file)).rejects.toThrow(message);
  });

  test.each<[string, string, string | RegExp]>([
    ["rows", ' \n{"a":1}', "jsonl"],
    ["rows", '[\n{"a":1}]', "json"],
    ["rows", "PAR1....", "parquet"],
    ["rows", "prompt,completion\na,b", "csv"],
    ["rows", "prompt\tcompletion, please\na\tb", "tsv"],
    ["rows.tsv", "prompt\na", "tsv"],
    ["rows.csv", '{"a":1}', "jsonl"],
    ["rows", "prompt", /expected JSON lines/],
    ["rows.parquet", "prompt,a", /begin with "PAR1"/],
  ])("%s: %j is found out", async (name, text, expected) => {
    const file = join(folder, name);
    await writeFile(file, text);
    const opened = await openSource(file);
    if (expected instanceof RegExp) expect(() => detectContainer(opened)).toThrow(expected);
    else expect(detectContainer(opened)).toBe(expected);
    await opened.close();
    expect(await readFile(file, "utf8")).toBe(text);
  });
});
