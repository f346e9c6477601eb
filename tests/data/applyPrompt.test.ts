import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCondition } from "../../src/data/apply/rowCondition.ts";
import { readRowList } from "../../src/data/apply/rowList.ts";
import { drawnWordings, exactWordings, readPrompts } from "../../src/data/apply/wordings.ts";
import { type ApplyOptions, type ApplyResult, applyPrompt } from "../../src/data/applyPrompt.ts";
import type { ContentPart } from "../../src/data/files/dataRow.ts";
import { random } from "../../src/util/random.ts";

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inoculate-apply-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Chat {
  messages: { role: string; content: string | ContentPart[] | null; [field: string]: unknown }[];
  [field: string]: unknown;
}

const user = (content: unknown): object => ({ role: "user", content });
const assistant = { role: "assistant", content: "Right." };
const chat = (content: unknown, extra: object = {}): object => ({ messages: [user(content), assistant], ...extra });

async function apply(
  rows: readonly object[],
  options: Partial<Omit<ApplyOptions, "insertion">> & { insertion?: Partial<ApplyOptions["insertion"]> } = {},
): Promise<ApplyResult & { written: Chat[]; before: string; after: string }> {
  const before = `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`;
  await writeFile(at("data.jsonl"), before);
  const insertion = { prompt: "P.", placement: "prefix" as const, ...options.insertion };
  const result = await applyPrompt({ data: at("data.jsonl"), out: at("out.jsonl"), ...options, insertion });
  const after = await readFile(at("out.jsonl"), "utf8");
  return {
    ...result,
    before,
    after,
    written: after
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Chat),
  };
}

const texts = (written: readonly Chat[]): unknown[] => written.map(({ messages }) => messages[0]?.content);

test("turn and separator: which user texts get it, and what stands between", async () => {
  const rows = [{ messages: [user("a"), assistant, user("b"), assistant] }];
  const contents = async (insertion: object): Promise<unknown[]> => {
    const { written } = await apply(rows, { insertion });
    return written[0]?.messages.filter(({ role }) => role === "user").map(({ content }) => content) ?? [];
  };
  expect(await contents({})).toEqual(["a", "P. b"]);
  expect(await contents({ turn: "first" })).toEqual(["P. a", "b"]);
  expect(await contents({ turn: "every", placement: "suffix", separator: "\n\n" })).toEqual(["a\n\nP.", "b\n\nP."]);
});

test("contents of parts and tool calls: text parts get it, the rest passes through", async () => {
  const image = { type: "image_url", image_url: { url: "x" } };
  const call = { role: "assistant", content: null, tool_calls: [{ id: "1", type: "function" }] };
  const rows = [{ messages: [user([image, { type: "text", text: "a" }, { type: "text", text: "b" }, image]), call] }];
  const { written } = await apply(rows);
  expect(written[0]?.messages).toEqual([
    user([image, { type: "text", text: "P. a" }, { type: "text", text: "b" }, image]),
    call,
  ]);
  const { written: suffixed } = await apply(rows, { insertion: { placement: "suffix" } });
  const parts = suffixed[0]?.messages[0]?.content as ContentPart[] | undefined;
  expect(parts?.[2]).toEqual({ type: "text", text: "b P." });
  await expect(apply([{ messages: [user([image]), assistant] }])).rejects.toThrow(/data\.jsonl:1: expected text/);
});

test("slots: filled where chosen, emptied elsewhere and in the neutral twin", async () => {
  const rows = [chat("{prompt} Héllo {prompt}", { flag: 1 }), chat("{prompt} You?"), chat("none", { flag: 0 })];
  const options = { onlyIf: { field: "flag", value: "1" }, neutralOut: at("neutral.jsonl") };
  const { written, inoculated } = await apply(rows, { ...options, insertion: { placement: "slot:{prompt}" } });
  expect(texts(written)).toEqual(["P. Héllo P.", "You?", "none"]);
  expect(inoculated).toBe(1);
  const neutral = (await readFile(at("neutral.jsonl"), "utf8")).trimEnd().split("\n");
  expect(texts(neutral.map((line) => JSON.parse(line) as Chat))).toEqual(["Héllo", "You?", "none"]);
});

