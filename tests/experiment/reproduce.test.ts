import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { ReproduceEvent } from "../../src/experiment/events.ts";
import { type ReproduceOptions, reproduce } from "../../src/experiment/reproduce.ts";
import type { SettingResult } from "../../src/experiment/result.ts";
import { readResults } from "../../src/experiment/storedPlan.ts";
import { GraderError, InoculateError, InterruptedError, UserError } from "../../src/util/errors.ts";
import { fewItems, newFolder, toyModel, toyParts } from "./folders.ts";
import { killAt } from "./killAt.ts";

const toyProcess = new URL("./reproduceToy.ts", import.meta.url);

let options: ReproduceOptions & { folder: string };
let log: string;

function prepare(): void {
  const folder = newFolder();
  log = join(folder, "log");
  writeFileSync(log, "");
  process.env.TOY_LOG = log;
  options = {
    folder: join(folder, "runs"),
    base: toyModel(folder),
    parts: toyParts,
    items: fewItems,
    seeds: 2,
    workers: 1,
  };
}

beforeEach(prepare);

afterEach(() => {
  vi.unstubAllEnvs();
  for (const name of Object.keys(process.env)) if (name.startsWith("TOY_")) delete process.env[name];
});

async function reproduceToy(over: ReproduceOptions = {}): Promise<{ result: SettingResult; events: ReproduceEvent[] }> {
  const events: ReproduceEvent[] = [];
  const { settings } = await reproduce(["toy"], { ...options, ...over, onEvent: (event) => events.push(event) });
  return { result: settings[0] as SettingResult, events };
}

/** All that must not depend on how the work was done: everything but the time of sealing and the model's path. */
function numbers(result: SettingResult): unknown {
  const { predictions, provenance, ...rest } = result;
  return { ...rest, predictions: { ...predictions, sealedAt: "" }, provenance: { ...provenance, baseModel: "" } };
}

const trainings = (): string[] =>
  readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.includes("train"));

function sealedFile(): string | undefined {
  const names = readdirSync(options.folder, { recursive: true }).map(String);
  const name = names.find((path) => /predictions.*\.json$/.test(path));
  return name && join(options.folder, name);
}

/** The core conditions, done once by two workers; other tests go on from its store or are held to its numbers. */
const whole = {} as { folder: string; result: SettingResult; trainings: string[]; onScreened: object };

beforeAll(async () => {
  prepare();
  const { settings } = await reproduce(["toy"], {
    ...options,
    workers: 2,
    onEvent: ({ type }) => {
      if (type === "screened") whole.onScreened = { trainings: trainings().length, sealed: sealedFile() !== undefined };
    },
  });
  Object.assign(whole, { folder: options.folder, result: settings[0], trainings: trainings() });
});

/** Goes on from the store of the core conditions. */
const copyWhole = (): void => cpSync(whole.folder, options.folder, { recursive: true });

test("finds what the toy was built to show, and tells its story in order", async () => {
  const { result, events } = await reproduceToy({ seeds: 3, workers: 2 });
  expect(result.complete).toBe(true);
  expect(result.selected.id).toBe("strong");
  expect(result.effect.prevented?.mean).toBeGreaterThan(0.8);
  expect(result.effect.overUnrelated?.mean).toBeGreaterThan(0.8);
  expect(result.screening.pearson).toBeLessThan(-0.9);
  expect(result.predictions).toMatchObject({ known: 4 });
  const initial = result.conditions.find(({ id }) => id === "none/none/neutral");
  expect(initial?.metrics.agreementRate).toMatchObject({ unit: "item", n: 40 });
  expect(result.conditions.find(({ id }) => id === "flawed/strong/neutral")?.metrics.agreementRate).toMatchObject({
    unit: "seed",
    n: 3,
  });
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);

  const types = events.map(({ type }) => type);
  expect(types[0]).toBe("plan");
  expect(types.indexOf("screened")).toBeLessThan(types.indexOf("run-started"));
  const finished = events.flatMap((event) => (event.type === "run-finished" ? [event.run.id] : []));
  expect(finished.slice(0, 4)).toEqual(
    expect.arrayContaining(["toy/flawed/neutral/seed-1", "toy/flawed/strong/seed-1"]),
  );
  const summaries = types.filter((type) => type === "summary").length;
  expect(summaries).toBeGreaterThan(0);
  expect(summaries).toBeLessThanOrEqual(finished.length);
  expect(events.findLast((event) => event.type === "estimate")).toMatchObject({ secondsLeft: 0 });
  expect(types.at(-1)).toBe("done");
  expect(await readResults(options.folder, undefined, { parts: toyParts })).toEqual([result]);
});

test("the same numbers with one worker and with two, and nothing done twice on a second run", async () => {
  expect(new Set(whole.trainings.map((line) => line.split(" ")[0])).size).toBe(2);
  const { result: one } = await reproduceToy();
  expect(numbers(one)).toEqual(numbers(whole.result));
  const done = readFileSync(log, "utf8");
  // Nothing is left to do for a worker: one could not even start.
  vi.stubEnv("NODE_OPTIONS", "--no-such-option");
  const { result: again, events } = await reproduceToy();
  expect(readFileSync(log, "utf8")).toBe(done);
  expect(events.flatMap((event) => (event.type === "run-finished" ? [event.reused] : [])).every(Boolean)).toBe(true);
  expect(again).toEqual(one);
});

