import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCommandGrader } from "../../src/grading/commandGrader.ts";
import type { GradeRequest } from "../../src/grading/grader.ts";
import { GraderError, InterruptedError, UserError } from "../../src/util/errors.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inoculate-command-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let programs = 0;
/** A grader that is this program, run by Node. */
async function graderOf(program: string, patienceMs?: number) {
  const name = `grader${programs++}.mjs`;
  await writeFile(join(folder, name), program);
  const command = [process.execPath, name];
  return createCommandGrader({ command, version: "1" }, { folder, ...(patienceMs !== undefined && { patienceMs }) });
}

const requests = (count: number, completion = "a reply"): GradeRequest[] =>
  Array.from({ length: count }, (_, index) => ({
    itemId: `item-${index}`,
    messages: [{ role: "user", content: "ask" }],
    reference: { truth: index },
    completion,
  }));

const eachLine = (answer: string): string => `
  import { createInterface } from "node:readline";
  for await (const line of createInterface({ input: process.stdin })) {
    const item = JSON.parse(line);
    console.log(${answer});
  }`;

test("requests go in and grades come out in the same order, in the setting's folder", async () => {
  const grader = await graderOf(
    `import { writeFileSync } from "node:fs"; writeFileSync("here", "");${eachLine(
      'JSON.stringify({ values: { seen: item.reference.truth, length: item.completion.length }, detail: item.itemId, ...(item.reference.truth === 1 && { excluded: "odd" }) })',
    )}`,
  );
  expect(await grader.grade(requests(3, "line\u2028one\nline two"))).toEqual([
    { values: { seen: 0, length: 17 }, detail: "item-0" },
    { values: { seen: 1, length: 17 }, detail: "item-1", excluded: "odd" },
    { values: { seen: 2, length: 17 }, detail: "item-2" },
  ]);
  expect(existsSync(join(folder, "here"))).toBe(true);
  expect(await grader.grade([])).toEqual([]);
});

test("a large batch does not deadlock, whether the program reads first or writes as it goes", async () => {
  const batch = requests(4000, "x".repeat(2000));
  const streaming = await graderOf(eachLine('JSON.stringify({ values: { ok: 1 }, detail: "y".repeat(500) })'));
  expect(await streaming.grade(batch)).toHaveLength(4000);
  const last = await graderOf(`
    let text = ""; for await (const chunk of process.stdin) text += chunk;
    for (const line of text.trim().split("\\n")) console.log(JSON.stringify({ values: { ok: 1 } }));`);
  expect(await last.grade(batch)).toHaveLength(4000);
});

test.each([
  ["too few lines", 'console.log(\'{"values": {"ok": 1}}\')', /expected 3 lines.*got 1/],
  ["too many lines", 'for (let i = 0; i < 4; i++) console.log(\'{"values": {"ok": 1}}\')', /expected 3 lines.*got 4/],
  ["no JSON", 'console.log(\'{"values": {"ok": 1}}\\nthree\')', /line 2 of its output.*JSON object.*three/],
  ["no number", 'console.log(\'{"values": {"ok": "1"}}\')', /line 1.*values\.ok/],
  ["NaN", 'console.log(\'{"values": {"ok": NaN}}\')', /line 1.*JSON object/],
  ["infinity", 'console.log(\'{"values": {"ok": 1e999}}\')', /line 1.*values\.ok/],
  ["an unknown field", 'console.log(\'{"values": {}, "value": 1}\')', /line 1/],
  ["a failure", 'console.error("no such table"); process.exit(3)', /code 3\nits last words: no such table/],
  [
    "a failure after all lines",
    "for (let i = 0; i < 3; i++) console.log('{\"values\": {}}'); process.exitCode = 1",
    /code 1/,
  ],
  ["a signal", 'process.kill(process.pid, "SIGKILL")', /SIGKILL/],
])("%s is a broken grader, never a zero", async (_, program, message) => {
  const grader = await graderOf(program);
  const failure = await grader.grade(requests(3, "z".repeat(100_000))).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GraderError);
  expect((failure as Error).message).toMatch(message);
});

test("its last words are the last ones", async () => {
  const grader = await graderOf('console.error("a".repeat(100000)); console.error("the end"); process.exit(1)');
  const failure = (await grader.grade(requests(1)).catch((error: unknown) => error)) as Error;
  expect(failure.message).toMatch(/the end$/);
  expect(failure.message.length).toBeLessThan(3000);
});

test("a program that falls silent, or writes a line without end, is ended", async () => {
  const silent = await graderOf("setInterval(() => {}, 1000)", 300);
  await expect(silent.grade(requests(1))).rejects.toThrow(/no line for 0.3 seconds/);
  const endless = await graderOf('const more = () => process.stdout.write("x".repeat(65536), more); more()');
  await expect(endless.grade(requests(1))).rejects.toThrow(/wrote a line of more than/);
});

test("aborting ends the program and what it started", async () => {
  const grader = await graderOf(`
    import { spawn } from "node:child_process";
    import { writeFileSync } from "node:fs";
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    writeFileSync("pids.tmp", process.pid + " " + child.pid);
    (await import("node:fs")).renameSync("pids.tmp", "pids");
    setInterval(() => {}, 1000);`);
  const controller = new AbortController();
  const grading = grader.grade(requests(1), { signal: controller.signal }).catch((error: unknown) => error);
  await expect.poll(() => existsSync(join(folder, "pids"))).toBe(true);
  controller.abort();
  expect(await grading).toBeInstanceOf(InterruptedError);
  const pids = (await readFile(join(folder, "pids"), "utf8")).split(" ").map(Number);
  for (const pid of pids) await expect.poll(() => isRunning(pid)).toBe(false);
  await expect(grader.grade(requests(1), { signal: controller.signal })).rejects.toThrow(InterruptedError);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("no shell reads the command, and a missing program is the user's to fix", async () => {
  const command = [process.execPath, "-e", "process.exit(1)", "; touch hacked", "$(touch hacked)", "&& touch hacked"];
  const quoted = createCommandGrader({ command, version: "1" }, { folder });
  await expect(quoted.grade(requests(1))).rejects.toThrow(GraderError);
  expect(existsSync(join(folder, "hacked"))).toBe(false);
  const missing = createCommandGrader({ command: ["./nowhere"], version: "1" }, { folder });
  await expect(missing.grade(requests(1))).rejects.toThrow(UserError);
  await expect(missing.grade(requests(1))).rejects.toThrow(/nowhere.*cannot be started/);
});
