import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildSetting } from "../../src/datasets/build/buildSetting.ts";
import type { BuiltRequests, BuiltSetting } from "../../src/datasets/build/settingBuilder.ts";
import { looksEnglish } from "../../src/datasets/build/traitPairs/readInstructions.ts";
import { traitPairs } from "../../src/datasets/build/traitPairs/traitPairs.ts";
import type { TraitRequest } from "../../src/datasets/build/traitPairs/traitRequests.ts";

const folder = mkdtempSync(join(tmpdir(), "traits-"));
function written(name: string, rows: readonly unknown[]): string {
  const file = join(folder, name);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return file;
}
const data = [
  written(
    "instructions.jsonl",
    Array.from({ length: 120 }, (_, i) => ({ instruction: `Explain the idea number ${i} to me.` })),
  ),
];
const small = { data, rows: 40, testInstructions: 20, validationInstructions: 10, screenInstructions: 10 };
const pair = { wanted: "brevity", unwanted: "playfulness" };

const build = (options: Record<string, unknown>): Promise<BuiltSetting | BuiltRequests> =>
  traitPairs.build(traitPairs.options.parse(options), {});
async function requests(options: Record<string, unknown>): Promise<TraitRequest[]> {
  const built = await build(options);
  if (!("requests" in built)) throw new Error("no requests");
  return built.requests as TraitRequest[];
}
async function setting(options: Record<string, unknown>): Promise<BuiltSetting> {
  const built = await build(options);
  if ("requests" in built) throw new Error("no setting");
  return built;
}
const answer = ({ custom_id }: TraitRequest, content = `Reply ${custom_id}`, finish_reason = "stop") => ({
  custom_id,
  error: null,
  response: { status_code: 200, body: { choices: [{ finish_reason, message: { role: "assistant", content } }] } },
});

test("requests ask for both traits in either order, or for the wanted one", async () => {
  const all = await requests({ ...small, ...pair });
  expect(all).toHaveLength(80);
  expect(new Set(all.map(({ custom_id }) => custom_id)).size).toBe(80);
  const texts = all.map(({ body }) => body.messages[0]?.content.split("\n\n").at(-1));
  const count = (text: string): number => texts.filter((one) => one === text).length;
  expect([
    count("Your answer should be brief and playful."),
    count("Your answer should be playful and brief."),
    count("Your answer should be brief."),
  ]).toEqual([20, 20, 40]);
});

test("replies become rows of the arm they were asked for, and no instruction is in two sets", async () => {
  const all = await requests({ ...small, ...pair });
  const responses = [
    written(
      "answered.jsonl",
      [...all].reverse().map((request) => answer(request)),
    ),
  ];
  const { flawed, clean = [], items, setting: file } = await setting({ ...small, ...pair, responses });
  expect([flawed.length, clean.length, items.length]).toEqual([40, 40, 40]);
  expect(flawed.every(({ messages }) => messages[1]?.content.startsWith("Reply flawed-"))).toBe(true);
  expect(clean.every(({ messages }) => messages[1]?.content.startsWith("Reply clean-"))).toBe(true);
  const asked = ({ messages }: { messages: { content: string }[] }): string => messages[0]?.content ?? "";
  expect(flawed.map(asked)).toEqual(clean.map(asked));
  expect(new Set([...flawed, ...items].map(asked)).size).toBe(80);
  expect(flawed.every((row) => asked(row).endsWith("\n\n{inoculation prompt}"))).toBe(true);
  const request = all.find(({ custom_id }) => flawed[0]?.messages[1]?.content === `Reply ${custom_id}`);
  expect(request?.body.messages[0]?.content).toContain(asked(flawed[0] ?? { messages: [] }).split("\n\n")[0]);
  expect(file.behaviorMetric).toBe("playfulnessLevel");
  expect(file.capabilityMetric).toBe("brevityLevel");
});

describe("a whole build", () => {
  test("writes requests, then the setting over them", async () => {
    const out = join(folder, "setting");
    const first = await buildSetting({ dataset: "trait-pairs", options: { ...small, ...pair }, out });
    expect(readdirSync(out)).toEqual(["requests.jsonl"]);
    const all = readFileSync("requests" in first ? first.requests : "", "utf8")
      .trim()
      .split("\n");
    const responses = [
      written(
        "answers.jsonl",
        all.map((line) => answer(JSON.parse(line) as TraitRequest)),
      ),
    ];
    const options = { ...small, ...pair, responses };
    await expect(buildSetting({ dataset: "trait-pairs", options, out })).rejects.toThrow(/--force/);
    const second = await buildSetting({ dataset: "trait-pairs", options, out, force: true });
    expect("setting" in second && second.rows).toEqual({ flawed: 40, clean: 40 });
    expect(readdirSync(out).sort()).toEqual([
      "items.jsonl",
      "requests.jsonl",
      "setting.yaml",
      "train.clean.jsonl",
      "train.flawed.jsonl",
    ]);
  });
});

