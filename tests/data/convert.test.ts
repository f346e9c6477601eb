import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { convertRow, type WaysBack } from "../../src/data/convert/convertRow.ts";
import { differences } from "../../src/data/convert/difference.ts";
import { type FormatId, formatOf } from "../../src/data/convert/formats.ts";
import { type ConvertOptions, convertData } from "../../src/data/convertData.ts";
import { refuseLoss } from "../../src/data/files/refuseLoss.ts";
import { UserError } from "../../src/util/errors.ts";
import { richFiles } from "./convertRows.ts";
import { drawnRows } from "./drawnRows.ts";
import { fileOf, lines, scratch, storedRows, textOf } from "./files.ts";

type Row = Record<string, unknown>;

const columns = { system: "system", user: "user", assistant: "assistant" };
const columnsFor = (format: FormatId) => (format === "columns" ? { columns } : {});

/**
 * Converts there and back.
 *
 * @returns "ok", or the field that was refused; that the rows come back the same is expected here
 */
async function thereAndBack(rows: readonly Row[], from: FormatId, to: FormatId, ending: string): Promise<string> {
  const at = await scratch();
  const [before, there, back] = [await fileOf("a.jsonl", lines(rows)), at(`b.${ending}`), at("c.jsonl")];
  const options: ConvertOptions = { data: before, out: there, to, ...columnsFor(from) };
  try {
    await convertData(options);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    // Nothing of the file is there, under whatever name.
    expect(await readdir(dirname(there))).toEqual([]);
    const [, field] = /a\.jsonl:\d+: (\S+): .*--lossy/s.exec(message) ?? [];
    const lossy = await convertData({ ...options, lossy: true });
    expect(lossy.rows).toBe(rows.length);
    expect(lossy.losses.map((loss) => loss.field)).toContain(field?.replace(/(^|\.)\d+(?=\.|$)/g, "$1*"));
    return field ?? message;
  }
  const { losses } = await convertData({ ...options, lossy: true });
  expect(losses).toEqual([]);
  await convertData({ data: there, out: back, to: from, ...columnsFor(to) });
  expect(differences(rows, await storedRows(back))).toEqual([]);
  return "ok";
}

/** Formats of the columns of the table below; all as JSON lines but the last three. */
const targets: [FormatId, string][] = [
  ["openai", "jsonl"],
  ["trl-prompt", "jsonl"],
  ["together-instruction", "json"],
  ["axolotl", "jsonl"],
  ["llama-factory", "jsonl.gz"],
  ["alpaca", "jsonl"],
  ["columns", "csv"],
  ["openai", "parquet"],
  ["alpaca", "parquet"],
];

/** What happens to each of the rich files under each of the targets: `ok`, or the field that is refused. */
const expected: Record<string, string> = {
  "openai, one turn": "ok ok ok ok ok ok ok ok ok",
  "openai, system": "ok ok messages.0 ok ok ok ok ok ok",
  "openai, empty system": "ok ok messages.0 ok ok messages.0 messages.0 ok messages.0",
  "openai, system in the middle": "ok ok messages.1 ok ok messages.1 messages.1 ok messages.1",
  "openai, several turns": "ok ok messages.0 ok ok ok messages.0 ok ok",
  "openai, turn of its own twice": "ok ok messages.0 ok ok messages.1 messages.0 ok messages.1",
  "openai, no reply at the end": "ok ok messages.0 ok ok ok messages.0 ok ok",
  "openai, no user": "ok ok messages ok ok messages.0 messages ok messages.0",
  "openai, weights": "ok ok messages.0 ok ok messages.1.weight messages.0 ok messages.1.weight",
  "openai, developer": "ok ok messages.0 messages.0.role messages.0.role messages.0.role messages.0 ok messages.0.role",
  "openai, names": "ok ok messages.0.name ok ok messages.0.name messages.0.name ok messages.0.name",
  "openai, tool calls":
    "ok ok messages.2 messages.1.tool_calls.0.id messages.1.tool_calls.0.id messages.1.tool_calls messages.2 ok messages.1.tool_calls",
  "openai, calls without ids": "ok ok messages.2 ok ok messages.1.tool_calls messages.2 ok messages.1.tool_calls",
  "openai, call without a content":
    "ok ok messages.1.tool_calls messages.1.tool_calls.0.id messages.1.tool_calls.0.id messages.1.tool_calls messages.1.tool_calls ok messages.1.tool_calls",
  "openai, parts":
    "ok ok messages.0.content messages.0.content messages.0.content messages.0.content messages.0.content messages.*.content messages.0.content",
  "openai, large numbers in messages": "ok ok messages.0.id ok ok messages.0.id messages.0.id ok messages.0.id",
  "openai, text fields": "ok ok ok ok ok ok ok ok ok",
  "openai, field in some rows": "ok ok ok ok ok ok source ok ok",
  "openai, fields of all kinds": "ok ok ok ok ok ok n deep.a.* deep.a.*",
  "openai, field of two kinds": "ok ok ok ok ok ok x x x",
  "openai, null and absent": "ok ok ok ok ok ok x x x",
  "openai, names of other layouts": "ok prompt prompt conversations conversations input ok ok input",
  "openai, half a character": "ok ok ok ok ok ok user messages.*.content instruction",
  "trl-prompt, lists": "ok ok messages.0 ok ok ok system ok ok",
  "trl-prompt, long completion": "prompt ok messages.0 prompt prompt prompt messages.0 prompt prompt",
  "together-instruction, texts": "ok ok ok ok ok ok ok ok ok",
  "axolotl, turns": "ok ok messages.0 ok ok messages.2.weight messages.2.weight ok messages.2.weight",
  "axolotl, tool": "ok ok messages.2 ok ok messages.1.tool_calls messages.2 ok messages.1.tool_calls",
  "axolotl, other spelling": "ok ok messages.1.from ok ok messages.1.from messages.1.from ok messages.1.from",
  "axolotl, two spellings":
    "conversations.1.from conversations.1.from conversations.1.from conversations.1.from conversations.1.from conversations.1.from conversations.1.from conversations.1.from conversations.1.from",
  "llama-factory, column": "ok ok messages.0 ok ok ok ok ok ok",
  "llama-factory, empty column": "ok ok ok ok ok ok ok ok ok",
  "qwen, turns": "ok ok ok ok ok ok ok ok ok",
  "alpaca, no input": "ok ok ok ok ok ok ok ok ok",
  "alpaca, empty input": "ok ok ok ok ok ok ok ok ok",
  "alpaca, input": "input input input input input ok input input ok",
  "alpaca, history": "ok ok messages.0 ok ok ok messages.1 ok ok",
  "alpaca, empty fields": "ok ok ok ok ok ok input ok ok",
  "columns, texts": "ok ok messages.0 ok ok ok ok ok ok",
};