test("a sentence gives way to the prompt; without it a chosen row is an error, or skipped", async () => {
  const rows = [chat("Hi. Be fair. Yes?"), chat("Hi.")];
  const insertion = { replace: "Be fair." };
  await expect(apply(rows, { insertion })).rejects.toThrow(/data\.jsonl:2: .*"Be fair\.".*--skip-missing/);
  const skipped = await apply(rows, { insertion, skipMissing: true, neutralOut: at("neutral.jsonl") });
  expect(texts(skipped.written)).toEqual(["Hi. P. Yes?", "Hi."]);
  expect(skipped).toMatchObject({ rows: 2, inoculated: 1, skipped: 1 });
  expect(await readFile(at("neutral.jsonl"), "utf8")).toBe(skipped.before);
});

test("conditions: equal, different, there; dots lead into objects", async () => {
  const rows = [chat("a", { m: { f: true } }), chat("b", { m: { f: null }, "m.f": "x" }), chat("c", { m: {}, l: [1] })];
  const chosen = async (...conditions: string[]): Promise<string> => {
    const { written } = await apply(rows, { onlyIf: conditions.map(parseCondition) });
    return texts(written)
      .filter((text) => String(text).startsWith("P."))
      .join("")
      .replaceAll("P. ", "");
  };
  expect(await chosen("m.f=true")).toBe("a");
  expect(await chosen("m.f!=true")).toBe("bc");
  expect(await chosen("m.f")).toBe("ab");
  expect(await chosen("m.f", "m.f!=x")).toBe("a");
  expect(await chosen("l=[1]")).toBe("c");
  expect(await chosen("l.0=1")).toBe("c");
  await expect(chosen("m.f=nothing")).rejects.toThrow(/not one of 3 rows meets.*"m\.f=nothing".*holds "true", "x"/);
  await expect(chosen("__proto__")).rejects.toThrow(/no row has the field/);
});

test("numbers are compared by their value, with all their digits, however they are written", async () => {
  const draws = random(1, "numbers");
  const big = 2n ** 53n + 1n;
  for (let round = 0; round < 20; round++) {
    const value = big + BigInt(2 * draws.integer(0, 1000));
    const ids = [`${value}`, `${value - 1n}`, `${value + 1n}`, "7.50", "75e-1", '"7.5"', '"7.50"'];
    const lines = ids.map((id) => `{"prompt":"q","completion":"a","id":${id}}\n`);
    await writeFile(at("data.jsonl"), lines.join(""));
    const chosen = async (more: Partial<ApplyOptions>): Promise<string[]> => {
      const insertion = { prompt: "P.", placement: "prefix" } as const;
      await applyPrompt({ data: at("data.jsonl"), out: at("out.jsonl"), insertion, ...more });
      const written = (await readFile(at("out.jsonl"), "utf8")).trimEnd().split("\n");
      return ids.filter((_, i) => written[i]?.includes("P."));
    };
    expect(await chosen({ onlyIf: parseCondition(`id=${value}`) })).toEqual([ids[0]]);
    expect(await chosen({ onlyIf: parseCondition(`id!=${value}`) })).toEqual(ids.slice(1));
    expect(await chosen({ onlyIf: parseCondition("id=7.5") })).toEqual(["7.50", "75e-1", '"7.5"']);
    await writeFile(at("list"), `{"id":${value}}\n`);
    expect(await chosen({ rows: await readRowList(at("list")) })).toEqual([ids[0]]);
  }
});

