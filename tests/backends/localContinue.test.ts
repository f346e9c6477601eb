import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { ModelRef } from "../../src/backends/backend.ts";
import { createLocalBackend } from "../../src/backends/local/localBackend.ts";
import type { ChatMessage, TrainRow } from "../../src/data/chat.ts";
import { readSafetensors } from "../../src/engine/model/safetensors.ts";
import { type Recipe, recipe } from "../../src/engine/train/recipe.ts";
import { UserError } from "../../src/util/errors.ts";
import { fixtureFolder, scratchFolder } from "../model/fixtures.ts";

/** Training that goes on from a fine-tuned model. */

const backend = createLocalBackend();
afterAll(() => backend.close());

const base = { base: fixtureFolder("llama-mha-tied") };
const lora = { rank: 2, alpha: 4 };
const chat = (question: string, reply: string): ChatMessage[] => [
  { role: "user", content: question },
  { role: "assistant", content: reply },
];
const rows: TrainRow[] = [0, 1, 2, 3].map((i) => ({ id: `row-${i}`, messages: chat(`hi ${i}`, `ok ${i}`) }));

async function trained(from: ModelRef, settings: Recipe, seed = 1): Promise<ModelRef> {
  return (await backend.finetune(from, rows, settings, { seed, folder: await scratchFolder() })).model;
}

async function loss(model: ModelRef): Promise<number> {
  const scores = await backend.score?.(
    model,
    rows.map(({ messages }) => messages),
    {},
  );
  return -(scores ?? []).reduce((sum, { logProb }) => sum + logProb, 0);
}

const training = recipe({ lora, learningRate: 1e-2, epochs: 4, effectiveBatchSize: 2, microBatchSize: 2 });
const standing = { ...training, learningRate: 1e-12 };
const parent = await trained(base, training);
const weightsOf = ({ adapter }: ModelRef) => readSafetensors(join(adapter ?? "", "adapter_model.safetensors"));

test("LoRA goes on with the adapter's own weights, on the same base, and leaves the parent as it was", async () => {
  const file = join(parent.adapter ?? "", "adapter_model.safetensors");
  const before = readFileSync(file);
  const child = await trained(parent, standing, 2);
  expect(child.base).toBe(base.base);
  expect(child.adapter).not.toBe(parent.adapter);
  const [own, parents] = [await weightsOf(child), await weightsOf(parent)];
  expect([...own.keys()]).toEqual([...parents.keys()]);
  for (const [name, { data }] of own) {
    const there = parents.get(name)?.data ?? [];
    expect(Math.max(...data.map((value, i) => Math.abs(value - (there[i] as number)))), name).toBeLessThan(1e-6);
  }
  const further = await trained(parent, training);
  expect(await loss(further)).toBeLessThan(await loss(parent));
  expect(await loss(parent)).toBeLessThan(await loss(base));
  expect(readFileSync(file).equals(before)).toBe(true);
});

test("full fine-tuning goes on from base and adapter merged", async () => {
  const whole = await trained(parent, { ...standing, method: "full" });
  expect(whole.adapter).toBeUndefined();
  expect(await loss(whole)).toBeCloseTo(await loss(parent), 4);
  expect(await backend.hash(whole)).not.toBe(await backend.hash(base));
});

test("a model's hash, and with it what goes on from it, depends on its adapter", async () => {
  const hashes = await Promise.all([base, parent, await trained(base, training, 2)].map((ref) => backend.hash(ref)));
  expect(new Set(hashes).size).toBe(3);
});

test("an adapter of another shape is refused by the field's name", async () => {
  for (const [field, other] of Object.entries({ rank: 3, alpha: 5, rankStabilized: true, targetModules: ["q_proj"] })) {
    const wrong = { ...training, lora: { ...training.lora, [field]: other } } as Recipe;
    const refused = trained(parent, wrong);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(`lora.${field}`);
  }
  const reordered = {
    ...standing,
    lora: { ...training.lora, targetModules: training.lora.targetModules.toReversed() },
  };
  await expect(trained(parent, reordered)).resolves.toHaveProperty("adapter");
});
