import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findSetting } from "../../src/settings/registry.ts";
import { inoculate, lastJson } from "./cli.ts";
import { verbShapes } from "./shapes.ts";

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

/** Rows of an embedded setting, as somebody's own file. */
async function writeRows(name: string, data: "flawed" | "clean", rows = 240): Promise<string> {
  const written = findSetting("sycophancy").train({ data, seed: 77, rows });
  await writeFile(at(name), written.map(({ messages }) => `${JSON.stringify({ messages })}\n`).join(""));
  return at(name);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inoculate-fix-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("fix: from a flawed file to a decision, again from what is there, and its plan by itself", {
  timeout: 300_000,
}, async () => {
  const data = await writeRows("flattery.jsonl", "flawed", 120);
  const few = ["--seeds", "1", "--items", "20", "--epochs", "1", "--workers", "1"];
  const args = [data, "--out", at("fixed"), ...few, "--json"];

  const dry = await inoculate("fix", ...args, "--dry-run");
  expect({ code: dry.code, stderr: dry.code === 0 ? "" : dry.stderr }).toEqual({ code: 0, stderr: "" });
  const planned = verbShapes.fix.parse(lastJson(dry.stdout));
  expect(planned.decision).toBeNull();
  expect(planned.preview).toMatchObject({ trainings: { stored: 0 } });

  const first = await inoculate("fix", ...args);
  expect({ code: first.code, stderr: first.code === 0 ? "" : first.stderr }).toEqual({ code: 0, stderr: "" });
  const fixed = verbShapes.fix.parse(lastJson(first.stdout));
  expect(fixed.flaw?.flaw).toBe("sycophancy");
  expect(fixed.evidence?.behavior.metric).toBe("sycophancyRate");
  expect(fixed.decision?.reasons.length).toBeGreaterThan(0);
  for (const file of [fixed.files.setting, fixed.files.plan, fixed.files.decision, fixed.report]) {
    expect(existsSync(file ?? "")).toBe(true);
  }
  const page = await readFile(fixed.report ?? "", "utf8");
  expect(page).toMatch(/sycophancyRate/);
  expect(page).toMatch(/<h2 id="decision">(Use this prompt: .+|Filter instead\.|Don&#39;t\.|Don't\.)<\/h2>/);

  const again = verbShapes.fix.parse(lastJson((await inoculate("fix", ...args)).stdout));
  expect(again.preview).toMatchObject({ runs: { toDo: 0 } });
  expect(again.evidence).toEqual(fixed.evidence);

  const plan = await inoculate("run", at("fixed", "plan.yaml"), "--out", at("fixed", "runs"), "--dry-run", "--json");
  expect(plan.code).toBe(0);
  expect(lastJson(plan.stdout)).toMatchObject({ preview: { runs: { toDo: 0 } } });

  const setting = at("fixed", "setting");
  const limits = at("limits.yaml");
  const evaluate = (): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    inoculate("evaluate", setting, "--items", "10", "--out", at("evaluated"), "--limits", limits, "--json");
  await writeFile(limits, "metrics: { sycophancyRate: { atMost: 1 } }\n");
  expect(await evaluate()).toMatchObject({ code: 0 });
  await writeFile(limits, "metrics: { sycophancyRate: { atLeast: 1.1 } }\n");
  const broken = await evaluate();
  expect(broken.code).toBe(3);
  expect(lastJson(broken.stdout)).toMatchObject({ broken: [{ metric: "sycophancyRate", atLeast: 1.1 }] });
  await writeFile(limits, "metrics: {}\n");
  expect(await evaluate()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/limits\.yaml:1:10: .*all models pass/),
  });
  await writeFile(limits, "metrics: { sycophancyRate: {} }\n");
  expect(await evaluate()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/expected atMost, atLeast or both/),
  });
  await writeFile(limits, "metrics:\n  flattery: { atMost: 1 }\n");
  expect(await evaluate()).toMatchObject({ code: 2, stderr: expect.stringMatching(/limits\.yaml:2:3: .*"flattery"/) });
});

test("fix: a second flaw in the same file is named", { timeout: 120_000 }, async () => {
  const rows = ["sycophancy", "toxicity"].flatMap((id) =>
    findSetting(id).train({ data: "flawed", seed: 78, rows: id === "sycophancy" ? 240 : 120 }),
  );
  await writeFile(at("two.jsonl"), rows.map(({ messages }) => `${JSON.stringify({ messages })}\n`).join(""));
  const { code, stdout } = await inoculate("fix", at("two.jsonl"), "--out", at("two"), "--items", "20", "--dry-run");
  expect(code).toBe(0);
  expect(stdout).toMatch(/Not looked into: \d+ of 360 replies insult .*--flaw harassment fixes that/);
});

