import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../util/errors.ts";
import { addAdapter } from "../train/lora.ts";
import { readAdapterFolder } from "./adapterFolder.ts";
import { readModelFolder, writeModelFolder } from "./modelFolder.ts";
import { openOutputFolder } from "./outputFolder.ts";
import { readStoredTensors } from "./safetensors.ts";
import { type Dtype, dtypeBytes, dtypesByName } from "./tensorDtypes.ts";

export interface MergeOptions {
  /** Number format of the weights. @default each tensor's own in the base model */
  dtype?: keyof typeof dtypesByName | undefined;
  /** Overwrite what the folder holds. @default false */
  force?: boolean | undefined;
}

/** What was written. */
export interface MergedModel {
  folder: string;
  /** Linear maps that the adapter changed. */
  modules: number;
  /** Parameters in each number format. */
  dtypes: Partial<Record<Dtype, number>>;
  /** Bytes of the weights. */
  bytes: number;
}

/**
 * Writes a base model with an adapter added into its weights as a Hugging Face folder of its own. The sums are made in
 * float32 and rounded once. Memory: the model in float32, and little more.
 *
 * @throws UserError when a folder does not fit or cannot be written, or a sum is beyond the number format
 */
export async function mergeModel(
  base: string,
  adapterFolder: string,
  folder: string,
  { dtype, force }: MergeOptions = {},
): Promise<MergedModel> {
  const stored = await readStoredTensors(base);
  const model = await readModelFolder(base);
  const adapter = await readAdapterFolder(adapterFolder, model.config);
  const dtypes = new Map(
    [...model.weights.keys()].map((name): [string, Dtype] => [
      name,
      dtype === undefined ? (stored.get(name)?.dtype ?? "F32") : dtypesByName[dtype],
    ]),
  );
  const counts: MergedModel["dtypes"] = {};
  let bytes = 0;
  for (const [name, { data }] of model.weights) {
    const format = dtypes.get(name) as Dtype;
    counts[format] = (counts[format] ?? 0) + data.length;
    bytes += data.length * dtypeBytes(format);
  }
  await openOutputFolder(folder, { sources: [base, adapterFolder], bytes, force });
  const changed = addAdapter(model.weights, adapter.weights, adapter.lora);
  for (const name of changed) expectFinite(name, model.weights.get(name)?.data ?? new Float32Array(), dtypes.get(name));
  await removeWeights(folder);
  await writeModelFolder(folder, model, dtypes);
  return { folder, modules: changed.length, dtypes: counts, bytes };
}

function expectFinite(name: string, data: Float32Array, dtype: Dtype | undefined): void {
  // From half a step above the largest finite number on, rounding gives infinity.
  const beyond = dtype === "F16" ? 65520 : dtype === "BF16" ? 255.5 * 2 ** 120 : Number.POSITIVE_INFINITY;
  const at = data.findIndex((value) => !(Math.abs(value) < beyond));
  if (at < 0) return;
  throw new UserError(
    `${name}: with the adapter, number ${at} is ${data[at]}, which ${dtype} cannot hold; ` +
      (Number.isFinite(data[at]) ? "merge with --dtype float32" : "the adapter is broken, use an earlier checkpoint"),
  );
}

/** So that no old shards stand beside new weights, nor old weights beside a new configuration. */
async function removeWeights(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^model.*\.safetensors(\.index\.json)?$/.test(name)) await rm(join(folder, name));
  }
}
