import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ensureMemory } from "../../engine/memory/ensureMemory.ts";
import { modelParameters } from "../../engine/memory/trainingMemory.ts";
import { type Adapter, readAdapterFolder } from "../../engine/model/adapterFolder.ts";
import { readConfig } from "../../engine/model/config.ts";
import { type Model, readModelFolder } from "../../engine/model/modelFolder.ts";
import { modelHash } from "../../engine/model/modelHash.ts";
import type { Weights } from "../../engine/model/parameters.ts";
import { loraA, mergeAdapter } from "../../engine/train/lora.ts";
import type { ModelRef } from "../backend.ts";

export interface LoadedModel extends Model {
  /** The base's weights, with the adapter added in. */
  weights: Weights;
  adapter?: Adapter;
}

/** Reads models and keeps the bases, and the last adapter, in memory. A folder is read again when its weights file changed. */
export class ModelShelf {
  readonly #bases = new Map<string, { stamp: string; model: Promise<Model> }>();
  readonly #hashes = new Map<string, Promise<string>>();
  #last: { key: string; model: Promise<LoadedModel> } | undefined;

  async base(folder: string): Promise<Model> {
    const stamp = await stampOf(weightsPath({ base: folder }));
    const known = this.#bases.get(folder);
    if (known?.stamp === stamp) return known.model;
    const model = readIfItFits(folder);
    this.#bases.set(folder, { stamp, model });
    return model;
  }

  /** @throws UserError when a folder is missing, malformed or does not fit */
  async load({ base, adapter }: ModelRef): Promise<LoadedModel> {
    const model = await this.base(base);
    if (adapter === undefined) return model;
    const key = await keyOf({ base, adapter });
    if (this.#last?.key !== key) this.#last = { key, model: withAdapter(model, adapter) };
    return this.#last.model;
  }

  /** The base's weights and, apart from them, the adapter on it. @throws UserError as `load` does */
  async unmerged({ base, adapter }: ModelRef): Promise<Model & { adapter?: Adapter }> {
    const model = await this.base(base);
    return adapter === undefined ? model : { ...model, adapter: await readAdapterFolder(adapter, model.config) };
  }

  async hash(ref: ModelRef): Promise<string> {
    const key = await keyOf(ref);
    const known = this.#hashes.get(key);
    if (known) return known;
    const hash = this.base(ref.base).then(async (model) => {
      const adapter = ref.adapter === undefined ? undefined : await readAdapterFolder(ref.adapter, model.config);
      return modelHash(model, adapter);
    });
    this.#hashes.set(key, hash);
    return hash;
  }
}

/** @throws UserError when memory would not do, before the weights are read */
async function readIfItFits(folder: string): Promise<Model> {
  if (existsSync(join(folder, "config.json"))) {
    ensureMemory(`reading the model in ${folder}`, { weights: 4 * modelParameters(await readConfig(folder)) });
  }
  return readModelFolder(folder);
}

async function withAdapter(model: Model, folder: string): Promise<LoadedModel> {
  const adapter = await readAdapterFolder(folder, model.config);
  const changed = [...model.weights].filter(([name]) => adapter.weights.has(loraA(name.replace(/\.weight$/, ""))));
  const bytes = changed.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
  ensureMemory(`adding the adapter in ${folder} to its model`, { "changed weights": bytes });
  return { ...model, adapter, weights: mergeAdapter(model.weights, adapter.weights, adapter.lora) };
}

async function keyOf({ base, adapter }: ModelRef): Promise<string> {
  const stamps = [base, await stampOf(weightsPath({ base }))];
  if (adapter !== undefined) stamps.push(adapter, await stampOf(weightsPath({ base, adapter })));
  return JSON.stringify(stamps);
}

/** The file with the weights of an adapter, or of a model in one file. */
export function weightsPath({ base, adapter }: ModelRef): string {
  return adapter === undefined ? join(base, "model.safetensors") : join(adapter, "adapter_model.safetensors");
}

/** Tells versions of a file apart; a missing one is left to whoever reads it. */
async function stampOf(path: string): Promise<string> {
  const file = await stat(path).catch(() => undefined);
  return file ? `${file.mtimeMs}:${file.size}` : "missing";
}
