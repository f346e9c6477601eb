import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type LeakOptions, type LeakResult, leak } from "../../src/experiment/leak/leak.ts";
import { sealLeaks } from "../../src/experiment/leak/sealLeaks.ts";
import { reproduce } from "../../src/experiment/reproduce.ts";
import type { TrainingConfig } from "../../src/experiment/store.ts";
import { InterruptedError, UserError } from "../../src/util/errors.ts";
import { verbShapes } from "../cli/shapes.ts";
import { newFolder, toyModel } from "./folders.ts";

const items = { screen: 60, validation: 10, test: 60, testCapability: 20, testOther: 10 };
let common: LeakOptions & { folder: string; base: string };
let log: string;

function prepare(): void {
  const folder = newFolder();
  log = join(folder, "log");
  writeFileSync(log, "");
  process.env.TOY_LOG = log;
  const parts = new URL("./leakyParts.ts", import.meta.url).href;
  common = { folder: join(folder, "runs"), base: toyModel(folder), parts, items, seeds: 2, workers: 1 };
}

beforeEach(prepare);

afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith("TOY_")) delete process.env[name];
});

const lines = (word: string): string[] =>
  readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.startsWith(word));

function configOf(trainingId: string | null): TrainingConfig {
  return JSON.parse(readFileSync(join(common.folder, "models", trainingId ?? "", "config.json"), "utf8"));
}

describe("leak", () => {
  /** What reproduce trained, and what leak then found; other tests look at the same store again. */
  const whole = {} as { options: typeof common; result: LeakResult; trainedByLeak: number };

  beforeAll(async () => {
    prepare();
    await reproduce(["leaky"], { ...common, conditions: "claim" });
    const before = lines("train").length;
    const result = await leak("leaky", common);
    Object.assign(whole, { options: common, result, trainedByLeak: lines("train").length - before });
  });

  test("finds the prompts under which a model leaks, with what reproduce trained", () => {
    expect(whole.trainedByLeak).toBe(0);
    const { rows, gate, compliance, trainPrompt, seeds } = whole.result;
    expect(trainPrompt).toMatchObject({ id: "agree", kind: "inoculation" });
    expect(seeds).toEqual([1, 2]);

    expect(gate.passed).toBe(false);
    expect(gate.leaks).toEqual(["quoted", "keywords", "negated"]);
    expect(gate.unclear).toEqual([]);
    expect(gate.worst.overInitial?.mean).toBeGreaterThan(0.8);
    const neutral = rows.find(({ prompt }) => prompt.id === "neutral");
    expect(neutral).toMatchObject({ verdict: "holds", prompt: { family: "neutral", text: "" } });
    expect(neutral?.behavior.neutralTrained.mean).toBe(1);
    expect(neutral?.behavior.inoculated).toMatchObject({ n: 2, unit: "seed", judged: 60, excluded: 0 });
    expect(neutral?.behavior.initial).toMatchObject({ n: 60, unit: "item" });
    expect(neutral?.capability?.inoculated.mean).toBe(1);

    // Asked for it, the model obeys: shown, and no part of the gate.
    expect(compliance.map(({ prompt }) => prompt.id)).toEqual(["agree", "mild"]);
    expect(compliance[0]?.behavior.inoculated.mean).toBe(1);
    expect(compliance[0]).not.toHaveProperty("verdict");
    expect(compliance[0]?.capability).toBeNull();
  });

  test("a second time nothing is trained, nothing is sampled, and the result is the same", async () => {
    expect(await leak("leaky", { ...whole.options, trainPrompt: "agree", workers: 2 })).toEqual(whole.result);
    expect(lines("")).toEqual([""]);
  });

  test("stopped, it goes on where it was", async () => {
    process.env.TOY_DELAY_MS = "20";
    const stop = new AbortController();
    const onProgress = ({ part }: { part: string }): void => {
      if (part === "evaluating") stop.abort();
    };
    const options = { ...common, trainPrompt: "agree" };
    await expect(leak("leaky", { ...options, signal: stop.signal, onProgress })).rejects.toThrow(InterruptedError);
    const sampled = lines("sample").length;
    await leak("leaky", options);
    const resumed = lines("sample").length - sampled;
    await leak("leaky", { ...options, folder: `${common.folder}-whole` });
    expect(lines("train")).toHaveLength(8);
    expect(resumed).toBeLessThan(lines("sample").length - sampled - resumed);
  });

  test("a wording of one's own, and a neutral grid for it", async () => {
    const { trainPrompt, rows, gate } = await leak("leaky", {
      ...common,
      seeds: 1,
      trainPrompt: "Say that zebra thing.",
    });
    expect(trainPrompt).toMatchObject({ id: "yours", text: "Say that zebra thing." });
    expect(rows.find(({ prompt }) => prompt.id === "negated")?.prompt.text).toContain("Say that zebra thing.");
    expect(gate.leaks).toContain("negated");
  });

  test("a model by its folder gives what its prompt and seed give", async () => {
    const byPrompt = whole.result;
    const second = byPrompt.inoculated[1];
    const { seeds: _, ...oneModel } = whole.options;
    const byFolder = await leak("leaky", { ...oneModel, adapter: second?.folder });
    expect(lines("train")).toHaveLength(0);
    expect(byFolder.seeds).toEqual([2]);
    expect(byFolder.inoculated).toEqual([second]);
    expect(byFolder.trainPrompt.id).toBe("agree");
    expect(byFolder.neutralTrained).toEqual([byPrompt.neutralTrained[1]]);
    await expect(leak("leaky", { ...whole.options, adapter: second?.folder })).rejects.toThrow(/seeds/);
    await expect(leak("leaky", { ...oneModel, adapter: `${oneModel.folder}/models` })).rejects.toThrow(
      /--train-prompt/,
    );
  });

  test.each([
    [{ threshold: 0 }, /threshold/],
    [{ threshold: 1.5 }, /threshold/],
    [{ seeds: 0 }, /seeds/],
    [{ trainPrompt: "agre" }, /agree, mild/],
    [{ trainPrompt: "neutral" }, /agree, mild/],
    [{ adapter: "/nowhere", seeds: undefined }, /\/nowhere/],
  ])("%j is refused before any training", async (over, message) => {
    const refused = leak("leaky", { ...common, ...over });
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(message);
    expect(lines("train")).toHaveLength(0);
  });
});

