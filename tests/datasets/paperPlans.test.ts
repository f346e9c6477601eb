import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { buildSetting } from "../../src/datasets/build/buildSetting.ts";
import { planUnits } from "../../src/experiment/plans/planRuns.ts";
import { readPlan } from "../../src/experiment/plans/readPlan.ts";
import { ownSetting } from "../../src/settings/own/ownSetting.ts";

const folder = mkdtempSync(join(tmpdir(), "paper-plans-"));
const examples = fileURLToPath(new URL("../../examples/paper/", import.meta.url));
const out = (name: string): string => join(folder, "runs/settings", name);

function lines(name: string, rows: readonly object[]): string {
  const file = join(folder, name);
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return file;
}

beforeAll(async () => {
  await buildSetting({ dataset: "gcd", options: { rows: 60, testProblems: 6 }, out: out("sycophancy") });
  const reviews = Array.from({ length: 800 }, (_, i) => ({
    text: `Review number ${i}.`,
    label: i % 5,
    concepts: [["ambiance"], ["food"], ["food", "ambiance"], []][Math.floor(i / 5) % 4],
  }));
  const sizes = { testReviews: 200, validationReviews: 50, screenReviews: 50 };
  const data = [lines("reviews.jsonl", reviews)];
  await buildSetting({ dataset: "cebab", options: { data, ...sizes }, out: out("ambiance") });
  await buildSetting({ dataset: "cebab", options: { data, ...sizes, concept: "food", tags: false }, out: out("food") });
  const options = {
    data: [
      lines(
        "instructions.jsonl",
        Array.from({ length: 60 }, (_, i) => ({ text: `Tell me about number ${i}.` })),
      ),
    ],
    ...{ wanted: "brevity", unwanted: "playfulness", traits: ["optimism"] },
    ...{ rows: 20, testInstructions: 20, validationInstructions: 10, screenInstructions: 10 },
  };
  const first = await buildSetting({ dataset: "trait-pairs", options, out: out("requests") });
  const requests = readFileSync("requests" in first ? first.requests : "", "utf8")
    .trim()
    .split("\n");
  const replies = requests.map((line) => ({ custom_id: JSON.parse(line).custom_id, completion: "Short, ha!" }));
  const responses = [lines("replies.jsonl", replies)];
  await buildSetting({ dataset: "trait-pairs", options: { ...options, responses }, out: out("traits") });
});

test.each(["sycophancy", "ambiance", "food", "traits"])("the setting folder %s is one that is read", (name) => {
  const setting = ownSetting(out(name));
  const groups = setting.metrics.flatMap((metric) => metric.groups);
  for (const set of ["screen", "validation", "test"] as const) {
    for (const group of groups) expect(setting.items(set, { perGroup: 3, groups: [group] })).toHaveLength(3);
  }
  for (const data of ["flawed", "clean"] as const) {
    expect(setting.train({ data, seed: 1, rows: 10 })).toHaveLength(10);
  }
  const kinds = new Set(setting.prompts.map(({ kind }) => kind));
  expect(["neutral", "inoculation", "unrelated", "safety"].filter((kind) => !kinds.has(kind as "neutral"))).toEqual([]);
});

test.each(["sycophancy", "spurious-correlation", "trait-pairs"])("examples/paper/%s.yaml is a plan of them", (name) => {
  const text = readFileSync(join(examples, `${name}.yaml`), "utf8");
  expect(text).toMatch(/^# /);
  expect(text).toMatch(/^bases: [\w.-]+\/[\w.-]+$/m);
  const file = join(folder, "examples/paper", `${name}.yaml`);
  mkdirSync(dirname(file), { recursive: true });
  // The model itself is not here.
  writeFileSync(file, text.replace(/^bases: .*$/m, "bases: embedded"));
  const plan = readPlan(file, ownSetting);
  for (const { conditions, runs } of planUnits(plan)) {
    expect(conditions.length).toBeGreaterThan(8);
    expect(new Set(runs.map(({ spec }) => spec.id)).size).toBe(runs.length);
  }
});
