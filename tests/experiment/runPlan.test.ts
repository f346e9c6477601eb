import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ReproduceEvent } from "../../src/experiment/events.ts";
import { type PlanResult, type RunPlanOptions, runPlan } from "../../src/experiment/plans/runPlan.ts";
import { reproduce } from "../../src/experiment/reproduce.ts";
import { planPreviewLines, planTableLines } from "../../src/report/planTable.ts";
import { newFolder, toyModel, toyParts } from "./folders.ts";
import { killAt } from "./killAt.ts";
import { planFile } from "./planFile.ts";

const toyProcess = new URL("./runPlanToy.ts", import.meta.url);

let folder: string;
let options: RunPlanOptions & { folder: string };
let log: string;

function prepare(): void {
  folder = newFolder();
  toyModel(folder);
  log = join(folder, "log");
  writeFileSync(log, "");
  process.env.TOY_LOG = log;
  options = { folder: join(folder, "runs"), parts: toyParts, workers: 1 };
}

beforeEach(prepare);

afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith("TOY_")) delete process.env[name];
});

const head = "settings: toy\nbases: model\nseeds: 2\nitems: { test: 40, testCapability: 20, testOther: 20 }\n";

const wide = `${head}
rows: 40
evalPrompts: [neutral, honest]
prompts:
  varied: { oneOf: { strong: 1, weak: 1 } }
recipes:
  dose: { schedule: constant, effectiveBatchSize: 10 }
arms:
  - { trainData: [none, clean] }
  - { prompts: [neutral, strong, varied], placement: [prefix, suffix] }
  - { trainData: [filtered, relabelled], flawedShare: 0.4, flagger: { precision: [0.5, 1], recall: 0.5 } }
  - { prompts: strong, insertInto: flagged, flawedShare: 0.4, flagger: { precision: [0.5, 1], recall: 0.5 } }
  - { prompts: [neutral, strong], recipe: dose, checkpointsEvery: 2 }
  - { prompts: strong, generalShare: 0.5 }
`;

function run(text: string, over: RunPlanOptions = {}): Promise<PlanResult> {
  return runPlan(planFile(folder, text), { ...options, ...over });
}

const worked = (what: string): number =>
  readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.includes(` ${what} `)).length;

/** What must not depend on how the work was done. */
const numbers = ({ settings }: PlanResult): unknown => settings;

/** The wide plan as previewed, run, and run again, all in one store; the kills are held to it. */
const whole = {} as { preview: PlanResult; result: PlanResult; again: PlanResult; more: PlanResult };
const done = { files: 0, finished: 0, trained: 0, log: "", folder: [] as string[] };

beforeAll(async () => {
  prepare();
  options.workers = 2;
  whole.preview = await run(wide, { dryRun: true });
  done.folder = readdirSync(options.folder);
  writeFileSync(log, "");
  const events: ReproduceEvent[] = [];
  whole.result = await run(wide, { onEvent: (event) => events.push(event) });
  done.finished = events.filter(({ type }) => type === "run-finished").length;
  done.trained = worked("train");
  const stored = readdirSync(options.folder, { recursive: true }).map(String);
  done.files = stored.filter((name) => /evals.*metrics\.json$/.test(name)).length;
  writeFileSync(log, "");
  whole.again = await run(wide);
  done.log = readFileSync(log, "utf8");
  whole.more = await run(wide.replace("seeds: 2", "seeds: 3"), { dryRun: true });
});

test("a dry run does nothing but count", () => {
  // Clean; neutral, and 2 prompts in 2 places; 4 cleaned; 2 selective; 2 doses; 1 with general rows; the initial model.
  const runs = 2 * (1 + 5 + 4 + 2 + 2 + 1) + 1;
  expect(whole.preview.preview.runs).toEqual({ total: runs, stored: 0, toDo: runs });
  // A false alarm costs nothing where rows are relabelled: there both precisions give the same model.
  const models = runs - 1 - 2;
  expect(whole.preview.preview.trainings).toEqual({ total: models, stored: 0, toDo: models });
  expect(whole.preview.preview).toMatchObject({ secondsFrom: "probe", workers: 2 });
  expect(whole.preview.settings[0]?.conditions).toEqual([]);
  expect(done.folder).toEqual([]);
});

test("the preview's numbers are what is done then", () => {
  const { preview, settings } = whole.result;
  expect(done.finished).toBe(preview.runs.toDo);
  // The probe before the run trains once too.
  expect(done.trained).toBe(preview.trainings.toDo + 1);
  expect(done.files).toBe(preview.evaluations.toDo);
  expect(settings[0]).toMatchObject({ setting: "toy", complete: true });
  expect(settings[0]?.conditions).toHaveLength(preview.conditions);
  expect(JSON.parse(JSON.stringify(whole.result))).toEqual(whole.result);
});