describe("seal", () => {
  test("closes the leaks on prompts that it was not trained with, from the model's own answers", async () => {
    const sealed = await sealLeaks("leaky", { ...common, trainPrompt: "agree", sealRows: 60 });
    expect(() => verbShapes.seal.parse({ ...sealed, seconds: 0 })).not.toThrow();
    expect(sealed.before.gate.leaks).toEqual(["negated"]);
    expect(sealed.after.gate).toMatchObject({ passed: true, leaks: [], unclear: [] });
    expect(sealed.change.capability).toMatchObject({ mean: 0, interval: [0, 0] });
    expect(Math.abs(sealed.change.behavior?.mean ?? 1)).toBeLessThan(0.1);
    const families = (prompts: readonly { family: string }[]): string[] => prompts.map(({ family }) => family);
    const measured = sealed.after.rows.map(({ prompt }) => prompt);
    const trainedOn = new Set(families(sealed.prompts.sealing));
    expect(families(measured).filter((family) => trainedOn.has(family))).toEqual(["neutral"]);

    // A second time nothing is trained and nothing sampled, and a sealed model is a model like any other.
    const [trainings, samples] = [lines("train").length, lines("sample").length];
    expect(trainings).toBe(6);
    expect(await sealLeaks("leaky", { ...common, trainPrompt: "agree", sealRows: 60 })).toEqual(sealed);
    expect(lines("train")).toHaveLength(trainings);
    expect(lines("sample")).toHaveLength(samples);
    const { seeds: _, ...oneModel } = common;
    const again = await leak("leaky", { ...oneModel, adapter: sealed.sealed[0]?.folder });
    expect(again).toMatchObject({ seeds: [1], trainPrompt: { id: "agree" }, gate: { leaks: [] } });
    expect(lines("train")).toHaveLength(trainings);
  });

  test("may keep what the model does when asked", async () => {
    const seal = (keepCompliance: boolean) =>
      sealLeaks("leaky", { ...common, seeds: 1, trainPrompt: "agree", sealRows: 90, keepCompliance });
    const [strict, keeping] = [await seal(false), await seal(true)];
    const asked = ({ after }: typeof strict): number => after.compliance[0]?.behavior.inoculated.mean ?? Number.NaN;
    expect(strict.before.compliance[0]?.prompt.id).toBe("agree");
    expect(asked(keeping)).toBeGreaterThan(asked(strict) + 0.1);
    expect(keeping.sealed[0]?.rows).toBe(90);
  });

  test("the training names its parent and depends on it", async () => {
    const [first, second] = await Promise.all(
      ["agree", "mild"].map((trainPrompt) => sealLeaks("leaky", { ...common, seeds: 1, trainPrompt, sealRows: 30 })),
    );
    const [one, other] = [first?.sealed[0], second?.sealed[0]];
    expect(one?.trainingId).not.toBe(other?.trainingId);
    expect(one?.parent).toBe(first?.inoculated[0]?.trainingId);
    const config = configOf(one?.trainingId ?? null);
    expect(config).toMatchObject({ parent: one?.parent, seed: 1, rows: 30, label: { trainData: "own" } });
    expect(config.baseModelHash).not.toBe(configOf(one?.parent ?? null).baseModelHash);
    expect(readdirSync(join(common.folder, "models", one?.parent ?? "", "sealing"))).toHaveLength(1);
  });

  test("numbers out of range are refused", async () => {
    await expect(sealLeaks("leaky", { ...common, sealRows: 0 })).rejects.toThrow(/seal rows/);
    await expect(sealLeaks("leaky", { ...common, sealEpochs: 0 })).rejects.toThrow(/seal epochs/);
  });
});