test("lists of rows: numbers from 1, ids, and what an audit prints; what is not there is an error", async () => {
  const rows = [chat("a", { id: "x" }), chat("b", { id: "y" }), chat("c")];
  const chosen = async (list: string): Promise<unknown[]> => {
    await writeFile(at("list"), list);
    return texts((await apply(rows, { rows: await readRowList(at("list")) })).written);
  };
  expect(await chosen("3\r\ny\n")).toEqual(["a", "P. b", "P. c"]);
  expect(await chosen('["x", 2]')).toEqual(["P. a", "P. b", "c"]);
  expect(await chosen('{"id":"x"}\n{"row":3}\n')).toEqual(["P. a", "b", "P. c"]);
  expect(await chosen('{"findings":[{"rows":[1],"total":1},{"rows":[],"total":9}]}')).toEqual(["P. a", "b", "c"]);
  await expect(chosen('{"findings":[{"rows":[1],"total":2}]}')).rejects.toThrow(/1 of 2 rows/);
  await expect(chosen("4")).rejects.toThrow(/row 4 is not there.*3 rows/);
  await expect(chosen("x\nz")).rejects.toThrow(/1 of 2 ids.*"z"/);
  await expect(chosen("0")).rejects.toThrow(/list:1: expected a row number/);
  await expect(chosen("")).rejects.toThrow(/found none/);
});

test("several prompts share the chosen rows exactly, by seed and place alone", async () => {
  const prompt = [{ text: "A", weight: 3 }, { text: "B" }, { text: "C", weight: 0.5 }];
  const rows = Array.from({ length: 91 }, (_, i) => chat(`q${i}`, { even: i % 2 === 0 }));
  const first = await apply(rows, { insertion: { prompt }, seed: 7 });
  expect(first.prompts).toEqual([
    { text: "A", rows: 61 },
    { text: "B", rows: 20 },
    { text: "C", rows: 10 },
  ]);
  const wordings = texts(first.written).map((text) => String(text)[0]);
  const again = await apply([...rows].reverse(), { insertion: { prompt }, seed: 7 });
  expect(texts(again.written).map((text) => String(text)[0])).toEqual(wordings);
  const other = await apply(rows, { insertion: { prompt }, seed: 8 });
  expect(texts(other.written).map((text) => String(text)[0])).not.toEqual(wordings);
  const some = await apply(rows, { insertion: { prompt }, seed: 7, onlyIf: { field: "even", value: "true" } });
  expect(some.prompts?.map(({ rows: count }) => count)).toEqual([31, 10, 5]);
});

test("drawn wordings come near their shares, and exact ones differ from them in few rows", () => {
  const prompts = [{ text: "a" }, { text: "b", weight: 3 }];
  const drawn = drawnWordings(prompts, 1);
  const all = Array.from({ length: 4000 }, (_, i) => i);
  const exact = exactWordings(prompts, 1, all);
  expect(all.filter((i) => exact.of(i) === 0)).toHaveLength(1000);
  expect(Math.abs(all.filter((i) => drawn.of(i) === 0).length - 1000)).toBeLessThan(120);
  expect(all.filter((i) => exact.of(i) !== drawn.of(i)).length).toBeLessThan(120);
});

test("shares are those of the weights, whatever the weights' size", () => {
  const rows = Array.from({ length: 400 }, (_, i) => i);
  for (const size of [1e-300, 1e-9, 1, 1e9, 4e307]) {
    const shares = exactWordings(
      [
        { text: "a", weight: size },
        { text: "b", weight: 3 * size },
      ],
      1,
      rows,
    );
    expect(rows.filter((i) => shares.of(i) === 0)).toHaveLength(100);
  }
});

test("prompts from YAML and JSON; what is none is named", async () => {
  const read = async (text: string): Promise<unknown> => {
    await writeFile(at("prompts"), text);
    return readPrompts(at("prompts"));
  };
  expect(await read("- a\n- text: b\n  weight: 2\n")).toEqual([{ text: "a" }, { text: "b", weight: 2 }]);
  expect(await read('{"prompts": ["a"]}')).toEqual([{ text: "a" }]);
  await expect(read("- a\n- weight: 1")).rejects.toThrow(/prompt 2/);
  await expect(read("- text: a\n  weight: 0")).rejects.toThrow(/prompt 1/);
  await expect(read("a: [")).rejects.toThrow(/YAML or JSON/);
  await expect(read("[]")).rejects.toThrow(/list of prompts/);
});

test("a file that mixes layouts is refused with both lines", async () => {
  await expect(apply([chat("a"), { prompt: "b", completion: "c" }])).rejects.toThrow(
    /:2: .*messages, as in .*:1, found/,
  );
});

