import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { FinetuneOptions, ModelRef, TrainProgress } from "../../src/backends/backend.ts";
import { createLocalBackend } from "../../src/backends/local/localBackend.ts";
import type { TrainRow } from "../../src/data/chat.ts";
import { type Recipe, recipe } from "../../src/engine/train/recipe.ts";
import { sha256 } from "../../src/experiment/identity.ts";
import { InterruptedError } from "../../src/util/errors.ts";
import { fixtureFolder, scratchFolder } from "../model/fixtures.ts";

/** A training that was stopped and goes on gives what one that was not stopped gives, byte for byte. */

const backend = createLocalBackend();
afterAll(() => backend.close());

const base = { base: fixtureFolder("llama-mha-tied") };
const rows: TrainRow[] = Array.from({ length: 11 }, (_, i) => ({
  id: `row-${i}`,
  messages: [
    { role: "user", content: `hi ${"there ".repeat(i % 4)}${i}` },
    { role: "assistant", content: `ok ${i}` },
  ],
}));
const common = { learningRate: 1e-2, checkpointEvery: 3, epochs: 2.4, effectiveBatchSize: 4, microBatchSize: 2 };
const lora = { rank: 2, alpha: 4, dropout: 0.2 };

/** SHA-256 of all files below a folder, by name. */
function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8", withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.sort().map((file) => [relative(folder, file), sha256(readFileSync(file))]));
}

interface Attempt {
  settings: Recipe;
  folder: string;
  seed?: number;
  trainRows?: readonly TrainRow[];
  /** Stops it as soon as this step is reported. */
  stopAfter?: number;
  /** Keeps a state after every step, as if it were killed and not stopped. */
  everySeconds?: number;
  from?: ModelRef;
  onStep?: (step: number) => void;
}

/** One attempt at a training: what it gave, what it told. */
async function attempt({ settings, folder, seed = 1, trainRows = rows, from = base, ...rest }: Attempt) {
  const { stopAfter, everySeconds, onStep } = rest;
  const stop = new AbortController();
  const steps: TrainProgress[] = [];
  const told = { resumed: [] as TrainProgress[], notes: [] as string[] };
  const options: FinetuneOptions = {
    seed,
    folder: join(folder, "model"),
    signal: stop.signal,
    keep: {
      folder: join(folder, "state"),
      everySeconds,
      onResume: (made) => void told.resumed.push(...made),
      onNote: (line) => void told.notes.push(line),
    },
    onProgress: (progress) => {
      steps.push(progress);
      onStep?.(progress.step);
      if (progress.step === stopAfter) stop.abort();
    },
  };
  const outcome = backend.finetune(from, trainRows, settings, options);
  const done = stopAfter === undefined ? await outcome : await outcome.catch((error: unknown) => error);
  return { done, steps, ...told, files: existsSync(options.folder) ? filesIn(options.folder) : {} };
}

const kinds = {
  "LoRA with dropout, two micro-batches a step": recipe({ ...common, lora }),
  "packed rows": recipe({ ...common, lora, packing: true }),
  "full fine-tuning": recipe({ ...common, method: "full", schedule: "cosine", weightDecay: 0.1 }),
};

describe.each(Object.entries(kinds))("%s", (_, settings) => {
  test("goes on after every step as if it had not been stopped", async () => {
    const whole = await attempt({ settings, folder: await scratchFolder() });
    const total = whole.steps.length;
    expect(total).toBe(8);
    expect(Object.keys(whole.files).filter((name) => name.startsWith("checkpoints")).length).toBeGreaterThan(1);
    for (let stopAfter = 1; stopAfter < total; stopAfter++) {
      const folder = await scratchFolder();
      const first = await attempt({ settings, folder, stopAfter });
      expect(first.done).toBeInstanceOf(InterruptedError);
      expect(first.steps).toEqual(whole.steps.slice(0, stopAfter));
      const second = await attempt({ settings, folder });
      expect(second.resumed).toEqual(first.steps);
      expect([...second.resumed, ...second.steps]).toEqual(whole.steps);
      expect(second.files).toEqual(whole.files);
      expect(second.notes).toEqual([]);
      expect(stepsOf(second.done)).toEqual(stepsOf(whole.done));
    }
  });

  test("can be stopped again and again", async () => {
    const whole = await attempt({ settings, folder: await scratchFolder() });
    const folder = await scratchFolder();
    for (const stopAfter of [2, 3, 4, 7]) await attempt({ settings, folder, stopAfter });
    const last = await attempt({ settings, folder });
    expect(last.resumed).toHaveLength(7);
    expect(last.files).toEqual(whole.files);
  });
});

const stepsOf = (done: unknown) =>
  (done as { checkpoints: { step: number; rowsSeen: number }[] }).checkpoints.map(({ step, rowsSeen }) => [
    step,
    rowsSeen,
  ]);

const quick = recipe({ ...common, lora, epochs: 1 });
const stateFile = (folder: string): string => join(folder, "state", "training.state");

test("with 0 seconds between saves every step is kept, by default nothing of a short training", async () => {
  const [often, seldom] = [await scratchFolder(), await scratchFolder()];
  const kept = await attempt({ settings: quick, folder: often, everySeconds: 0 });
  expect(kept.steps).toHaveLength(3);
  // The last step's state: going on from there only writes the model.
  const again = await attempt({ settings: quick, folder: often });
  expect([again.resumed, again.steps]).toEqual([kept.steps, []]);
  expect(again.files).toEqual(kept.files);
  await attempt({ settings: quick, folder: seldom });
  expect(existsSync(join(seldom, "state"))).toBe(false);
});

