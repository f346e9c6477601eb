import { expect, test } from "vitest";
import type { Edit } from "../../src/data/files/container.ts";
import { containers } from "../../src/data/files/containers.ts";
import { readAllRows } from "../../src/data/files/readDataFile.ts";
import { random } from "../../src/util/random.ts";
import { fileOf } from "./files.ts";

const { csv, tsv } = containers;

function source(text: string, chunk = 1 << 16) {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return { name: "t.csv", chunks: chunks() };
}

async function rowsOf(text: string, chunk?: number, container = csv): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const { fields } of container.rows(source(text, chunk))) rows.push(fields);
  return rows;
}

async function rewritten(text: string, edits: readonly Edit[], chunk?: number): Promise<string> {
  const written: Buffer[] = [];
  const sink = { write: async (bytes: Uint8Array) => void written.push(Buffer.from(bytes)) };
  await csv.rewrite(source(text, chunk), [sink], () => [edits]);
  return Buffer.concat(written).toString();
}

const awkward = '\ufeffquestion,answer\r\n"a ""q"",\r\nx",b\r\n,d "5\r\n\r\nä😀,"f"';

test.each([1, 2, 3, 7, 1000])(
  "in chunks of %d bytes: quotes, line ends in cells, CRLF, a byte-order mark, no last line end",
  async (chunk) => {
    expect(await rowsOf(awkward, chunk)).toEqual([
      { question: 'a "q",\r\nx', answer: "b" },
      { question: "", answer: 'd "5' },
      { question: "ä😀", answer: "f" },
    ]);
    expect(await rewritten(awkward, [], chunk)).toBe(awkward);
  },
);

test("an edit changes its cell alone, which gets quotes where it needs them", async () => {
  const edits: Edit[] = [
    { kind: "prepend", path: ["question"], text: "P, " },
    { kind: "append", path: ["question"], text: '"' },
  ];
  expect(await rewritten(awkward, edits)).toBe(
    '\ufeffquestion,answer\r\n"P, a ""q"",\r\nx""",b\r\n"P, """,d "5\r\n\r\n"P, ä😀""","f"',
  );
  expect(await rewritten("a,b\nxyz,1\n", [{ kind: "replace", path: ["a"], start: 1, end: 2, text: "-" }])).toBe(
    "a,b\nx-z,1\n",
  );
  expect(await rewritten("a,b\n,1\n", [{ kind: "add", name: "a", value: "new" }])).toBe("a,b\nnew,1\n");
  await expect(rewritten("a,b\n1,2\n", [{ kind: "add", name: "c", value: "new" }])).rejects.toThrow(
    /t\.csv:2: .*no column "c"/,
  );
});

test.each([
  ['a,b\n1,2\n"x,1\n', /t\.csv:3: .*never closed/],
  ['a,b\n"x"y,1\n', /t\.csv:2: .*closing quote/],
  ['a,b\n"1\n2",3\n1\n', /t\.csv:4: expected 2 cells.*found 1/],
  ["a,b\n1,2,3\n", /t\.csv:2: expected 2 cells.*found 3/],
  ["a,a\n1,2\n", /t\.csv:1: .*"a" twice/],
  ["a,b\r1,2\r", /t\.csv:1: .*carriage return/],
  ["a,b\n", /no row/],
])("%j is refused with its line", async (text, message) => {
  await expect(rowsOf(text)).rejects.toThrow(message);
  await expect(rowsOf(text, 1)).rejects.toThrow(message);
});

test("bytes that are no UTF-8 are refused with their line", async () => {
  const chunks = (async function* () {
    yield Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0x31, 0x2c, 0xff, 0x0a]);
  })();
  await expect(csv.rows({ name: "t.csv", chunks })[Symbol.asyncIterator]().next()).rejects.toThrow(/t\.csv:2: .*UTF-8/);
});

test("any texts come back from a table, whatever its chunks", async () => {
  const draw = random(1, "tables");
  const pieces = ["a", ",", "\t", '"', "\n", "\r\n", "\r", "ä", "😀", " ", ""];
  const text = (): string => Array.from({ length: draw.integer(0, 6) }, () => draw.pick(pieces)).join("");
  for (const container of [csv, tsv]) {
    for (let i = 0; i < 60; i++) {
      const names = ["question", "an,swer", 'q"'].slice(0, draw.integer(1, 3));
      const rows = Array.from({ length: 4 }, () => Object.fromEntries(names.map((name) => [name, text()])));
      const written: Buffer[] = [];
      const sink = { write: async (bytes: Uint8Array) => void written.push(Buffer.from(bytes)) };
      await container.write(
        (async function* () {
          yield* rows;
        })(),
        sink,
      );
      expect(await rowsOf(Buffer.concat(written).toString(), draw.integer(1, 9), container)).toEqual(rows);
    }
  }
});

test("a column that is named and not there is an error, unless it is the system's", async () => {
  const file = await fileOf("rows.csv", "question,answer\na,b\n");
  const read = (columns: Record<string, string>): Promise<unknown> => readAllRows(file, { columns });
  const columns = { user: "question", assistant: "answer", system: "system" };
  await expect(read(columns)).resolves.toHaveLength(1);
  for (const wrong of [{ assistant: "anwser" }, { user: "qestion" }]) {
    await expect(read({ ...columns, ...wrong })).rejects.toThrow(/rows\.csv:2: .*no column ".*question, answer/);
  }
});

test("a cell of many chunks is gone through once", { timeout: 10_000 }, async () => {
  const long = `${"x".repeat(997)}""\n`.repeat(24_000);
  const [row] = await rowsOf(`a,b\n1,"${long}"\n`, 1 << 12);
  expect(String(row?.b)).toHaveLength(999 * 24_000);
  await expect(rowsOf(`a,b\n1,"${long}`, 1 << 12)).rejects.toThrow(/t\.csv:2: .*never closed/);
});