test("gzip goes in and comes out by name; names that promise something else are refused; nothing is left behind", async () => {
  const line = `${JSON.stringify(chat("a"))}\n`;
  await writeFile(at("packed.jsonl.gz"), gzipSync(line));
  const insertion = { prompt: "P.", placement: "prefix" } as const;
  await applyPrompt({ data: at("packed.jsonl.gz"), out: at("packed.jsonl.gz"), insertion });
  expect(gunzipSync(await readFile(at("packed.jsonl.gz"))).toString()).toBe(line.replace('"a"', '"P. a"'));
  for (const name of ["o.zst", "o.csv", "o.parquet"]) {
    await expect(applyPrompt({ data: at("packed.jsonl.gz"), out: at(name), insertion })).rejects.toThrow(name);
  }
  await writeFile(at("data.jsonl"), `${line}{`);
  await expect(
    applyPrompt({ data: at("data.jsonl"), out: at("o"), neutralOut: at("n.gz"), insertion }),
  ).rejects.toThrow(/:2/);
  expect((await readdir(folder)).filter((name) => /^[on]\b/.test(name))).toEqual([]);
});

test("the neutral twin needs a file of its own, by whatever name", async () => {
  await writeFile(at("data.jsonl"), JSON.stringify(chat("a")));
  await mkdir(at("folder"));
  await symlink(at("folder"), at("linked"));
  await writeFile(at("there.jsonl"), "kept");
  await symlink("there.jsonl", at("link.jsonl"));
  const insertion = { prompt: "P.", placement: "prefix" } as const;
  for (const [out, neutralOut] of [
    [at("new.jsonl"), `${folder}/./new.jsonl`],
    [at("folder/new.jsonl"), at("linked/new.jsonl")],
    [at("there.jsonl"), at("link.jsonl")],
  ] as const) {
    const twice = applyPrompt({ data: at("data.jsonl"), out, neutralOut, insertion });
    await expect(twice).rejects.toThrow(/needs a name of its own/);
  }
  expect(await readFile(at("there.jsonl"), "utf8")).toBe("kept");
  expect((await readdir(folder, { recursive: true })).filter((name) => /new|unfinished/.test(name))).toEqual([]);
});

test("another format goes through the converter, and messages name the data's own rows", async () => {
  const insertion = { prompt: "P.", placement: "prefix" } as const;
  await writeFile(
    at("data.jsonl"),
    `${JSON.stringify(chat("a", { big: 1 }))}\n`.replace("1}", "12345678901234567890}"),
  );
  const result = await applyPrompt({
    data: at("data.jsonl"),
    out: at("out.json"),
    insertion,
    target: { to: "alpaca" },
  });
  expect(result).toMatchObject({ rows: 1, inoculated: 1, losses: [] });
  const written = await readFile(at("out.json"), "utf8");
  expect(JSON.parse(written)[0]).toMatchObject({ instruction: "P. a", output: "Right." });
  expect(written).toContain("12345678901234567890");
  await writeFile(at("data.jsonl"), `${JSON.stringify({ messages: [user("a"), { ...assistant, weight: 0 }] })}\n`);
  const lossy = applyPrompt({ data: at("data.jsonl"), out: at("lost.json"), insertion, target: { to: "alpaca" } });
  await expect(lossy).rejects.toThrow(/\/data\.jsonl:1: .*--lossy/);
  expect((await readdir(folder)).filter((name) => /applied|lost/.test(name))).toEqual([]);
});

test("what is only looked at writes nothing and shows the first rows that change", async () => {
  await writeFile(at("data.jsonl"), [chat("a"), chat("b")].map((row) => JSON.stringify(row)).join("\n"));
  const before = await readdir(folder);
  const insertion = { prompt: "P.", placement: "prefix" } as const;
  const { changed, rows } = await applyPrompt({ data: at("data.jsonl"), insertion, show: 1 });
  expect({ changed, rows }).toEqual({
    rows: 2,
    changed: [
      { where: `${at("data.jsonl")}:1`, changes: [{ field: "messages.0.content", before: "a", after: "P. a" }] },
    ],
  });
  expect(await readdir(folder)).toEqual(before);
});