describe("a state is left aside, with one line, and the training starts from the beginning", async () => {
  const folder = await scratchFolder();
  await attempt({ settings: quick, folder, stopAfter: 2 });
  const bytes = readFileSync(stateFile(folder));
  const whole = await attempt({ settings: quick, folder: await scratchFolder() });

  /** Another folder with a state in it. */
  async function withState(state: Uint8Array): Promise<string> {
    const other = await scratchFolder();
    await attempt({ settings: quick, folder: other, stopAfter: 1 });
    writeFileSync(stateFile(other), state);
    return other;
  }

  async function expectFresh(settings: Recipe, folder: string, fault: string, more: Partial<Attempt> = {}) {
    const fresh = await attempt({ settings, folder, ...more });
    expect(fresh.notes).toEqual([
      `the training starts from the beginning: the state kept in ${stateFile(folder)} ${fault}`,
    ]);
    expect(fresh.resumed).toEqual([]);
    expect(fresh.steps[0]?.step).toBe(1);
    return fresh;
  }

  test("when it is cut short anywhere", async () => {
    for (const length of [0, 1, 31, 32, 39, 40, 41, 200, bytes.length / 2, bytes.length - 4, bytes.length - 1]) {
      const cut = await withState(bytes.subarray(0, Math.floor(length)));
      const fresh = await expectFresh(quick, cut, "is damaged");
      expect(fresh.files).toEqual(whole.files);
    }
  });

  test("when one bit of it was turned, or something follows it", async () => {
    const places = [0, 33, 39, 42, 300, Math.floor(bytes.length / 2), bytes.length - 1];
    for (const place of places) {
      const turned = Uint8Array.from(bytes);
      turned[place] = (turned[place] as number) ^ 1;
      await expectFresh(quick, await withState(turned), "is damaged");
    }
    await expectFresh(quick, await withState(Buffer.concat([bytes, Buffer.from([0])])), "is damaged");
    await expectFresh(quick, await withState(Buffer.from("not a state at all".repeat(10))), "is damaged");
  });

  test("when it belongs to another training", async () => {
    const foreign = "belongs to another training";
    await expectFresh({ ...quick, learningRate: 0.02 }, await withState(bytes), foreign);
    await expectFresh({ ...quick, lora: { ...quick.lora, dropout: 0.1 } }, await withState(bytes), foreign);
    await expectFresh(quick, await withState(bytes), foreign, { seed: 2 });
    await expectFresh(quick, await withState(bytes), foreign, { trainRows: rows.toReversed() });
    await expectFresh({ ...quick, method: "full" }, await withState(bytes), foreign);
  });

  test("when a checkpoint that was made before is gone", async () => {
    const other = await scratchFolder();
    const settings = { ...quick, checkpointEvery: 1 };
    await attempt({ settings, folder: other, stopAfter: 2 });
    const weights = join(other, "model", "checkpoints", "1", "adapter_model.safetensors");
    rmSync(weights);
    const fresh = await expectFresh(settings, other, `needs ${weights}, which is gone`);
    expect(existsSync(weights)).toBe(true);
    expect(fresh.steps).toHaveLength(3);
  });
});

test("a state that cannot be saved costs one line, not the training", async () => {
  const folder = await scratchFolder();
  const onStep = (step: number): void => {
    if (step === 2) rmSync(join(folder, "state"), { recursive: true });
    if (step === 2) writeFileSync(join(folder, "state"), "a file where the folder was");
  };
  const { steps, notes } = await attempt({ settings: quick, folder, everySeconds: 0, onStep });
  expect(steps).toHaveLength(3);
  expect(notes).toHaveLength(2);
  expect(notes[0]).toContain(`the training's state was not saved: cannot create the folder ${join(folder, "state")}`);
});

test("what a killed process was writing is cleared away", async () => {
  const folder = await scratchFolder();
  await attempt({ settings: quick, folder, stopAfter: 2 });
  const torn = `${stateFile(folder)}.tmp-1-0123456789ab`;
  writeFileSync(torn, "half");
  expect((await attempt({ settings: quick, folder })).resumed).toHaveLength(2);
  expect(existsSync(torn)).toBe(false);
});

describe("a seed", () => {
  // One batch of all rows: there is no order that could differ.
  const whole = { effectiveBatchSize: 11, microBatchSize: 11, epochs: 1, warmupSteps: 0 };
  const files = async (settings: Recipe, seed: number, from: ModelRef = base) =>
    (await attempt({ settings, folder: await scratchFolder(), seed, from })).files;

  test("covers the adapter's start", async () => {
    const standing = recipe({ ...whole, lora: { rank: 2, alpha: 4 }, learningRate: 1e-30 });
    const first = await files(standing, 1);
    expect(await files(standing, 1)).toEqual(first);
    expect((await files(standing, 2))[adapterFile]).not.toBe(first[adapterFile]);
  });

  test("covers dropout", async () => {
    const parent = join(await scratchFolder(), "parent");
    await attempt({ settings: recipe({ ...common, lora }), folder: parent });
    const from = { ...base, adapter: join(parent, "model") };
    const of = async (dropout: number, seed: number) =>
      (await files(recipe({ ...whole, lora: { ...lora, dropout } }), seed, from))[adapterFile];
    expect(await of(0, 2)).toBe(await of(0, 1));
    expect(await of(0.2, 1)).toBe(await of(0.2, 1));
    expect(await of(0.2, 2)).not.toBe(await of(0.2, 1));
  });
});

const adapterFile = "adapter_model.safetensors";
