import { join } from "node:path";
import { encodeOnnxModel } from "../executors/onnxModel.ts";
import { configFields } from "../model/config.ts";
import { writeAtomically } from "../model/files.ts";
import type { Model } from "../model/modelFolder.ts";
import { externalWeights, weightBytes } from "./externalWeights.ts";
import { onnxDecoder } from "./onnxDecoder.ts";

export interface ExportOnnxOptions {
  /** Weights of more bytes stand in files beside the model (a protobuf file must stay below 2 GiB). @default 2.5e8 */
  externalAbove?: number;
  /** Largest such file, in bytes. @default 1.9e9 */
  maxFileBytes?: number;
}

/** What was written. */
export interface ExportedOnnx {
  /** Paths within the folder. */
  files: string[];
  /** Bytes of the weights, in float32. */
  weightBytes: number;
}

/**
 * Writes a folder that transformers.js runs for text generation, in float32: config.json, generation_config.json, the
 * tokenizer with its chat template, and onnx/model.onnx, with its weights beside it where they are large. The model file
 * is written last: with it the folder is complete.
 *
 * @throws UserError when the folder cannot be written or the disk is full
 */
export async function exportOnnx(
  folder: string,
  model: Pick<Model, "config" | "weights" | "files" | "template">,
  { externalAbove = 2.5e8, maxFileBytes = 1.9e9 }: ExportOnnxOptions = {},
): Promise<ExportedOnnx> {
  const whole = onnxDecoder(model.config, model.weights);
  const bytes = weightBytes(whole);
  const { graph, files } =
    bytes > externalAbove ? externalWeights(whole, "model.onnx", maxFileBytes) : { graph: whole, files: [] };
  const texts = textFiles(model, files.length);
  for (const [name, text] of Object.entries(texts)) await writeAtomically(join(folder, name), text);
  for (const { name, pieces } of files) await writeAtomically(join(folder, "onnx", name), pieces);
  await writeAtomically(join(folder, "onnx", "model.onnx"), [encodeOnnxModel(graph)]);
  const data = files.map(({ name }) => `onnx/${name}`);
  return { files: [...Object.keys(texts), ...data, "onnx/model.onnx"], weightBytes: bytes };
}

/** The text files by name. What transformers.js would have to be told on loading stands in config.json. */
function textFiles({ config, files, template }: Pick<Model, "config" | "files" | "template">, dataFiles: number) {
  const fields = configFields(config);
  const loading = { dtype: "fp32", ...(dataFiles > 0 && { use_external_data_format: dataFiles }) };
  const { bos_token_id, eos_token_id } = fields;
  const parsed = (name: string): object => JSON.parse(files[name] ?? "{}");
  // transformers.js looks for the template in this file alone.
  const tokenizer = { ...parsed("tokenizer_config.json"), chat_template: template.source };
  const generation = { bos_token_id, ...parsed("generation_config.json"), eos_token_id };
  const written: Record<string, unknown> = {
    "config.json": { ...fields, "transformers.js_config": loading },
    "generation_config.json": generation,
    "tokenizer_config.json": tokenizer,
  };
  const texts = Object.entries(written).map(([name, value]) => [name, `${JSON.stringify(value, null, 2)}\n`]);
  return { ...files, ...Object.fromEntries(texts) } as Record<string, string>;
}
