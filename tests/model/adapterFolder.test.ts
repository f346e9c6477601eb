import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readAdapterFolder, writeAdapterFolder } from "../../src/engine/model/adapterFolder.ts";
import { readConfig } from "../../src/engine/model/config.ts";
import { readSafetensors, writeSafetensors } from "../../src/engine/model/safetensors.ts";
import { UserError } from "../../src/util/errors.ts";
import { copyOf, editJson, fixtureFolder, scratchFolder } from "./fixtures.ts";

const base = await readConfig(fixtureFolder("llama-gqa-untied"));
const values = "model.layers.1.self_attn.v_proj";

test("reads what PEFT writes", async () => {
  const { lora, weights } = await readAdapterFolder(fixtureFolder("adapter-gqa"), base);
  expect(lora).toEqual({
    rank: 2,
    alpha: 8,
    dropout: 0,
    rankStabilized: false,
    targetModules: ["q_proj", "v_proj", "down_proj"],
  });
  expect(weights.size).toBe(2 * 2 * 3);
  expect(weights.get(`${values}.lora_A.weight`)?.shape).toEqual([2, 32]);
  expect(weights.get(`${values}.lora_B.weight`)?.shape).toEqual([16, 2]);
});

test("survives writing and reading; tensors have PEFT's names", async () => {
  const adapter = await readAdapterFolder(fixtureFolder("adapter-gqa"), base);
  const folder = join(await scratchFolder(), "adapter");
  const changed = { ...adapter, lora: { ...adapter.lora, rankStabilized: true, dropout: 0.1, alpha: 3.5 } };
  await writeAdapterFolder(folder, changed, "some/base");
  expect(await readAdapterFolder(folder, base)).toEqual(changed);
  const stored = await readSafetensors(join(folder, "adapter_model.safetensors"));
  expect([...stored.keys()]).toContain(`base_model.model.${values}.lora_A.weight`);
  const config = JSON.parse(await readFile(join(folder, "adapter_config.json"), "utf8"));
  expect(config).toMatchObject({ peft_type: "LORA", r: 2, use_rslora: true, base_model_name_or_path: "some/base" });
});

describe("what is not supported is refused by name", () => {
  test.each<[string, unknown]>([
    ["peft_type", "IA3"],
    ["bias", "all"],
    ["use_dora", true],
    ["rank_pattern", { "layers.0": 4 }],
    ["alpha_pattern", { "layers.0": 4 }],
    ["modules_to_save", ["lm_head"]],
    ["layers_to_transform", [1]],
    ["fan_in_fan_out", true],
    ["init_lora_weights", "pissa"],
    ["target_modules", ["embed_tokens"]],
    ["target_modules", ".*proj"],
    ["lora_bias", true],
    ["some_later_invention", { on: true }],
    ["r", 0],
  ])("%s: %j", async (field, value) => {
    const folder = await copyOf("adapter-gqa");
    await editJson(join(folder, "adapter_config.json"), { [field]: value });
    const failure = await readAdapterFolder(folder, base).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as Error).message).toContain(`adapter_config.json: ${field}`);
  });
});

describe("weights that do not fit", () => {
  async function withWeights(change: (weights: Awaited<ReturnType<typeof readSafetensors>>) => void): Promise<string> {
    const folder = await copyOf("adapter-gqa");
    const path = join(folder, "adapter_model.safetensors");
    const weights = await readSafetensors(path);
    change(weights);
    await writeSafetensors(path, weights);
    return folder;
  }
  const name = `base_model.model.${values}.lora_B.weight`;

  test("missing", async () => {
    const folder = await withWeights((weights) => weights.delete(name));
    await expect(readAdapterFolder(folder, base)).rejects.toThrow(`${name} is missing`);
  });
  test("extra", async () => {
    const folder = await withWeights((weights) => weights.set("other", { shape: [1], data: new Float32Array(1) }));
    await expect(readAdapterFolder(folder, base)).rejects.toThrow("other does not belong");
  });
  test("made for another base model", async () => {
    const other = await readConfig(fixtureFolder("llama-mha-tied"));
    await expect(readAdapterFolder(fixtureFolder("adapter-gqa"), other)).rejects.toThrow(
      /expected shape \[32, 2\] for this base model, got \[16, 2\]/,
    );
  });
  test("no folder", async () => {
    await expect(readAdapterFolder("/nowhere", base)).rejects.toThrow(UserError);
  });
});
