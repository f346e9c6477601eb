import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunSpec } from "../../src/experiment/materials.ts";
import { run } from "../../src/experiment/run.ts";
import { openStore } from "../../src/experiment/store.ts";
import { GraderError, InterruptedError } from "../../src/util/errors.ts";
import { newFolder, toyModel } from "./folders.ts";
import { createBackend, toySetting } from "./toyParts.ts";

const [neutral] = toySetting.prompts;

function prepared() {
  const folder = newFolder();
  const spec: RunSpec = {
    id: "toy/initial",
    setting: "toy",
    trainData: "none",
    trainPrompt: null,
    placement: "suffix",
    seed: 0,
    base: { base: toyModel(folder) },
    rows: 0,
    recipe: toySetting.recipe,
    sealedPredictions: null,
    evaluations: [{ evalPrompt: neutral as RunSpec["trainPrompt"] & {}, split: "test", perGroup: { wrong: 5 } }],
  };
  const store = openStore(join(folder, "runs"));
  let asked = 0;
  const toy = createBackend();
  const backend = {
    ...toy,
    sample: (...args: Parameters<typeof toy.sample>) => {
      asked += args[1].length;
      return toy.sample(...args);
    },
  };
  const kept = () => readdirSync(store.folder, { recursive: true }).filter((name) => /ungraded.+json$/.test(`${name}`));
  return { spec, store, backend, ok: toySetting.createGrader(), asked: () => asked, kept };
}

test("a grader that breaks, and is mended, costs no second sampling", async () => {
  const { spec, store, backend, ok, asked, kept } = prepared();
  const parts = { setting: toySetting, backend, store };
  const broken = { ...ok, grade: () => Promise.reject(new Error("the judge is down")) };
  await expect(run(spec, { ...parts, grader: broken })).rejects.toThrow(GraderError);
  expect([asked(), kept().length]).toEqual([5, 1]);

  const { evaluations } = await run(spec, { ...parts, grader: { ...ok, version: "mended" } });
  expect([asked(), kept().length]).toEqual([5, 0]);

  const alone = prepared();
  const whole = await run(alone.spec, { ...parts, store: alone.store, grader: { ...ok, version: "mended" } });
  expect(whole.evaluations).toEqual(evaluations);
});

test("neither does one that was stopped; other items, seeds and models are asked anew", async () => {
  const { spec, store, backend, ok, asked, kept } = prepared();
  const parts = { setting: toySetting, backend, store };
  const stopped = { ...ok, grade: () => Promise.reject(new InterruptedError("stopped")) };
  await expect(run(spec, { ...parts, grader: stopped })).rejects.toThrow(InterruptedError);
  const [evaluation] = spec.evaluations;
  await run(
    { ...spec, evaluations: [{ ...(evaluation as (typeof spec.evaluations)[number]), perGroup: { wrong: 6 } }] },
    { ...parts, grader: ok },
  );
  await run({ ...spec, seed: 1 }, { ...parts, grader: ok });
  expect([asked(), kept().length]).toEqual([5 + 6 + 5, 1]);
  await run(spec, { ...parts, grader: ok });
  expect([asked(), kept().length]).toEqual([16, 0]);
});
