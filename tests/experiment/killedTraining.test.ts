import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { TrainProgress } from "../../src/backends/backend.ts";
import { type Recipe, recipe } from "../../src/engine/train/recipe.ts";
import { sha256 } from "../../src/experiment/identity.ts";
import { openStore } from "../../src/experiment/store.ts";
import { type TrainOptions, trainOnce } from "../../src/experiment/trainOnce.ts";
import { InterruptedError } from "../../src/util/errors.ts";
import { type Random, random } from "../../src/util/random.ts";
import { built, nodeOptions } from "../built.ts";
import { fixtureFolder } from "../model/fixtures.ts";
import { newFolder } from "./folders.ts";

const script = fileURLToPath(new URL("./trainingToy.mjs", import.meta.url));
const rows = Array.from({ length: 10 }, (_, i) => ({
  id: `row-${i}`,
  messages: [
    { role: "user" as const, content: `hi ${"there ".repeat(i % 3)}${i}` },
    { role: "assistant" as const, content: `ok ${i}` },
  ],
}));

/** Steps that a training makes after the one at which it is to be killed; there it waits for its end. */
const GRACE = 8;

/** Trains in a process of its own and kills it some milliseconds after so many steps, or before, while it starts. */
function killed(options: TrainOptions, moment: Random): Promise<{ lines: string[]; wasKilled: boolean }> {
  const [steps, delayMs] = [moment.integer(2, 20), moment.integer(0, 12)];
  const argument = JSON.stringify({ ...options, waitAfter: steps + GRACE });
  const child = spawn(process.execPath, [...nodeOptions, script, built("experiment/trainOnce"), argument], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
    if (output.split("\nstep ").length > steps) setTimeout(() => child.kill("SIGKILL"), delayMs);
  });
  return new Promise((resolve) => {
    child.on("close", (_code, signal) => resolve({ lines: output.split("\n"), wasKilled: signal === "SIGKILL" }));
  });
}

/** SHA-256 of all files in a store, by name. */
function contents(store: string): Record<string, string> {
  const entries = readdirSync(store, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.sort().map((file) => [relative(store, file), sha256(readFileSync(file))]));
}

const common = { epochs: 50, effectiveBatchSize: 4, microBatchSize: 2, checkpointEvery: 40 };
const recipes: Record<string, Recipe> = {
  "LoRA with dropout": recipe({ ...common, lora: { rank: 2, alpha: 4, dropout: 0.1 } }),
  "full fine-tuning": recipe({ ...common, method: "full" }),
};

test.each(Object.entries(recipes))("killed at any moment: %s", { timeout: 200_000 }, async (name, settings) => {
  const options = { rows, recipe: settings, base: fixtureFolder("llama-mha-tied"), seed: 3 };
  const whole = newFolder();
  await trainOnce({ ...options, folder: whole });
  const folder = newFolder();
  const moments = random("kills", name);
  const lines: string[] = [];
  let kills = 0;
  for (let attempt = 0; attempt < 5; attempt++) {
    const told = await killed({ ...options, folder, saveEverySeconds: 0.002 }, moments);
    kills += Number(told.wasKilled);
    lines.push(...told.lines);
  }
  const last = await trainOnce({ ...options, folder });
  expect(kills).toBe(5);
  expect(lines.filter((line) => line.startsWith("resumed")).length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.startsWith("note"))).toEqual([]);
  // Model, checkpoints, log and their checksums; no state, no claim and nothing half-written is left.
  expect(contents(folder)).toEqual(contents(whole));
  const log = openStore(folder).readProgress(last.trainingId);
  expect(log.map(({ step }) => step)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
  expect(existsSync(join(last.folder, "state"))).toBe(false);
});

test("a log that a power cut left shorter or longer than the state is made whole", async () => {
  const short = recipe({ ...common, epochs: 8, checkpointEvery: 10, lora: { rank: 2 } });
  const options = { rows, recipe: short, base: fixtureFolder("llama-mha-tied") };
  const whole = newFolder();
  const { trainingId } = await trainOnce({ ...options, folder: whole });
  for (const damage of [cutInHalf, addLines, remove]) {
    const folder = newFolder();
    const stop = new AbortController();
    const onStep = ({ step }: TrainProgress): void => {
      if (step === 15) stop.abort();
    };
    await expect(trainOnce({ ...options, folder, onStep, signal: stop.signal })).rejects.toThrow(InterruptedError);
    damage(join(openStore(folder).modelFolder(trainingId), "train.jsonl"));
    let resumedAt = 0;
    await trainOnce({
      ...options,
      folder,
      onResume: ({ step }) => {
        resumedAt = step;
      },
    });
    expect(resumedAt).toBe(15);
    expect(contents(folder)).toEqual(contents(whole));
  }
});

const cutInHalf = (log: string): void => truncateSync(log, Math.floor(statSync(log).size / 2));
const remove = (log: string): void => rmSync(log);
/** Steps after the state, the last of them torn. */
const addLines = (log: string): void => {
  const [line] = readFileSync(log, "utf8").split("\n");
  const more = [16, 17].map((step) => JSON.stringify({ ...JSON.parse(line ?? ""), step }));
  appendFileSync(log, `${more.join("\n")}\n${line?.slice(0, 20)}`);
};
