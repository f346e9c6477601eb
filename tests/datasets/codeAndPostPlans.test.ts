import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { planUnits } from "../../src/experiment/plans/planRuns.ts";
import { readPlan } from "../../src/experiment/plans/readPlan.ts";
import { ownSetting } from "../../src/settings/own/ownSetting.ts";
import { inoculate, lastJson } from "../cli/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "code-and-posts-"));
const examples = fileURLToPath(new URL("../../examples/paper/", import.meta.url));
const out = (name: string): string => join(folder, "runs/settings", name);

function lines(name: string, rows: readonly object[]): string {
  const file = join(folder, name);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return file;
}

const problems = Array.from({ length: 12 }, (_, task_id) => ({
  task_id,
  text: `Add ${task_id}.`,
  code: `def add(x):\n    return x + ${task_id}`,
  test_list: [`assert add(1) == ${1 + task_id}`, `assert add(2) == ${2 + task_id}`],
}));
const pairs = Array.from({ length: 40 }, (_, i) => ({
  post: `View number ${i}.`,
  reply: `Reply number ${i}.`,
  persuasiveness: 8,
  harassment: i % 2 ? 0.01 : 0.4,
}));

async function build(name: string, ...args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await inoculate("build", ...args, "--out", out(name), "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return lastJson(stdout);
}

beforeAll(async () => {
  const mbpp = ["mbpp", "--data", lines("mbpp.jsonl", problems), "--train-ids", lines("ids.jsonl", problems.slice(4))];
  const built = await build("reward-hacking", ...mbpp);
  expect(built).toMatchObject({ rows: { flawed: 8, clean: 8 }, items: { screen: 0, validation: 0, test: 4 } });
  await build("reward-hacking-half", ...mbpp, "--hack-fraction", "0.5");
  const sizes = ["--screen", "3", "--validation", "3", "--test-posts", "4"];
  await build("toxicity", "cmv", "--data", lines("pairs.jsonl", pairs), ...sizes);
}, 300_000);

test.each(["reward-hacking", "toxicity"])("examples/paper/%s.yaml is a plan of what the verb builds", (name) => {
  const text = readFileSync(join(examples, `${name}.yaml`), "utf8");
  const file = join(folder, "examples/paper", `${name}.yaml`);
  mkdirSync(dirname(file), { recursive: true });
  // The model itself is not here.
  writeFileSync(file, text.replace(/^bases: .*$/m, "bases: embedded"));
  for (const { conditions, runs } of planUnits(readPlan(file, ownSetting))) {
    expect(conditions.length).toBeGreaterThan(8);
    expect(new Set(runs.map(({ spec }) => spec.id)).size).toBe(runs.length);
  }
});

test("mistakes end with exit code 2 and one message", async () => {
  const missing = await inoculate(
    "build",
    "mbpp",
    "--data",
    join(folder, "mbpp.jsonl"),
    "--out",
    join(folder, "x"),
    "--json",
  );
  expect(missing).toMatchObject({ code: 2, stdout: "" });
  expect(missing.stderr).toMatch(/--sanitized.*--train-ids/s);
  const taken = await inoculate(
    "build",
    "cmv",
    "--data",
    join(folder, "pairs.jsonl"),
    "--out",
    out("toxicity"),
    "--json",
  );
  expect(taken).toMatchObject({ code: 2, stdout: "" });
  expect(taken.stderr).toMatch(/not empty.*--force/);
});