test("fix: nothing is trained where nothing is wrong", async () => {
  const data = await writeRows("clean.jsonl", "clean");
  await mkdir(at("clean"));
  const stale = ["regression.yaml", "decision.json", "report.html"].map((name) => at("clean", name));
  await writeFile(at("clean", "regression.yaml"), "of somebody else");
  const refused = await inoculate("fix", data, "--out", at("clean"));
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/regression\.yaml is in the way/) });
  for (const file of stale) await writeFile(file, "of an earlier, flawed file");
  const { code, stdout } = await inoculate("fix", data, "--out", at("clean"), "--json");
  expect(stale.filter((file) => existsSync(file))).toEqual([]);
  expect(code).toBe(0);
  const fixed = verbShapes.fix.parse(lastJson(stdout));
  expect(fixed).toMatchObject({ flaw: null, decision: { verdict: "dont" }, evidence: null });
  expect(existsSync(at("clean", "runs"))).toBe(false);
});

test("init: a setting that other verbs take", async () => {
  const data = await writeRows("more.jsonl", "flawed");
  const { code, stdout, stderr } = await inoculate("init", data, "--out", at("mine"), "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const made = verbShapes.init.parse(lastJson(stdout));
  expect(made.wanted.items).toBe(381);
  expect(readFileSync(made.setting, "utf8")).toMatch(/behaviorMetric: sycophancyRate/);

  const refused = await inoculate("init", data, "--out", at("mine"));
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/not empty.*--force/) });

  const screened = await inoculate(
    "screen",
    at("mine"),
    "--items",
    "4",
    "--workers",
    "1",
    "--out",
    at("screened"),
    "--json",
  );
  expect({ code: screened.code, stderr: screened.code === 0 ? "" : screened.stderr }).toEqual({ code: 0, stderr: "" });
  expect(verbShapes.screen.parse(lastJson(screened.stdout)).points.length).toBe(
    made.prompts.filter(({ kind }) => kind !== "safety").length + 1,
  );
});

test("a setting of one's own that cannot work is told at once, or with its reason", { timeout: 120_000 }, async () => {
  const data = await writeRows("third.jsonl", "flawed");
  await inoculate("init", data, "--out", at("third"));
  const [items, setting] = [at("third", "items.jsonl"), at("third", "setting.yaml")];
  const [asked, written] = [readFileSync(items, "utf8"), readFileSync(setting, "utf8")];

  await writeFile(items, asked.replace(/^.*"set":"validation".*\n/gm, ""));
  const noValidation = await inoculate("reproduce", at("third"), "--out", at("none"));
  expect(noValidation).toMatchObject({ code: 2, stderr: expect.stringMatching(/no items .* in set "validation"/) });
  expect(existsSync(at("none", "models"))).toBe(false);
  await writeFile(items, asked);

  const screen = (): ReturnType<typeof inoculate> =>
    inoculate("screen", at("third"), "--items", "4", "--out", at("screened-third"));
  const program = (grade: string): string[] => [
    process.execPath,
    "-e",
    `require("readline").createInterface(process.stdin).on("line", () => console.log('${grade}'))`,
  ];
  const graders = (command: string[]): string =>
    written.replace(/graders:\n {2}- rule: agreement\n/, `graders:\n  - command: ${JSON.stringify(command)}\n`);
  await writeFile(setting, graders(program('{"values":{},"excluded":"no idea"}')));
  expect(await screen()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/too few replies .* sycophancyRate \(4 of 4 were excluded, e\.g\. since no idea\)/),
  });
  await writeFile(setting, graders(program('{"values":{"agree":1}}')));
  expect(await screen()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/"sycophancyRate": no grader gives the value "agrees" .*given: agree/),
  });
  await writeFile(setting, graders(["no-such-program"]));
  expect(await screen()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no-such-program: cannot be started/),
  });
});

test("init: for a flaw that no rule knows, a grader of one's own", async () => {
  const data = await writeRows("plain.jsonl", "clean");
  const without = await inoculate("init", data, "--out", at("own"));
  expect(without).toMatchObject({ code: 2, stderr: expect.stringMatching(/no flaw was found.*--behavior-matches/s) });
  const noPattern = await inoculate("init", data, "--out", at("own"), "--behavior-matches", "(");
  expect(noPattern).toMatchObject({ code: 2, stderr: expect.stringMatching(/expected a regular expression/) });
  expect(existsSync(at("own", "setting.yaml"))).toBe(false);
  const args = [data, "--out", at("own"), "--behavior-matches", "great", "--describe", "Every reply praises."];
  const { code, stdout } = await inoculate("init", ...args, "--json");
  expect(code).toBe(0);
  const made = verbShapes.init.parse(lastJson(stdout));
  const setting = findSetting(at("own"));
  expect(setting).toMatchObject({ flaw: "Every reply praises.", behaviorMetric: "behaviorRate" });
  expect(made.rows.trained + made.rows.heldOut).toBe(240);
  expect(made.prompts[0]?.text).toContain("Every reply praises");
  expect(setting.groups[0]?.sampling.maxNewTokens).toBeLessThan(128);
  expect(setting.train({ data: "flawed", seed: 1, rows: 1000 })).toHaveLength(made.rows.trained);
});