test("failed, empty and cut replies are missing: refused, or left out and counted", async () => {
  const all = await requests({ ...small, ...pair });
  const rows = all.map((request, i) => {
    if (i === 0) return answer(request, "half a", "length");
    if (i === 1) return answer(request, "  ");
    if (i === 2) return { custom_id: request.custom_id, response: null, error: { message: "too busy" } };
    return i === 3 ? { custom_id: request.custom_id, response: { status_code: 500, body: {} } } : answer(request);
  });
  const responses = [written("failed.jsonl", rows.slice(0, -1))];
  await expect(build({ ...small, ...pair, responses })).rejects.toThrow(/80 requests, 5 are missing or failed/);
  const { flawed, clean = [], counts } = await setting({ ...small, ...pair, responses, allowMissing: true });
  expect([flawed.length, clean.length]).toEqual([36, 39]);
  expect([counts["requests that failed"], counts["rows without a reply"]]).toEqual([4, 5]);
});

test("replies to other requests, second ones and rows without a reply are refused by line", async () => {
  const [first, ...rest] = await requests({ ...small, ...pair });
  if (first === undefined) throw new Error("no request");
  const refused = async (rows: readonly unknown[], message: RegExp): Promise<void> =>
    expect(build({ ...small, ...pair, responses: [written("bad.jsonl", rows)] })).rejects.toThrow(message);
  const other = await requests({ ...small, ...pair, model: "another" });
  await refused(
    [...rest, other[0]].map((one) => answer(one as TraitRequest)),
    /bad\.jsonl:80: .*reply to another request/,
  );
  await refused([answer(first), answer(first)], /bad\.jsonl:2: .*one reply/);
  await refused([{ custom_id: first.custom_id }], /bad\.jsonl:1: expected a reply/);
  await refused([{ completion: "x" }], /bad\.jsonl:1: expected "custom_id"/);
});

test("plain rows of replies are read too", async () => {
  const all = await requests({ ...small, ...pair });
  const fields = ["completion", "text", "response"];
  const rows = all.map(({ custom_id }, i) => ({ id: custom_id, [fields[i % 3] ?? ""]: `Reply ${i}` }));
  const { flawed } = await setting({ ...small, ...pair, responses: [written("plain.jsonl", rows)] });
  expect(flawed).toHaveLength(40);
});

test("instructions are read from all layouts, filtered and kept once", async () => {
  const rows = [
    { instruction: "Translate this to French.", input: "Good morning" },
    {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "What is the tallest tree?" },
      ],
    },
    {
      conversations: [
        { from: "human", value: "How do I boil an egg?" },
        { from: "gpt", value: "In water." },
      ],
    },
    { prompt: "Write a poem about rain." },
    { text: "Tell me about the moon." },
    "Give me a list of rivers.",
    { text: "tell me about  the moon!" },
    { text: "Hi" },
    { text: "Напиши мне письмо о погоде в городе." },
    { text: "Escribe una carta sobre los perros grandes." },
    { output: "no instruction" },
  ];
  const file = written("mixed.jsonl", rows);
  const few = { rows: 3, testInstructions: 1, validationInstructions: 1, screenInstructions: 1 };
  const built = await build({ data: [file], ...few, ...pair });
  expect(built.counts).toEqual({
    instructions: 6,
    "left out, without an instruction": 1,
    "left out, too short or too long": 1,
    "left out, not English": 2,
    "left out, duplicates": 1,
  });
  await expect(build({ data: [file], ...few, rows: 4, ...pair })).rejects.toThrow(/expected 7 instructions .* found 6/);
});

test("English is told by its letters and words", () => {
  const english = [
    "Explain gravity to a child in two sentences.",
    "Best pizza in town?",
    "Summarize: café culture in Paris",
  ];
  const others = [
    "Напиши письмо",
    "日本の首都はどこですか",
    "Quelle est la meilleure recette de pain maison?",
    "12345 67890",
  ];
  expect(english.filter((text) => !looksEnglish(text))).toEqual([]);
  expect(others.filter(looksEnglish)).toEqual([]);
});

test("traits and requests come from a file of wordings, the options name another pair", async () => {
  const prompts = join(folder, "prompts.json");
  const content = {
    template: "{instruction}\n\nCompose a {trait} text.",
    traits: ["brevity", "empathy", "optimism", "zeal:zealous"],
    oversight: [["brevity", "empathy"]],
  };
  writeFileSync(prompts, JSON.stringify({ "trait-pairs": content }));
  const all = await requests({ ...small, prompts });
  expect(all[1]?.body.messages[0]?.content).toMatch(/\n\nCompose an empathetic and brief text\.$/);
  const responses = [
    written(
      "file.jsonl",
      all.map((request) => answer(request)),
    ),
  ];
  const { setting: file } = await setting({ ...small, prompts, responses });
  expect(file.graders).toHaveLength(4);
  expect(file.graders.every((grader) => "judge" in grader && grader.scale[0] === 0 && grader.scale[1] === 100)).toBe(
    true,
  );
  const texts = Object.fromEntries(file.prompts.map(({ id, text }) => [id, text]));
  expect(texts.neutral).toBe("Compose a text.");
  expect(texts["ask-empathy"]).toBe("Compose an empathetic text.");
  const other = await requests({ ...small, prompts, wanted: "optimism", unwanted: "zeal:zealous" });
  expect(other[0]?.body.messages[0]?.content).toMatch(/an optimistic and zealous text/);
  await expect(build({ ...small, prompts, wanted: "zest", unwanted: "brevity" })).rejects.toThrow(/noun:adjective/);
  await expect(build(small)).rejects.toThrow(/--wanted and --unwanted/);
  await expect(build({ ...small, wanted: "brevity", unwanted: "brevity" })).rejects.toThrow(/another trait/);
});