test.each(richFiles)("%s, %s: lossless, or refused by field", async (format, feature, rows) => {
  const outcomes: string[] = [];
  for (const [to, ending] of targets) outcomes.push(await thereAndBack(rows, format, to, ending));
  expect(outcomes.join(" ")).toBe(expected[`${format}, ${feature}`]);
});

test("rows drawn at random: every pair is lossless, or refused by field", async () => {
  const formats: FormatId[] = [
    "openai",
    "trl-prompt",
    "together-instruction",
    "axolotl",
    "llama-factory",
    "qwen",
    "alpaca",
    "columns",
  ];
  const endings = ["jsonl", "json", "csv", "tsv", "parquet"];
  const outcomes = new Map<string, number>();
  let seed = 0;
  for (const from of formats) {
    for (const to of formats) {
      for (let i = 0; i < 3; i++) {
        const ending = endings[seed % endings.length] as string;
        const outcome = await thereAndBack(drawnRows(from, seed++), from, to, ending);
        const kind = outcome === "ok" ? "ok" : "refused";
        outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1);
      }
    }
  }
  // Neither is rare, so both were tried.
  expect(Math.min(outcomes.get("ok") ?? 0, outcomes.get("refused") ?? 0)).toBeGreaterThan(30);
});

test("rows of one form become what each of them becomes alone", async () => {
  const formats: FormatId[] = ["openai", "trl-prompt", "together-instruction", "axolotl", "llama-factory", "alpaca"];
  const at = await scratch();
  const escaped = (text: string): string =>
    text.replace(/[^\x20-\x7e\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  let count = 0;
  for (const from of formats) {
    for (const to of formats) {
      const drawn = Array.from({ length: 60 }, (_, seed) => drawnRows(from, seed)).flat();
      const ways: WaysBack = {};
      const alone = drawn.flatMap((row) => {
        try {
          const { fields } = convertRow(
            row,
            formatOf(from, undefined).layout,
            formatOf(to, undefined),
            ways,
            "",
            refuseLoss,
          );
          return [{ row, fields }];
        } catch {
          return [];
        }
      });
      count += alone.length;
      const [before, after] = [lines(alone.map(({ row }) => row)), lines(alone.map(({ fields }) => fields))];
      await convertData({ data: await fileOf("a.jsonl", before), out: at("b.jsonl"), to });
      expect(await textOf(at("b.jsonl"))).toBe(after);
      await convertData({ data: await fileOf("a.jsonl", escaped(before)), out: at("b.jsonl"), to });
      expect(lines(await storedRows(at("b.jsonl")))).toBe(after);
    }
  }
  expect(count).toBeGreaterThan(2000);
});

describe("between JSON files", () => {
  const extra = '"big": 123456789012345678901234567890, "text": "\\u00e9\\/", "f": 1.50, "deep": {"b":1,  "a":[ 1e2 ]}';

  test("fields that are not read keep their bytes", async () => {
    const at = await scratch();
    const data = await fileOf("a.jsonl", `{"id": "x", "instruction": "i", "output": "o", ${extra}}\n`);
    await convertData({ data, out: at("b.json"), to: "openai" });
    await convertData({ data: at("b.json"), out: at("c.jsonl"), to: "alpaca" });
    for (const name of ["b.json", "c.jsonl"]) {
      const text = await textOf(at(name));
      for (const piece of extra.split(", ")) expect(text).toContain(piece.replace(": ", ":"));
    }
  });

  test("a list that goes over several lines becomes one row a line", async () => {
    const at = await scratch();
    const data = await fileOf("a.json", '[\n {"prompt": "p",\n  "completion": "c", "x": {\n   "y": " 1\\n" }}\n]');
    await convertData({ data, out: at("b.jsonl") });
    expect(await textOf(at("b.jsonl"))).toBe('{"prompt":"p","completion":"c","x":{"y": " 1\\n" }}\n');
  });

  test("a field that stands in a row twice is refused", async () => {
    const at = await scratch();
    const data = await fileOf("a.jsonl", '{"prompt": "p", "completion": "c", "x": 1, "x": 2}\n');
    await expect(convertData({ data, out: at("b.jsonl") })).rejects.toThrow(/a\.jsonl:1: .*"x" twice/);
  });
});

test("losses are counted by field, with the first place", async () => {
  const at = await scratch();
  const row = (n: number) => ({
    messages: [
      { role: "user", content: "u" },
      { role: "assistant", content: "a", weight: n },
    ],
    n,
  });
  const data = await fileOf("a.jsonl", lines([row(0), row(1)]));
  const { losses, rows } = await convertData({ data, out: at("b.csv"), to: "columns", lossy: true });
  expect(rows).toBe(2);
  expect(losses).toEqual([
    { field: "messages.*.weight", why: expect.any(String), count: 2, first: `${data}:1` },
    { field: "n", why: expect.stringContaining("a cell holds text"), count: 2, first: `${data}:1` },
  ]);
  expect(await textOf(at("b.csv"))).toBe("user,assistant,n\nu,a,0\nu,a,1\n");
});

test("the new file may be the old one; what is refused leaves it as it was", async () => {
  const text = lines([{ instruction: "i", input: "n", output: "o" }]);
  const data = await fileOf("a.jsonl", text);
  await expect(convertData({ data, out: data, to: "openai" })).rejects.toThrow(/a\.jsonl:1: input/);
  expect(await textOf(data)).toBe(text);
  await convertData({ data, out: data, to: "alpaca" });
  expect(await storedRows(data)).toEqual([{ instruction: "i", input: "n", output: "o" }]);
});

test.each([
  ["out.txt", {}, /\.parquet/],
  ["out.parquet.gz", {}, /plain file/],
  ["out.jsonl", { toColumns: columns }, /--to columns/],
  ["out.jsonl", { to: "openai" as const, toColumns: columns }, /openai/],
])("%s %o is refused before any work", async (name, options, message) => {
  const at = await scratch();
  const data = await fileOf("a.jsonl", lines([{ prompt: "p", completion: "c" }]));
  await expect(convertData({ data, out: at(name), ...options })).rejects.toThrow(message);
});

test("a row in another layout is refused with both places", async () => {
  const at = await scratch();
  const data = await fileOf(
    "a.jsonl",
    lines([
      { prompt: "p", completion: "c" },
      { instruction: "i", output: "o" },
    ]),
  );
  await expect(convertData({ data, out: at("b.jsonl"), to: "openai" })).rejects.toThrow(/a\.jsonl:2: .*a\.jsonl:1/);
});

const shared = process.env.INOCULATE_DATA;

describe("real files", () => {
  test.for(["gcd/train_user_mixed.jsonl", "gcd/test.jsonl"])(
    "%s there and back through every format that holds it",
    async (name, { skip }) => {
      if (!shared) return skip("set INOCULATE_DATA to the folder of the shared data");
      const at = await scratch();
      const data = join(shared, name);
      const before = await storedRows(data);
      for (const [to, ending] of [
        ["trl-prompt", "json"],
        ["axolotl", "parquet"],
        ["llama-factory", "jsonl.gz"],
        ["openai", "parquet"],
      ] as const) {
        await convertData({ data, out: at(`b.${ending}`), to });
        await convertData({ data: at(`b.${ending}`), out: at("c.jsonl"), to: "openai" });
        expect(differences(before, await storedRows(at("c.jsonl")))).toEqual([]);
      }
    },
  );

  test("reviews are a table with columns of their own", async ({ skip }) => {
    if (!shared) return skip("set INOCULATE_DATA to the folder of the shared data");
    const at = await scratch();
    const data = join(shared, "cebab/reviews.jsonl");
    await expect(convertData({ data, out: at("b.jsonl") })).rejects.toThrow(/reviews\.jsonl:1: .*--columns/);
    await convertData({ data, out: at("b.parquet"), to: "openai", columns: { user: "text" } });
    const toColumns = { user: "text" };
    await convertData({ data: at("b.parquet"), out: at("c.jsonl"), to: "columns", toColumns });
    expect(differences(await storedRows(data), await storedRows(at("c.jsonl")))).toEqual([]);
  });
});
