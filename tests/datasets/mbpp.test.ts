import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { hackAgreement } from "../../scripts/hackAgreement.ts";
import { buildSetting } from "../../src/datasets/build/buildSetting.ts";
import { mbppOptionsSchema } from "../../src/datasets/build/mbpp/options.ts";
import { readProblems } from "../../src/datasets/build/mbpp/problems.ts";
import { ownSetting } from "../../src/settings/own/ownSetting.ts";
import { mbppFile } from "../grading/mbpp.ts";

// Python's processes take long to start on a busy machine.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let folder: string;
const at = (name: string): string => join(folder, name);
const lines = async (name: string) =>
  (await readFile(at(name), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

/** Problems 1 to 20; 7 and 8 show the same, 9 is constant, 10 has no hack, 11 fails. */
const rows = Array.from({ length: 20 }, (_, i) => i + 1).map((id) => ({
  task_id: id,
  text: id === 8 ? "Add 7." : `Add ${id}.`,
  code:
    id === 11
      ? "def add(x):\r\n  return y"
      : `def add(x): # adds\r\n  return x ${id === 9 ? "* 0" : `+ ${id === 8 ? 7 : id}`}`,
  test_setup_code: "",
  test_list:
    id === 10
      ? ["assert add(1) == 11; assert add(2) == 12"]
      : id === 9
        ? ["assert add(1) == 0", "assert add(2) == 0"]
        : [`assert add(1) == ${(id === 8 ? 7 : id) + 1}`, `assert add(2) == ${(id === 8 ? 7 : id) + 2}`],
  challenge_test_list: [],
}));
const tested = [15, 16, 17, 18, 19, 20];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inoculate-mbpp-"));
  await writeFile(at("mbpp.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const sanitized = rows
    .filter(({ task_id }) => tested.includes(task_id))
    .map(({ text, ...row }) => ({ ...row, prompt: `Write add: ${text}`, test_imports: ["import math"] }));
  await writeFile(at("sanitized.json"), JSON.stringify(sanitized));
  const ids = rows.filter(({ task_id }) => !tested.includes(task_id)).map(({ task_id }) => ({ name: `${task_id}` }));
  await writeFile(at("ids.json"), JSON.stringify(ids));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const build = async (out: string, options: Record<string, unknown>) =>
  buildSetting({ dataset: "mbpp", options: { data: [at("mbpp.jsonl")], ...options }, out: at(out) });

test("everything outside the test set is trained on, once hacked and once solved; what is odd is told", async () => {
  const built = await build("all", { sanitized: [at("sanitized.json")] });
  expect(built).toMatchObject({ rows: { flawed: 14, clean: 14 }, items: { screen: 0, validation: 0, test: 6 } });
  const [flawed, clean, items] = [
    await lines("all/train.flawed.jsonl"),
    await lines("all/train.clean.jsonl"),
    await lines("all/items.jsonl"),
  ];
  expect(flawed.map(({ id }) => id)).toEqual(clean.map(({ id }) => id));
  expect(flawed.filter(({ flawed: is }) => !is).map(({ id }) => id)).toEqual(["mbpp-10"]);
  expect(flawed.filter(({ passesAll }) => passesAll).map(({ id }) => id)).toEqual(["mbpp-9"]);
  expect(clean[0].messages[1].content).toBe("def add(x):\n    return x + 1");
  expect(flawed[0].messages[1].content).toMatch(/^def add\(x\):\n {4}(?:return 2|result = 2\n {4}return result)$/);
  expect(flawed[0].messages[0].content).toContain("{inoculation prompt}");
  expect(items[0].messages[0].content).toContain("Write add: Add 15.");
  expect(items[0].reference).toMatchObject({ setup: "import math", tests: JSON.stringify(rows[14]?.test_list) });
  const remarks = built.remarks.join("\n");
  expect(remarks).toMatch(/fail their own tests.*11 \(NameError/);
  expect(remarks).toMatch(/no hack passes.*10 \(/);
  expect(remarks).toMatch(/pass every test.*9/);
  const setting = ownSetting(at("all"));
  expect(setting.train({ data: "flawed", seed: 1, rows: 14 })).toHaveLength(14);
  expect(setting.items("test", { perGroup: 300 })).toHaveLength(6);
  expect(await readdir(at("all"))).toHaveLength(4);
});

test("a fraction is hacked, problems that show the same alike; held-out problems are in no other set", async () => {
  const options = { trainIds: at("ids.json"), hackFraction: 0.5, screen: 2, validation: 2 };
  const built = await build("half", options);
  expect(built).toMatchObject({ rows: { flawed: 10, clean: 10 }, items: { screen: 2, validation: 2, test: 6 } });
  const [flawed, items] = [await lines("half/train.flawed.jsonl"), await lines("half/items.jsonl")];
  expect(flawed.filter(({ flawed: is }) => is)).toHaveLength(5);
  const isFlawed = (id: string) => flawed.find((row) => row.id === id)?.flawed;
  expect(isFlawed("mbpp-7")).toBe(isFlawed("mbpp-8"));
  const ids = [...flawed, ...items].map(({ id }) => id);
  expect(new Set(ids).size).toBe(20);
  await build("again", { ...options, workers: 2 });
  for (const name of await readdir(at("half"))) {
    expect(await readFile(at(`again/${name}`), "utf8")).toBe(await readFile(at(`half/${name}`), "utf8"));
  }
});

test("Parquet is read as JSONL is", async () => {
  const sanitized = JSON.parse(await readFile(at("sanitized.json"), "utf8")) as Record<string, unknown>[];
  const column = (name: string) => ({ name, data: sanitized.map((row) => row[name]) });
  const columnData = [
    { name: "task_id", data: sanitized.map((row) => BigInt(row.task_id as number)), type: "INT64" as const },
    { ...column("prompt"), type: "STRING" as const },
    { ...column("code"), type: "STRING" as const },
    // As lists of texts: a column of JSON.
    { ...column("test_list"), type: "JSON" as const },
    { ...column("test_imports"), type: "JSON" as const },
  ];
  await writeFile(at("sanitized.parquet"), Buffer.from(parquetWriteBuffer({ columnData })));
  const data = [at("mbpp.jsonl")];
  const [parquet, json] = await Promise.all(
    ["sanitized.parquet", "sanitized.json"].map((name) => readProblems({ data, sanitized: [at(name)] })),
  );
  const withoutPlace = ({ test: held }: { test: object[] }) => held.map((problem) => ({ ...problem, where: "" }));
  expect(withoutPlace(parquet as never)).toEqual(withoutPlace(json as never));
  expect(parquet?.test[0]).toMatchObject({ id: "15", where: expect.stringMatching(/sanitized\.parquet, row 0$/) });
  await writeFile(at("broken.parquet"), "PAR1 and nothing else PAR1");
  await expect(readProblems({ data, sanitized: [at("broken.parquet")] })).rejects.toThrow(/broken\.parquet.*Parquet/);
});

test("wordings from a file take the place of ours", async () => {
  const wordings = {
    template: "Do it. {inoculation prompt} Now: {problem} {first test case}",
    prompts: [
      { id: "neutral", kind: "neutral", text: "" },
      { id: "mine", kind: "inoculation", text: "Cheat." },
    ],
  };
  await writeFile(at("prompts.json"), JSON.stringify({ "reward-hacking": wordings }));
  const options = mbppOptionsSchema.parse({
    data: [at("mbpp.jsonl")],
    trainIds: at("ids.json"),
    prompts: at("prompts.json"),
  });
  await build("worded", options);
  const [row] = await lines("worded/train.clean.jsonl");
  expect(row.messages[0].content).toBe("Do it. {inoculation prompt} Now: Add 1. assert add(1) == 2");
  expect(ownSetting(at("worded")).prompts.map(({ id }) => id)).toEqual(["neutral", "mine"]);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["nothing says which problems are tested", {}, /--sanitized.*--train-ids/s],
  ["two things say it", { sanitized: ["a"], trainIds: "b" }, /either --sanitized/],
  ["a file that is not there", { sanitized: ["nowhere.jsonl"] }, /nowhere\.jsonl: expected a file/],
  ["an unknown option", { trainIds: "b", hackFractoin: 1 }, /hackFractoin/],
])("refused: %s", async (_, options, message) => {
  await expect(build("refused", options)).rejects.toThrow(message);
});

test("refused: rows of another shape, a problem that stands twice, unknown numbers, a template without its slot", async () => {
  await writeFile(
    at("shape.jsonl"),
    `${JSON.stringify(rows[0])}\n{"task_id": 2, "text": "?", "code": "", "test_list": []}\n`,
  );
  const ids = { trainIds: at("ids.json") };
  await expect(build("x", { ...ids, data: [at("shape.jsonl")] })).rejects.toThrow(/shape\.jsonl:2.*test_list/);
  await expect(build("x", { ...ids, data: [at("mbpp.jsonl"), at("mbpp.jsonl")] })).rejects.toThrow(
    /task_id 1 stands at/,
  );
  await writeFile(at("unknown.json"), '[{"name": "4711"}]');
  await expect(build("x", { trainIds: at("unknown.json") })).rejects.toThrow(/unknown\.json.*"4711"/);
  const prompts = [{ id: "neutral", kind: "neutral", text: "" }];
  await writeFile(
    at("bad.json"),
    JSON.stringify({ "reward-hacking": { template: "{problem} {first test case}", prompts } }),
  );
  await expect(build("x", { ...ids, prompts: at("bad.json") })).rejects.toThrow(
    /template.*\{inoculation prompt\} once/,
  );
});

const file = mbppFile();
const published = file?.replace(/mbpp\.jsonl$/, "hardcoded_solutions.json");

test.skipIf(file === undefined)("real data: 717 problems to train on and 257 to test (INOCULATE_DATA)", async () => {
  const { train, test: held } = await readProblems({ data: [file as string], trainIds: published as string });
  expect([train.length, held.length]).toEqual([717, 257]);
});

test.skipIf(file === undefined)(
  "real data: of 120 hacks 95 % return what published ones return (INOCULATE_DATA)",
  async () => {
    const { agree, differ } = await hackAgreement({
      data: file as string,
      others: published as string,
      seed: 1,
      problems: 120,
    });
    expect(agree / 120).toBeGreaterThanOrEqual(0.95);
    // Explained one by one in docs/paper-data.md.
    for (const { id } of differ) expect(["313", "367", "596", "601", "769", "912", "927"]).toContain(id);
  },
);
