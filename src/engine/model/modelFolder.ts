import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../util/errors.ts";
import { type ChatTemplate, loadChatTemplate } from "./chatTemplate.ts";
import { configFields, type ModelConfig, readConfig, writeConfig } from "./config.ts";
import { readOptionalText, writeAtomically } from "./files.ts";
import { embeddingName, headName, parameterShapes, type Weights } from "./parameters.ts";
import { readShardedSafetensors, writeSafetensors } from "./safetensors.ts";
import type { Dtype } from "./tensorDtypes.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

/** A model with all that is needed to train and sample it. */
export interface Model {
  config: ModelConfig;
  /** By Hugging Face name; exactly the parameters that the configuration asks for. */
  weights: Weights;
  tokenizer: Tokenizer;
  template: ChatTemplate;
  /** The tokenizer's and template's files, by name, as they stood in the folder. */
  files: Readonly<Record<string, string>>;
}

/** Text files that travel with a model. */
const textFiles = [
  "tokenizer.json",
  "tokenizer_config.json",
  "chat_template.jinja",
  "special_tokens_map.json",
  "generation_config.json",
];

/**
 * Reads a Hugging Face model folder: config.json, safetensors (sharded or not), tokenizer and chat template.
 *
 * @throws UserError naming what is missing, malformed or not supported
 */
export async function readModelFolder(folder: string): Promise<Model> {
  await checkFolder(folder);
  const config = await readConfig(folder);
  const tokenizer = await loadTokenizer(folder);
  checkVocabulary(tokenizer, config, folder);
  const template = await loadChatTemplate(folder, tokenizer, config.eosTokenIds);
  const weights = selectWeights(await readShardedSafetensors(folder), config, folder);
  const texts = await Promise.all(
    textFiles.map(async (name) => [name, await readOptionalText(join(folder, name))] as const),
  );
  const files = Object.fromEntries(texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])));
  return { config: withEndOfTurn(config, tokenizer), weights, tokenizer, template, files };
}

/**
 * Writes a Hugging Face model folder. The weights are written last: with them the folder is complete.
 *
 * @param model `files`: tokenizer.json and the like, by name
 * @param dtypes number formats by parameter; float32 where there is none
 * @throws UserError when the folder cannot be written or the disk is full
 */
export async function writeModelFolder(
  folder: string,
  model: Pick<Model, "config" | "weights" | "files">,
  dtypes?: ReadonlyMap<string, Dtype>,
): Promise<void> {
  await writeConfig(folder, model.config, dtypes && mostCommon(dtypes));
  const { bos_token_id, eos_token_id } = configFields(model.config);
  const generation = { "generation_config.json": `${JSON.stringify({ bos_token_id, eos_token_id }, null, 2)}\n` };
  for (const [name, text] of Object.entries({ ...generation, ...model.files })) {
    await writeAtomically(join(folder, name), text);
  }
  await writeSafetensors(join(folder, "model.safetensors"), model.weights, undefined, dtypes);
}

/** The format that config.json names: it has room for one. */
function mostCommon(dtypes: ReadonlyMap<string, Dtype>): Dtype {
  const formats = [...dtypes.values()];
  const count = (dtype: Dtype): number => formats.filter((other) => other === dtype).length;
  return formats.reduce((most, dtype) => (count(dtype) > count(most) ? dtype : most), formats[0] ?? "F32");
}

async function checkFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder) return;
  throw new UserError(
    `${isFolder === undefined ? "there is no model folder at" : "this is a file, not a model folder:"} ${folder}; ` +
      "expected a folder with config.json, model.safetensors and tokenizer.json; the embedded model is in models/tiny, " +
      "others come from the Hugging Face hub (inoculate model pull ORGANIZATION/NAME)",
  );
}

/** Special tokens may lie beyond the vocabulary, as Gemma 3's for images does: text does not give them. */
function checkVocabulary({ size, token, specialIds }: Tokenizer, { vocabSize }: ModelConfig, folder: string): void {
  for (let id = vocabSize; id < size; id++) {
    if (specialIds.has(id) || token(id) === undefined) continue;
    throw new UserError(
      `${folder}: the tokenizer has ${size} tokens, config.json's vocab_size is only ${vocabSize}: ` +
        `there is no place for ${JSON.stringify(token(id))} (id ${id})`,
    );
  }
}

/** Buffers that old files carry though they are computed. */
const isBuffer = (name: string): boolean => name.endsWith(".rotary_emb.inv_freq");

/** The parameters that the configuration asks for, in its order. @throws UserError naming missing, extra and mis-shaped ones */
function selectWeights(stored: Weights, config: ModelConfig, folder: string): Weights {
  dropTiedHead(stored, config, folder);
  const weights: Weights = new Map();
  const problems: string[] = [];
  const shapes = parameterShapes(config);
  for (const [name, shape] of shapes) {
    const tensor = stored.get(name);
    if (!tensor) problems.push(`${name} is missing`);
    else if (String(tensor.shape) !== String(shape)) {
      problems.push(`${name} has shape [${tensor.shape.join(", ")}], expected [${shape.join(", ")}]`);
    } else weights.set(name, tensor);
  }
  for (const name of stored.keys()) if (!shapes.has(name) && !isBuffer(name)) problems.push(`${name} is not expected`);
  if (problems.length === 0) return weights;
  const more = problems.length > 5 ? ` and ${problems.length - 5} more` : "";
  throw new UserError(`${folder}: the weights do not fit config.json: ${problems.slice(0, 5).join("; ")}${more}`);
}

/** A tied head may be stored all the same, if it equals the embedding. */
function dropTiedHead(stored: Weights, config: ModelConfig, folder: string): void {
  const head = stored.get(headName);
  if (!config.tieWordEmbeddings || !head) return;
  const embedding = stored.get(embeddingName);
  if (!embedding?.data.every((value, index) => Object.is(value, head.data[index]))) {
    throw new UserError(
      `${folder}: config.json ties the head to the embedding, but ${headName} differs from ${embeddingName}`,
    );
  }
  stored.delete(headName);
}

/** The tokenizer's end-of-turn token ends a reply too: for chat models it often is not the config's. */
function withEndOfTurn(config: ModelConfig, { eosTokenId }: Tokenizer): ModelConfig {
  if (eosTokenId === undefined || config.eosTokenIds.includes(eosTokenId)) return config;
  return { ...config, eosTokenIds: [...config.eosTokenIds, eosTokenId] };
}
