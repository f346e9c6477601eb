import { createHash, type Hash } from "node:crypto";
import type { Adapter } from "./adapterFolder.ts";
import { canonicalJson } from "./files.ts";
import type { Model } from "./modelFolder.ts";
import type { Weights } from "./parameters.ts";

/**
 * SHA-256 (hexadecimal) of what decides a model's replies: configuration, weights as float32, tokenizer, template, and
 * the adapter if there is one. It does not depend on the folder's name, on how JSON is laid out, on the stored number
 * format or on the order of tensors.
 */
export function modelHash(model: Omit<Model, "tokenizer">, adapter?: Adapter): string {
  const hash = createHash("sha256");
  const add = (label: string, text: string): void => {
    hash.update(`${label} ${Buffer.byteLength(text)}\n${text}\n`);
  };
  add("config", canonicalJson(model.config));
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    const text = model.files[name];
    add(name, text === undefined ? "" : canonicalJson(JSON.parse(text)));
  }
  add("template", model.template.source);
  addWeights(hash, model.weights);
  if (adapter) {
    add("adapter", canonicalJson(adapter.lora));
    addWeights(hash, adapter.weights);
  }
  return hash.digest("hex");
}

function addWeights(hash: Hash, weights: Weights): void {
  for (const name of [...weights.keys()].sort()) {
    const { shape, data } = weights.get(name) as { shape: readonly number[]; data: Float32Array };
    hash.update(`${name} [${shape.join(",")}]\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
