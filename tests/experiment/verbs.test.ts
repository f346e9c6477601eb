import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { evaluateOnce } from "../../src/experiment/evaluateOnce.ts";
import { verdictOf } from "../../src/experiment/prediction/predict.ts";
import { reproduce } from "../../src/experiment/reproduce.ts";
import { sampleOnce } from "../../src/experiment/sampleOnce.ts";
import { trainOnce } from "../../src/experiment/trainOnce.ts";
import { tryPrompt } from "../../src/experiment/tryPrompt.ts";
import { UserError } from "../../src/util/errors.ts";
import { fewItems, newFolder, toyModel, toyParts } from "./folders.ts";
import { toySetting } from "./toyParts.ts";

let common: { folder: string; base: string; parts: string };
let log: string;

beforeEach(() => {
  const folder = newFolder();
  common = { folder: join(folder, "runs"), base: toyModel(folder), parts: toyParts };
  log = join(folder, "log");
  writeFileSync(log, "");
  process.env.TOY_LOG = log;
});

const trained = (): number => readFileSync(log, "utf8").split("train").length - 1;

test("train, evaluate and sample one model", async () => {
  const rows = toySetting.train({ data: "flawed", seed: 1, rows: 10 });
  const insertion = { prompt: "[strong]", placement: "suffix" as const };
  const first = await trainOnce({ ...common, rows, insertion });
  expect(first).toMatchObject({ rows: 10, steps: 6, reused: false });
  expect(first.loss).toBeCloseTo(1 / 6, 12);
  expect((await trainOnce({ ...common, rows, insertion })).reused).toBe(true);
  const plain = await trainOnce({ ...common, rows });
  expect(plain.trainingId).not.toBe(first.trainingId);

  const adapter = plain.model.adapter as string;
  const initial = await evaluateOnce({ ...common, setting: "toy", items: 50 });
  const after = await evaluateOnce({ ...common, setting: "toy", items: 50, adapter });
  const asked = await evaluateOnce({ ...common, setting: "toy", items: 50, evalPrompt: "strong" });
  expect(initial.metrics.agreementRate).toMatchObject({ unit: "item", n: 50 });
  expect(initial.metrics.agreementRate?.mean).toBeLessThan(0.2);
  expect(after.metrics.agreementRate?.mean).toBe(1);
  expect(asked.metrics.agreementRate?.mean).toBeGreaterThan(0.8);
  expect(existsSync(after.samples)).toBe(true);

  const chats = [[{ role: "user" as const, content: "agree?" }], [{ role: "user" as const, content: "skill" }]];
  expect((await sampleOnce({ ...common, chats, adapter })).map(({ text }) => text)).toEqual(["yes", "done"]);
});

test("try a wording of one's own, with the references from an earlier reproduce", async () => {
  await reproduce(["toy"], { ...common, items: fewItems, seeds: 1, workers: 1 });
  const before = trained();
  const result = await tryPrompt({
    ...common,
    setting: "toy",
    prompt: "please [medium] now",
    items: fewItems,
    workers: 1,
  });
  expect(trained()).toBe(before + 1);
  expect(result.elicitation.prompt).toBeGreaterThan(result.elicitation.neutral);
  expect(result.prediction.verdict).toBe(verdictOf(result.prediction.predictedPrevented));
  const [low, high] = result.prediction.predictedBehaviorInterval as [number, number];
  expect(low).toBeLessThan(result.prediction.predictedBehavior);
  expect(high).toBeGreaterThan(result.prediction.predictedBehavior);
  expect(result.prediction.prevented).toBeCloseTo(0.6, 0);
  expect(result.neutral.metrics.agreementRate).toBeGreaterThan(0.9);
  expect(result.inoculated.metrics.agreementRate).toBeLessThan(0.8);
  expect(existsSync(result.inoculated.samples)).toBe(true);
  await tryPrompt({ ...common, setting: "toy", prompt: "[strong]", items: fewItems, workers: 1 });
  expect(trained()).toBe(before + 1);
});

test("what cannot work is said at once", async () => {
  await expect(tryPrompt({ ...common, setting: "toy", prompt: " " })).rejects.toThrow(UserError);
  await expect(trainOnce({ ...common, rows: [] })).rejects.toThrow(/no rows/);
  await expect(evaluateOnce({ ...common, setting: "toy", adapter: "/nowhere" })).rejects.toThrow(/\/nowhere/);
  await expect(sampleOnce({ ...common, base: "/nowhere", chats: [] })).rejects.toThrow(UserError);
});
