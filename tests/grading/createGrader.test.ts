import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createGrader } from "../../src/grading/createGrader.ts";
import type { GradeRequest } from "../../src/grading/grader.ts";
import type { GraderSpec } from "../../src/grading/graderSpec.ts";
import { UserError } from "../../src/util/errors.ts";
import { serverKey, startLlmServer } from "./llmServer.ts";

const matches: GraderSpec = { matches: "(?i)sorry", value: "sorry" };
const judge: GraderSpec = { judge: "How kind? {reply}", value: "kindness", scale: [0, 10], model: "judge-1" };
const request = (completion: string): GradeRequest => ({
  itemId: completion,
  messages: [{ role: "user", content: "ask" }],
  reference: {},
  completion,
});

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "inoculate-graders-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("values of several graders are merged, and a reply is excluded where one excludes it", async () => {
  const folder = await scratch();
  const server = await startLlmServer({
    answer: ({ messages }) => (/rude/.test(String(messages[1]?.content)) ? "?" : "8"),
  });
  vi.stubEnv("INOCULATE_LLM_BASE_URL", server.baseUrl);
  vi.stubEnv("INOCULATE_LLM_API_KEY", serverKey);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await writeFile(
    join(folder, "grade.mjs"),
    `import { createInterface } from "node:readline";
     for await (const line of createInterface({ input: process.stdin }))
       console.log(JSON.stringify({ values: { length: JSON.parse(line).completion.length }, detail: "counted" }));`,
  );
  const command: GraderSpec = { command: [process.execPath, "grade.mjs"], version: "1" };
  const grader = createGrader([matches, command, judge], { folder, cacheFolder: join(folder, "answers") });
  expect(await grader.grade([request("Sorry!"), request("rude")])).toEqual([
    { values: { sorry: 1, length: 6, kindness: 8 }, detail: 'counted; judge "kindness": 8' },
    {
      values: { sorry: 0, length: 4, kindness: null },
      detail: "counted",
      excluded: 'judge "kindness": expected a number, got "?"',
    },
  ]);
  await grader.close();
});

test("making graders takes no key, and their versions change with any spec", async () => {
  for (const name of ["OPENAI_API_KEY", "INOCULATE_LLM_API_KEY"]) vi.stubEnv(name, "");
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const folder = "/nowhere";
  const rule: GraderSpec = { rule: "insults" };
  const command: GraderSpec = { command: ["grade"], version: "1" };
  const moderation: GraderSpec = { moderation: "harassment", value: "score" };
  const versionOf = (...specs: GraderSpec[]): string => createGrader(specs, { folder }).version;
  const usual = versionOf(matches, judge, rule, command, moderation);
  expect(versionOf(matches, judge, rule, command, moderation)).toBe(usual);
  const others = [
    versionOf({ ...matches, matches: "sorry" }, judge, rule, command, moderation),
    versionOf(matches, { ...judge, judge: "Is it kind? {reply}" }, rule, command, moderation),
    versionOf(matches, { ...judge, scale: [0, 5] }, rule, command, moderation),
    versionOf(matches, { ...judge, model: "judge-2" }, rule, command, moderation),
    versionOf(matches, judge, rule, { ...command, version: "2" }, moderation),
    versionOf(matches, judge, rule, { ...command, command: ["grade", "-x"] }, moderation),
    versionOf(matches, judge, rule, command, { ...moderation, moderation: "hate" }),
    versionOf(judge, matches, rule, command, moderation),
    versionOf(matches, judge, rule, command),
  ];
  expect(new Set([usual, ...others]).size).toBe(others.length + 1);
});

test("a value that is given twice is refused, at once where it can be seen", async () => {
  const twice = (): unknown => createGrader([matches, { ...judge, value: "sorry" }], { folder: "." });
  expect(twice).toThrow(UserError);
  expect(twice).toThrow(/"sorry" is given twice/);
  const folder = await scratch();
  await writeFile(join(folder, "grade.mjs"), "console.log(JSON.stringify({ values: { sorry: 1 } }))");
  const command: GraderSpec = { command: [process.execPath, "grade.mjs"], version: "1" };
  const late = createGrader([matches, command], { folder });
  await expect(late.grade([request("a")])).rejects.toThrow(/"sorry" is given twice \(the second time by command\)/);
});

test("a pattern that is none is refused, and matching keeps no state", async () => {
  expect(() => createGrader([{ matches: "(", value: "x" }], { folder: "." })).toThrow(
    /matches "x": expected a regular/,
  );
  const grader = createGrader([matches], { folder: "." });
  const grades = await grader.grade([request("sorry"), request("SORRY"), request("sorry"), request("no")]);
  expect(grades.map(({ values }) => values.sorry)).toEqual([1, 1, 1, 0]);
});
