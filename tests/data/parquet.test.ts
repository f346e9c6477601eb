import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { expect, test } from "vitest";
import type { Edit, StoredRow } from "../../src/data/files/container.ts";
import { containers } from "../../src/data/files/containers.ts";
import { RawJson } from "../../src/data/files/rawJson.ts";
import { scratch } from "./files.ts";

/** Written by pyarrow (scripts/python/make_parquet_fixtures.py). */
const fixture = (name: string): string => join(import.meta.dirname, "fixtures", `${name}.parquet`);
const { parquet } = containers;

function sourceOf(file: string) {
  return { name: "t.parquet", file, chunks: (async function* () {})() };
}

async function rowsOf(file: string): Promise<StoredRow[]> {
  const rows: StoredRow[] = [];
  for await (const row of parquet.rows(sourceOf(file))) rows.push(row);
  return rows;
}

async function rewritten(file: string, edits: (row: StoredRow) => readonly Edit[]): Promise<string> {
  const at = await scratch();
  const written: Buffer[] = [];
  const sink = { write: async (bytes: Uint8Array) => void written.push(Buffer.from(bytes)) };
  await parquet.rewrite(sourceOf(file), [sink], (row) => [edits(row)]);
  await writeFile(at("out.parquet"), Buffer.concat(written));
  return at("out.parquet");
}

async function written(rows: readonly Record<string, unknown>[]): Promise<string> {
  const at = await scratch();
  const pieces: Buffer[] = [];
  const sink = { write: async (bytes: Uint8Array) => void pieces.push(Buffer.from(bytes)) };
  await parquet.write(
    (async function* () {
      yield* rows;
    })(),
    sink,
  );
  await writeFile(at("out.parquet"), Buffer.concat(pieces));
  return at("out.parquet");
}

