import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inoculate, lastJson, scratchFolder } from "./cli.ts";
import { verbShapes } from "./shapes.ts";

const plan = `settings: sycophancy
seeds: 1
rows: 32
items: 4
arms:
  - { trainData: [none, flawed] }
  - { trainData: filtered, flawedShare: 0.5, flagger: { precision: 0.8, recall: 0.5 } }
  - { prompts: deem-correct, insertInto: flagged, flawedShare: 0.5, placement: system }
`;

test("a plan for real, on the embedded model, and again from the store", { timeout: 240_000 }, async () => {
  const folder = await scratchFolder();
  const file = join(folder, "plan.yaml");
  const out = join(folder, "runs");
  await writeFile(file, plan);
  const run = async (...more: string[]) => {
    const { code, stdout, stderr } = await inoculate("run", file, "--out", out, "--workers", "2", "--json", ...more);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    return verbShapes.run.parse(lastJson(stdout));
  };
  const looked = await run("--dry-run");
  expect(looked.preview).toMatchObject({ trainings: { toDo: 3 }, runs: { toDo: 4 }, secondsFrom: "probe" });
  expect(await readdir(out)).toEqual([]);
  const first = await run();
  expect(first.settings[0]?.conditions.map(({ trainData }) => trainData)).toEqual([
    "none",
    "flawed",
    "filtered",
    "flawed",
  ]);
  for (const { evaluations } of first.settings[0]?.conditions ?? []) {
    for (const { samples } of evaluations) expect(existsSync(join(out, samples))).toBe(true);
  }
  const again = await run();
  expect(again.preview.runs.toDo).toBe(0);
  expect(again.settings).toEqual(first.settings);
});

test("a plan with mistakes is refused as a whole, with its lines; nothing is written", async () => {
  const folder = await scratchFolder();
  const file = join(folder, "plan.yaml");
  await writeFile(file, "settings: sycophancy\narms:\n  - prompts: deem-corect\n  - promts: x\n");
  const out = join(folder, "runs");
  const { code, stdout, stderr } = await inoculate("run", file, "--out", out, "--json");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`error: ${file}:4:5: arms.1 has no key "promts"`);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(existsSync(out)).toBe(false);
  const missing = await inoculate("run", join(folder, "nowhere.yaml"), "--out", out);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toMatch(/nowhere\.yaml.*no such file/);
});

test("the help explains every key of a plan", async () => {
  const { code, stdout } = await inoculate("run", "--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(/examples\/first-plan\.yaml/);
  for (const key of ["settings", "arms", "flawedShare", "generalShare", "checkpointsEvery", "learningRate"]) {
    expect(stdout).toMatch(new RegExp(`^ +${key}: `, "m"));
  }
});