test("more conditions and seeds train only what is new: eval prompts never retrain", async () => {
  expect(whole.trainings).toHaveLength(2 * 6);
  copyWhole();
  await reproduceToy({ conditions: "all" });
  // New models: the other two unrelated prompts, the praise prompt, and inoculation on clean data.
  expect(trainings()).toHaveLength(2 * 4);
  await reproduceToy({ seeds: 3 });
  expect(trainings()).toHaveLength(2 * 4 + 6);
});

describe("killed at any moment, a rerun gives the same numbers", () => {
  test("while screening, while training, while evaluating, between runs", { timeout: 400_000 }, async () => {
    const two = { ...options, workers: 2 };
    await killAt(toyProcess, two, "screening", 3);
    await killAt(toyProcess, two, "run-step", 3);
    await killAt(toyProcess, two, "run-step", 8);
    await killAt(toyProcess, two, "run-evaluating", 2);
    await killAt(toyProcess, two, "run-finished", 5);
    await killAt(toyProcess, two, "run-step", 5);
    const { result } = await reproduceToy();
    expect(numbers(result)).toEqual(numbers(whole.result));
    expect(leftovers(options.folder)).toEqual([]);
  });

  test("a training goes on from its checkpoint", async () => {
    await killAt(toyProcess, options, "run-step", 4, 80);
    await reproduceToy();
    const resumed = trainings().filter((line) => !line.endsWith("from 0"));
    expect(resumed.length).toBeGreaterThan(0);
  });
});

/** Claims and temporary files that should be gone. */
function leftovers(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => /claim|probe/.test(name));
}

test("stopped with a signal, it says so, leaves no claims and goes on later", async () => {
  process.env.TOY_DELAY_MS = "10";
  const stop = new AbortController();
  const running = reproduce(["toy"], {
    ...options,
    workers: 2,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === "run-finished") stop.abort();
    },
  });
  await expect(running).rejects.toThrow(InterruptedError);
  expect(leftovers(options.folder)).toEqual([]);
  const before = trainings().length;
  expect((await reproduceToy()).result.complete).toBe(true);
  expect(trainings().length - before).toBeLessThan(2 * 6);
});

test("a worker that dies is heard, its run tried once more, then an error with its last words", async () => {
  process.env.TOY_DIE_AT = "4";
  const events: ReproduceEvent[] = [];
  const running = reproduce(["toy"], { ...options, workers: 1, onEvent: (event) => events.push(event) });
  await expect(running).rejects.toThrow(/exit code 7.*out of steam/s);
  await expect(running).rejects.not.toThrow(UserError);
  const failures = events.flatMap((event) => (event.type === "run-failed" ? [event] : []));
  expect(failures[0]).toMatchObject({ willRetry: true, message: expect.stringContaining("out of steam") });
  expect(failures[1]).toMatchObject({ willRetry: false, run: failures[0]?.run });
  expect(events.some((event) => event.type === "run-finished" && event.run.id === failures[0]?.run.id)).toBe(false);
});

test.each([
  ["breaks", /toy-grader.*file is missing/],
  ["nan", /agrees = NaN for item/],
  ["short", /returned 0 grades/],
])("a grader that %s stops the evaluation and is never a zero", async (fault, message) => {
  process.env.TOY_GRADER = fault;
  const running = reproduceToy();
  await expect(running).rejects.toThrow(GraderError);
  await expect(running).rejects.toThrow(message);
  expect(
    readdirSync(options.folder, { recursive: true }).filter((name) => String(name).endsWith("metrics.json")),
  ).toEqual([]);
});

describe("sealed predictions", () => {
  test("are written before any training and noted with each", () => {
    expect(whole.onScreened).toEqual({ trainings: 0, sealed: true });
    for (const { folder } of whole.result.trainings) {
      const config = JSON.parse(readFileSync(join(whole.folder, folder, "config.json"), "utf8"));
      expect(config.sealedPredictions).toBe(whole.result.predictions.hash);
    }
  });

  test("are refused when changed later", async () => {
    copyWhole();
    const file = sealedFile() ?? "";
    const sealed = JSON.parse(readFileSync(file, "utf8"));
    sealed.predictions[3].verdict = "works";
    writeFileSync(file, JSON.stringify(sealed));
    const changed = reproduceToy();
    await expect(changed).rejects.toThrow(/changed after it was sealed/);
    await expect(changed).rejects.toThrow(UserError);
    writeFileSync(file, "{");
    await expect(reproduceToy()).rejects.toThrow(UserError);
  });
});

describe("bad input ends before any work", () => {
  test.each([
    ["an unknown setting", { settings: ["toi"] }, /did you mean "toy"/],
    ["no setting", { settings: [] }, /no setting/],
    ["a missing model", { base: "/nowhere/model" }, /no model folder \/nowhere\/model/],
    ["no seeds", { seeds: 0 }, /seeds: expected/],
    ["half a worker", { workers: 0.5 }, /workers: expected/],
  ])("%s", async (_what, { settings = ["toy"], ...over }: { settings?: string[] } & ReproduceOptions, message) => {
    const running = reproduce(settings, { ...options, ...over });
    await expect(running).rejects.toThrow(UserError);
    await expect(running).rejects.toThrow(message);
    expect(readFileSync(log, "utf8")).toBe("");
  });

  test("a folder that cannot be written", async () => {
    mkdirSync(options.folder);
    writeFileSync(join(options.folder, "file"), "");
    const running = reproduceToy({ folder: join(options.folder, "file", "runs") });
    await expect(running).rejects.toThrow(/cannot write to .*file/);
    expect(readFileSync(log, "utf8")).toBe("");
  });
});

test("results that are not there are not made up", async () => {
  await expect(readResults(options.folder, undefined, { parts: toyParts })).rejects.toThrow(InoculateError);
});