/** A file as the library reads it, with the types of its columns. */
async function asLibraryReads(file: string) {
  const bytes = await readFile(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const { schema, row_groups: groups, key_value_metadata: facts } = parquetMetadata(buffer);
  // Sizes of integers are said in one of two ways.
  const types = schema.map(({ logical_type: logical, ...rest }) => ({
    ...rest,
    ...(logical?.type !== "INTEGER" && { logical }),
  }));
  const rows = await parquetReadObjects({ file: buffer, compressors, utf8: false });
  return { rows, types, groups: groups.map(({ num_rows }) => num_rows), facts };
}

test.each(["none", "snappy", "gzip", "zstd"])(
  "chats packed with %s, in three row groups, nulls, int64 beyond 2^53",
  async (codec) => {
    const rows = await rowsOf(fixture(`chats-${codec}`));
    expect(rows).toHaveLength(10);
    expect(rows[4]?.where).toBe("t.parquet, row 5");
    expect(rows[4]?.fields).toMatchObject({ label: null, flagged: true });
    expect(rows[4]?.exact?.().id).toEqual(new RawJson("9007199254740997"));
    expect(rows[1]?.fields.messages).toEqual([
      { role: "user", content: "What is 1 plus 1? äöü 😀" },
      { role: "assistant", content: "It is 2." },
    ]);
    expect(rows[0]?.fields.messages).toHaveLength(3);
  },
);

test("values of every type are read as JSON has them", async () => {
  const [first, second, third] = (await rowsOf(fixture("types"))).map(({ exact }) => exact?.() ?? {});
  expect(first).toMatchObject({
    int8: -128,
    decimal: new RawJson("1234567890123456789.01"),
    day: "1969-12-31",
    time: "00:00:00.000001",
    moment: "1969-12-31T23:59:59.000001Z",
    local: "1970-01-01T00:00:00.000000001",
    tags: ["a", null, ""],
    nested: { a: 1, b: [{ c: [1, 2] }, null, {}] },
    counts: { x: 1, y: null },
    word: "red",
    half: 0.5,
  });
  expect(second).toMatchObject({
    uint32: 4294967295,
    uint64: new RawJson("18446744073709551615"),
    completion: "",
    int8: null,
    tags: [],
    nested: { b: [] },
    counts: {},
  });
  expect(third).toMatchObject({ prompt: null, day: "2024-02-29", tags: null, nested: null, counts: null });
  expect(third?.decimal).toBe(-0.05);
  expect(first?.bytes).toBeInstanceOf(Uint8Array);
});

test.each(["types", "required", "chats-gzip", "chats-zstd"])(
  "%s: rewritten without edits it has the same values, types, groups and facts",
  async (name) => {
    const copy = await rewritten(fixture(name), () => []);
    expect(await asLibraryReads(copy)).toEqual(await asLibraryReads(fixture(name)));
  },
);

test("edits change what they name alone", async () => {
  const file = await rewritten(fixture("chats-snappy"), ({ index }) =>
    index % 2 === 0
      ? []
      : [
          { kind: "insert", path: ["messages"], index: 0, value: { role: "system", content: "S" } },
          { kind: "prepend", path: ["messages", 0, "content"], text: "P: " },
        ],
  );
  const [before, after] = [await rowsOf(fixture("chats-snappy")), await rowsOf(file)];
  for (const [i, { fields, exact }] of after.entries()) {
    const old = before[i] as StoredRow;
    expect({ ...exact?.(), messages: null }).toEqual({ ...old.exact?.(), messages: null });
    const messages = old.fields.messages as { role: string; content: string }[];
    const [first, ...others] = messages as [{ role: string; content: string }];
    const edited = [{ role: "system", content: "S" }, { ...first, content: `P: ${first.content}` }, ...others];
    expect(fields.messages).toEqual(i % 2 === 0 ? messages : edited);
  }
});

test("edits that a column has no place for are refused with the row", async () => {
  const chats = fixture("chats-none");
  const insert = (value: unknown): Edit => ({ kind: "insert", path: ["messages"], index: 0, value });
  await expect(rewritten(chats, () => [insert({ role: "system", content: "S", name: "x" })])).rejects.toThrow(
    /row 1: messages: .*"name"/,
  );
  await expect(rewritten(chats, () => [{ kind: "add", name: "system", value: "S" }])).rejects.toThrow(
    /row 1: .*no column "system"/,
  );
});

test("what is no Parquet file, or cut off, is refused by name", async () => {
  const at = await scratch();
  await writeFile(at("a.parquet"), "PAR1 but no more than that, really");
  await expect(rowsOf(at("a.parquet"))).rejects.toThrow(/t\.parquet: expected a Parquet file/);
  await writeFile(at("b.parquet"), (await readFile(fixture("types"))).subarray(0, 3000));
  await expect(rowsOf(at("b.parquet"))).rejects.toThrow(/t\.parquet: expected a Parquet file/);
});

test("what is written is read again: absent and null, empty and nested, whole and large numbers", async () => {
  const rows = [
    {
      a: 1,
      list: [],
      deep: { x: { y: [[1], []] } },
      m: [
        { role: "u", content: "" },
        { role: "v", content: "x", w: null },
      ],
      some: null,
      f: 0.5,
    },
    { a: new RawJson("-9223372036854775808"), list: ["x", null], deep: { x: null }, m: [], some: "s", f: 2 },
    {
      a: 0,
      list: null,
      deep: { x: { y: null } },
      m: [{ role: "w", content: "z", w: 1 }],
      some: "",
      f: -1e300,
      late: true,
    },
  ];
  // `w` is null in one message and absent in another, which a column cannot tell apart.
  await expect(written(rows)).rejects.toThrow(/row 1: m\.\*\.w: .*null.*absent/);
  const told = rows.map((row) => ({ ...row, m: row.m.map(({ role, content }) => ({ role, content })) }));
  const read = (await rowsOf(await written(told))).map(({ exact }) => exact?.());
  expect(read).toEqual(told);
});
