import { readAdapterFolder } from "../model/adapterFolder.ts";
import { readModelFolder } from "../model/modelFolder.ts";
import { openOutputFolder } from "../model/outputFolder.ts";
import { addAdapter } from "../train/lora.ts";
import { type ExportedOnnx, exportOnnx } from "./exportOnnx.ts";

export interface ExportModelOptions {
  /** Folder of a PEFT adapter that is added into the weights. */
  adapter?: string | undefined;
  /** Overwrite what the folder holds. @default false */
  force?: boolean | undefined;
}

/**
 * Reads a model folder and writes it as an ONNX folder that transformers.js runs; see `exportOnnx`.
 *
 * @throws UserError when a folder cannot be read or written, or does not fit
 */
export async function exportModel(
  folder: string,
  out: string,
  { adapter: adapterFolder, force }: ExportModelOptions = {},
): Promise<ExportedOnnx> {
  const model = await readModelFolder(folder);
  const adapter = adapterFolder === undefined ? undefined : await readAdapterFolder(adapterFolder, model.config);
  const bytes = [...model.weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const sources = [folder, ...(adapterFolder === undefined ? [] : [adapterFolder])];
  await openOutputFolder(out, { sources, bytes, force });
  if (adapter) addAdapter(model.weights, adapter.weights, adapter.lora);
  return exportOnnx(out, model);
}