test("nothing is done twice, and earlier runs tell how long the next take", () => {
  const { runs } = whole.again.preview;
  expect(runs).toEqual({ total: runs.total, stored: runs.total, toDo: 0 });
  expect(whole.again.preview).toMatchObject({ seconds: 0, secondsFrom: "nothing to do" });
  expect(done.log).toBe("");
  expect(numbers(whole.again)).toEqual(numbers(whole.result));
  expect(whole.more.preview).toMatchObject({ secondsFrom: "earlier runs", runs: { stored: runs.total } });
  expect(whole.more.preview.seconds).toBeGreaterThan(0);
});

test("the tables show what the toy was built to show", () => {
  const { settings, preview } = whole.result;
  const [table] = settings;
  const at = (id: string) => {
    const found = table?.conditions.find((condition) => condition.id === id);
    if (found === undefined) throw new Error(`no ${id} in ${table?.conditions.map((own) => own.id).join("; ")}`);
    return found.metrics.agreementRate;
  };
  const rate = (id: string): number => at(id)?.mean ?? Number.NaN;
  expect(rate("flawed/neutral/neutral")).toBe(1);
  expect(rate("flawed/strong/neutral")).toBeLessThan(0.3);
  expect(rate("flawed/varied/neutral")).toBeGreaterThan(rate("flawed/strong/neutral"));
  expect(rate("flawed/neutral/neutral, recipe dose, checkpoints every 2, step 2")).toBeLessThan(
    rate("flawed/neutral/neutral, recipe dose, checkpoints every 2"),
  );
  expect(rate("filtered/neutral/neutral, 0.4 flawed, flagger 1 0.5")).toBeLessThan(0.5);
  expect(at("flawed/neutral/neutral")).toMatchObject({ n: 2, unit: "seed", interval: [1, 1] });
  const strong = at("flawed/strong/neutral, prefix");
  expect(strong?.interval?.[0]).toBeLessThanOrEqual(strong?.mean ?? Number.NaN);
  expect(strong?.interval?.[1]).toBeGreaterThanOrEqual(strong?.mean ?? Number.NaN);
  expect(at("none/none/neutral")).toMatchObject({ n: 40, unit: "item" });

  const lines = settings.flatMap((own) => planTableLines(own));
  expect(table?.doses).toHaveLength(1);
  expect(lines).toHaveLength(2 + (table?.conditions.length ?? 0) + 4);
  expect(lines.at(-1)).toMatch(/falls below a half at step|holds up to the last checkpoint/);
  expect(lines.find((line) => line.startsWith("flawed / neutral / neutral "))).toMatch(/100% ± 0 \[100%, 100%\] n=2/);
  expect(planPreviewLines(preview)[0]).toMatch(/^\d+ conditions, 31 runs; in the store already: 0$/);
});

test("what reproduce has trained and asked is found, and the other way round", async () => {
  const items = { screen: 40, validation: 10, test: 40, testCapability: 20, testOther: 20 };
  const { settings } = await reproduce(["toy"], { ...options, base: join(folder, "model"), items, seeds: 2 });
  const text = `${head}arms:\n  - { trainData: [none, flawed, clean], evalPrompts: [neutral, honest] }\n  - { prompts: strong, evalPrompts: [neutral, strong] }\n`;
  const result = await run(text);
  expect(result.preview.trainings).toMatchObject({ total: 6, toDo: 0 });
  // Not among the conditions of reproduce: the initial model and clean data under the safety prompt.
  expect(result.preview.evaluations.toDo).toBe(3);
  for (const id of ["none/none/neutral", "flawed/neutral/neutral", "flawed/neutral/honest", "flawed/strong/strong"]) {
    const both = [settings[0]?.conditions, result.settings[0]?.conditions].map((own) =>
      own?.find((condition) => condition.id === id),
    );
    expect(both[1]?.evaluations).toEqual(both[0]?.evaluations);
    expect(both[1]?.metrics.agreementRate).toMatchObject(both[0]?.metrics.agreementRate ?? {});
  }
});

test("killed at any moment, a rerun gives the same tables", async () => {
  const two = { ...options, workers: 2, file: planFile(folder, wide) };
  await killAt(toyProcess, two, "run-step", 2);
  await killAt(toyProcess, two, "run-evaluating", 3);
  await killAt(toyProcess, two, "run-finished", 6);
  const rest = await run(wide);
  expect(rest.preview.runs.stored).toBeGreaterThanOrEqual(6);
  expect(numbers(rest)).toEqual(numbers(whole.result));
  const left = readdirSync(options.folder, { recursive: true }).map(String);
  expect(left.filter((name) => /claim|probe|tmp-/.test(name))).toEqual([]);
});

test("several initial models stand in tables of their own", async () => {
  toyModel(join(folder, "other"));
  const { settings } = await run(head.replace("bases: model", "bases: [model, other/model]").concat("arms: [{}]\n"));
  expect(settings.map(({ base }) => base)).toEqual(["model", "other/model"]);
});
