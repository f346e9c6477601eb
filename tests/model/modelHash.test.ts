import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readAdapterFolder } from "../../src/engine/model/adapterFolder.ts";
import { readModelFolder } from "../../src/engine/model/modelFolder.ts";
import { modelHash } from "../../src/engine/model/modelHash.ts";
import { copyOf, editJson, fixtureFolder } from "./fixtures.ts";

test("is stable", async () => {
  const hash = modelHash(await readModelFolder(fixtureFolder("llama-mha-tied")));
  expect(hash).toBe("3344e645225da1395798c36f162acedc0c96e195d2bcb1839d71c6f546d9cfb1");
});

test("does not depend on how JSON is laid out or on the order of tensors", async () => {
  const folder = await copyOf("llama-gqa-untied");
  const model = await readModelFolder(folder);
  const path = join(folder, "tokenizer.json");
  const json = JSON.parse(await readFile(path, "utf8"));
  const reversed = Object.fromEntries(Object.entries(json).reverse());
  await writeFile(path, JSON.stringify(reversed, null, 4));
  const again = await readModelFolder(folder);
  expect(modelHash({ ...again, weights: new Map([...again.weights].reverse()) })).toBe(modelHash(model));
});

test("changes with every part", async () => {
  const model = await readModelFolder(fixtureFolder("llama-gqa-untied"));
  const adapter = await readAdapterFolder(fixtureFolder("adapter-gqa"), model.config);
  const flipped = structuredClone(model.weights);
  (flipped.get("model.norm.weight") as { data: Float32Array }).data[3] = 7;
  const folder = await copyOf("llama-gqa-untied");
  await editJson(join(folder, "tokenizer_config.json"), { unk_token: "<pad>" });
  const hashes = [
    modelHash(model),
    modelHash({ ...model, weights: flipped }),
    modelHash({ ...model, config: { ...model.config, rmsNormEps: 1e-6 } }),
    modelHash({ ...model, template: { ...model.template, source: "other" } }),
    modelHash(await readModelFolder(folder)),
    modelHash(model, adapter),
    modelHash(model, { ...adapter, lora: { ...adapter.lora, alpha: 9 } }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});
