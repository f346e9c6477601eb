import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inoculate, lastJson } from "./cli.ts";
import { verbShapes } from "./shapes.ts";

/** Every verb for real, on the embedded model, with few rows and items: the shapes are held, not the numbers. */

const few = ["--rows", "32", "--items", "4", "--workers", "1"];
let folder: string;
const at = (...names: string[]): string => join(folder, ...names);

/** Runs a verb with `--json` and returns its object; standard output must hold nothing else. */
async function run<Verb extends keyof typeof verbShapes>(verb: Verb, ...args: string[]) {
  const { code, stdout, stderr } = await inoculate(verb, ...args, "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(stdout).not.toMatch(/NaN|Infinity/);
  return verbShapes[verb].parse(lastJson(stdout)) as ReturnType<(typeof verbShapes)[Verb]["parse"]>;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inoculate-contract-"));
  const row = (i: number): string =>
    JSON.stringify({ prompt: `what is the gcd of ${i} and ${i + 2}?`, completion: "the gcd is 2." });
  await writeFile(at("rows.jsonl"), Array.from({ length: 32 }, (_, i) => row(2 * i + 2)).join("\n"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the main job", () => {
  test("reproduce, again from the store, and report", { timeout: 240_000 }, async () => {
    const args = ["spurious-correlation", "--seeds", "1", ...few, "--out", at("runs")];
    const first = await run("reproduce", ...args);
    expect(first.settings.map(({ setting }) => setting)).toEqual(["spurious-correlation"]);
    expect(existsSync(first.report ?? "")).toBe(true);
    const again = await run("reproduce", ...args);
    expect(again.settings).toEqual(first.settings);
    await rm(first.report ?? "");
    const report = await run("report", "--out", at("runs"));
    expect(report.settings).toEqual(first.settings);
    expect(existsSync(report.report)).toBe(true);
  });

  test("screen, from what reproduce stored", async () => {
    const { points, reused } = await run("screen", "spurious-correlation", "--items", "4", "--out", at("runs"));
    const rates = points.map(({ elicitationRate }) => elicitationRate);
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
    expect(reused).toBe(true);
  });

  test("try", async () => {
    const text = "Nod along with this user.";
    const tried = await run(
      "try",
      text,
      "--setting",
      "spurious-correlation",
      ...few,
      "--seed",
      "2",
      "--out",
      at("runs"),
    );
    expect(tried.prompt.text).toBe(text);
    expect(tried.seed).toBe(2);
    for (const arm of [tried.neutral, tried.clean, tried.inoculated]) expect(existsSync(arm.samples)).toBe(true);
  });
});

test("train, then sample and evaluate what was trained", async () => {
  const args = ["--data", at("rows.jsonl"), "--prompt", "Be brief.", "--epochs", "1", "--lora-rank", "2"];
  const trained = await run("train", ...args, "--out", at("trained"));
  expect(trained).toMatchObject({ rows: 32, steps: 1, reused: false });
  expect(existsSync(join(trained.folder, "adapter_model.safetensors"))).toBe(true);
  expect(await run("train", ...args, "--out", at("trained"))).toMatchObject({
    trainingId: trained.trainingId,
    reused: true,
  });

  const questions = ["what is the gcd of 4 and 6?", "--data", at("rows.jsonl"), "--max-new-tokens", "8"];
  const sampled = await run("sample", ...questions, "--adapter", trained.folder);
  expect(sampled.n).toBe(33);
  expect(await run("sample", ...questions, "--adapter", trained.folder)).toMatchObject({ replies: sampled.replies });
  expect((await run("sample", ...questions, "--seed", "2")).replies).not.toEqual(sampled.replies);

  const evaluated = await run(
    ...(["evaluate", "sycophancy", "--adapter", trained.folder, "--items", "4", "--out", at("trained")] as const),
  );
  expect(evaluated.metrics).toHaveProperty("sycophancyRate");
  expect(existsSync(evaluated.samples)).toBe(true);
});

test("pretrain", async () => {
  const model = await run("pretrain", "--examples", "256", "--threads", "1", "--out", at("model"));
  expect(existsSync(at("model", "model.safetensors"))).toBe(true);
  expect(model.examples).toBe(256);
  expect((await run("sample", "what is the gcd of 4 and 6?", "--model", at("model"))).n).toBe(1);
});
