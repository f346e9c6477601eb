import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { promptLogits } from "../../scripts/promptLogits.ts";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { readAdapterFolder, writeAdapterFolder } from "../../src/engine/model/adapterFolder.ts";
import { mergeModel } from "../../src/engine/model/mergeModel.ts";
import { readModelFolder } from "../../src/engine/model/modelFolder.ts";
import { readStoredTensors } from "../../src/engine/model/safetensors.ts";
import { mergeAdapter } from "../../src/engine/train/lora.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { copyOf, expectedOf, fixtureFolder, scratchFolder } from "./fixtures.ts";

const base = fixtureFolder("llama-gqa-untied");
const adapter = fixtureFolder("adapter-gqa");
const out = async (): Promise<string> => join(await scratchFolder(), "merged");

test("a merged folder gives the logits of peft's base and adapter, and is one file", async () => {
  const folder = await out();
  const merged = await mergeModel(base, adapter, folder, { dtype: "float32" });
  const { config, weights } = await readModelFolder(folder);
  expect(merged).toMatchObject({
    folder,
    dtypes: { F32: [...weights.values()].reduce((n, { data }) => n + data.length, 0) },
  });
  expect(await readdir(folder)).not.toContain("model.safetensors.index.json");
  const programs = new ProgramCache(createOnnxExecutor());
  const { tokens, logits } = expectedOf("adapter-gqa");
  for (const [i, prompt] of tokens.entries()) {
    const ours = (await promptLogits({ programs, config, weights }, prompt)).flat();
    const theirs = (logits[i] as number[][]).flat();
    const largest = Math.max(...theirs.map(Math.abs));
    const difference = Math.max(...theirs.map((value, j) => Math.abs(value - (ours[j] as number))));
    expect(difference / largest).toBeLessThan(1e-5);
  }
  await programs.release();
});

test.each(["float16", "bfloat16"] as const)("%s: the sums in float32, rounded once", async (dtype) => {
  const folder = await out();
  const name = dtype === "float16" ? "F16" : "BF16";
  const merged = await mergeModel(base, adapter, folder, { dtype });
  expect(Object.keys(merged.dtypes)).toEqual([name]);
  expect(JSON.parse(await readFile(join(folder, "config.json"), "utf8")).dtype).toBe(dtype);
  for (const tensor of (await readStoredTensors(folder)).values()) expect(tensor.dtype).toBe(name);
  const { config, weights } = await readModelFolder(base);
  const { lora, weights: low } = await readAdapterFolder(adapter, config);
  const [exact, rounded] = [mergeAdapter(weights, low, lora), (await readModelFolder(folder)).weights];
  const step = dtype === "float16" ? 2 ** -11 : 2 ** -8;
  for (const [key, { data }] of exact) {
    const far = data.findIndex(
      (value, i) => Math.abs((rounded.get(key)?.data[i] as number) - value) > Math.abs(value) * step + 2 ** -25,
    );
    expect({ key, far }).toEqual({ key, far: -1 });
  }
});

test("each tensor keeps the base's format", async () => {
  const stored = await readStoredTensors(base);
  const folder = await out();
  await mergeModel(base, adapter, folder);
  const merged = await readStoredTensors(folder);
  expect([...merged].map(([name, { dtype }]) => [name, dtype])).toEqual(
    [...merged.keys()].map((name) => [name, stored.get(name)?.dtype]),
  );
});

test("nothing is overwritten unless asked for, and then no old shard stays", async () => {
  const folder = await copyOf("llama-gqa-untied");
  await expect(mergeModel(base, adapter, folder)).rejects.toThrow(/is not empty.*--force/);
  expect((await readdir(folder)).sort()).toEqual((await readdir(base)).sort());
  await mergeModel(base, adapter, folder, { force: true });
  expect((await readdir(folder)).filter((name) => name.startsWith("model"))).toEqual(["model.safetensors"]);
});

test("what is read is not written to", async () => {
  const [own, ownAdapter] = [await copyOf("llama-gqa-untied"), await copyOf("adapter-gqa")];
  await expect(mergeModel(own, adapter, own, { force: true })).rejects.toThrow(/is the folder that is read/);
  await expect(mergeModel(base, ownAdapter, `${ownAdapter}/../adapter-gqa`, { force: true })).rejects.toThrow(
    /is read/,
  );
});

test("an adapter of another model, or one that is broken, is refused before anything is written", async () => {
  const folder = await out();
  await expect(mergeModel(fixtureFolder("qwen3"), adapter, folder)).rejects.toThrow(/adapter_model\.safetensors/);
  const { config } = await readModelFolder(base);
  const broken = await readAdapterFolder(adapter, config);
  const [name, matrix] = [...broken.weights].find(([key]) => key.includes("lora_B")) ?? [];
  const change = async (value: number): Promise<string> => {
    matrix?.data.fill(value);
    const at = await scratchFolder();
    await writeAdapterFolder(at, broken, "base");
    return at;
  };
  const module = name?.replace(".lora_B.weight", ".weight");
  await expect(mergeModel(base, await change(Number.NaN), folder)).rejects.toThrow(`${module}: with the adapter`);
  const large = mergeModel(base, await change(1e6), folder, { dtype: "float16" });
  await expect(large).rejects.toThrow(/which F16 cannot hold; merge with --dtype float32/);
  expect(await readdir(folder)).toEqual([]);
});

test("a file where the folder should be is named", async () => {
  const file = await out();
  await writeFile(file, "");
  await expect(mergeModel(base, adapter, file)).rejects.toThrow(`${file}: it is a file`);
});
