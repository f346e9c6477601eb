import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recipe } from "../../src/engine/train/recipe.ts";
import { writeError, writeWhole } from "../../src/experiment/files.ts";
import { once } from "../../src/experiment/once.ts";
import type { StoredGrade, StoredSample } from "../../src/experiment/result.ts";
import { openStore } from "../../src/experiment/store.ts";
import { InterruptedError, UserError } from "../../src/util/errors.ts";
import { newFolder } from "./folders.ts";

const id = "a".repeat(64);
const sample: StoredSample = {
  itemId: "item",
  group: "wrong",
  messages: [{ role: "user", content: "Q" }],
  reference: {},
  completion: "A",
  tokens: 1,
  finishReason: "stop",
};
const grade: StoredGrade = { itemId: "item", group: "wrong", values: { agrees: 1 } };
const metrics = {
  id: "b".repeat(64),
  model: id,
  step: "last" as const,
  evalPrompt: "neutral",
  split: "test",
  seed: 1,
  metrics: { agreementRate: 1 },
  excluded: { share: 0, n: 1 },
};
const config = {
  id,
  parent: null,
  baseModelHash: "c",
  backend: { id: "toy", version: "1" },
  recipe: recipe(),
  seed: 1,
  rows: 1,
  label: null,
  sealedPredictions: null,
  model: { kind: "adapter" as const, path: "." },
};

function storeWithTraining() {
  const store = openStore(newFolder());
  const adapter = join(store.modelFolder(id), "adapter_model.safetensors");
  mkdirSync(store.modelFolder(id), { recursive: true });
  writeFileSync(adapter, "weights");
  store.writeTraining(config, [{ step: 1, steps: 1, loss: 0.5, learningRate: 1, gradNorm: 1, tokens: 9 }]);
  return { store, adapter };
}

test("a training is complete only with its config and all its files as they were", () => {
  const { store, adapter } = storeWithTraining();
  expect(store.readTraining(id)?.files).toHaveProperty("adapter_model.safetensors");
  expect(store.readProgress(id)).toHaveLength(1);
  truncateSync(adapter, 3);
  expect(store.readTraining(id)).toBeNull();
  writeFileSync(adapter, "weightz");
  expect(store.readTraining(id)).toBeNull();
  writeFileSync(adapter, "weights");
  expect(store.readTraining(id)).not.toBeNull();
  truncateSync(join(store.modelFolder(id), "config.json"), 40);
  expect(store.readTraining(id)).toBeNull();
});

test.each(["samples.jsonl", "grades.jsonl", "metrics.json"])("an evaluation with a torn %s is not complete", (name) => {
  const store = openStore(newFolder());
  store.writeEvaluation(metrics, [sample], [grade]);
  expect(store.readEvaluation(id, "last", metrics.id)?.grades).toEqual([grade]);
  truncateSync(join(store.evaluationFolder(id, "last", metrics.id), name), 10);
  expect(store.readEvaluation(id, "last", metrics.id)).toBeNull();
  store.writeEvaluation(metrics, [sample], [grade]);
  expect(store.readEvaluation(id, "last", metrics.id)?.samples).toEqual([sample]);
});

test("NaN never reaches the disk, and nothing half-written stays behind", () => {
  const store = openStore(newFolder());
  const broken = { ...grade, values: { agrees: Number.NaN } };
  expect(() => store.writeEvaluation(metrics, [sample], [broken])).toThrow(/"agrees" is NaN/);
  expect(existsSync(store.evaluationFolder(id, "last", metrics.id))).toBe(false);
});

test("an unwritable folder is the user's mistake, named at once", () => {
  const file = join(newFolder(), "file");
  writeFileSync(file, "");
  expect(() => openStore(join(file, "runs"))).toThrow(UserError);
  expect(() => openStore(join(file, "runs"))).toThrow(join(file, "runs"));
  expect(() => openStore(file)).toThrow(UserError);
});

test("a full disk is the user's mistake; an unknown fault is ours", () => {
  const full = writeError(Object.assign(new Error("no space"), { code: "ENOSPC" }), "/data/runs") as Error;
  expect(full).toBeInstanceOf(UserError);
  expect(full.message).toMatch(/\/data\/runs.*disk is full/);
  const odd = Object.assign(new Error("odd"), { code: "EIO" });
  expect(writeError(odd, "/data/runs")).toBe(odd);
});

test("a write that fails names the path and leaves nothing behind", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "file"), "");
  expect(() => writeWhole(join(folder, "file", "inner"), "text")).toThrow(UserError);
  mkdirSync(join(folder, "taken", "full"), { recursive: true });
  expect(() => writeWhole(join(folder, "taken"), "text")).toThrow();
  expect(readdirSync(folder).sort()).toEqual(["file", "taken"]);
});

const work = async (): Promise<string> => "made";

test("the claim of a process that was killed is taken over", async () => {
  const claim = join(newFolder(), "claim.json");
  const script = `require("node:fs").writeFileSync(${JSON.stringify(claim)}, JSON.stringify({ pid: process.pid, host: require("node:os").hostname(), started: null })); process.kill(process.pid, "SIGKILL")`;
  expect(spawnSync(process.execPath, ["-e", script]).signal).toBe("SIGKILL");
  expect(existsSync(claim)).toBe(true);
  expect(await once(claim, () => null, work)).toEqual({ value: "made", reused: false });
  expect(existsSync(claim)).toBe(false);
});

test("what a killed process left half-written is cleared away, and nothing else", async () => {
  const folder = newFolder();
  const stale = "-123-0123456789ab";
  for (const name of [`mine.tmp${stale}`, `other.tmp${stale}`, `mine.claim.tmp${stale}`, "mine.json"]) {
    writeFileSync(join(folder, name), "");
  }
  await once(join(folder, "mine.claim"), () => null, work);
  expect(readdirSync(folder).sort()).toEqual([`mine.claim.tmp${stale}`, "mine.json", `other.tmp${stale}`]);
});

test("a process number that was given out again is no owner", async () => {
  if (process.platform !== "linux") return;
  const claim = join(newFolder(), "claim.json");
  writeFileSync(claim, JSON.stringify({ pid: process.pid, host: hostname(), started: "1" }));
  expect((await once(claim, () => null, work)).value).toBe("made");
});

test("while the owner lives, others wait for its result", async () => {
  const claim = join(newFolder(), "claim.json");
  let result: string | null = null;
  let makers = 0;
  const make = async (): Promise<string> => {
    makers++;
    await new Promise((resolve) => setTimeout(resolve, 50));
    result = "made";
    return result;
  };
  const all = await Promise.all([1, 2, 3].map(() => once(claim, () => result, make)));
  expect(all.map(({ value }) => value)).toEqual(["made", "made", "made"]);
  expect(makers).toBe(1);
});

test("waiting can be stopped, and failed work leaves no claim", async () => {
  const claim = join(newFolder(), "claim.json");
  const failing = once(
    claim,
    () => null,
    () => Promise.reject(new Error("broke")),
  );
  await expect(failing).rejects.toThrow("broke");
  expect(existsSync(claim)).toBe(false);
  const other = JSON.stringify({ pid: 1, host: "another-machine", started: null });
  writeFileSync(claim, other);
  const stop = new AbortController();
  const waiting = once(claim, () => null, work, stop.signal);
  stop.abort();
  await expect(waiting).rejects.toThrow(InterruptedError);
  expect(readFileSync(claim, "utf8")).toBe(other);
});
