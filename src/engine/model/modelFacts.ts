import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ChatMessage } from "../../data/chat.ts";
import { UserError } from "../../util/errors.ts";
import { sizeOf } from "../graph/operators.ts";
import { type ChatTemplate, loadChatTemplate } from "./chatTemplate.ts";
import { type ModelConfig, readConfig } from "./config.ts";
import { parseJsonObject, readText } from "./files.ts";
import { readModelFolder } from "./modelFolder.ts";
import { modelHash } from "./modelHash.ts";
import { parameterShapes } from "./parameters.ts";
import { readStoredTensors } from "./safetensors.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

/** What can be said of a model folder without reading its weights. */
export interface ModelFacts {
  folder: string;
  architecture: string;
  parameters: number;
  /** Elements and counts, as config.json has them. */
  sizes: Pick<
    ModelConfig,
    "layers" | "hiddenSize" | "heads" | "keyValueHeads" | "headDim" | "intermediateSize" | "vocabSize"
  >;
  /** Tokens. */
  context: number;
  /** Tokens that some layers look back, and how many layers; `null` where all see everything. */
  slidingWindow: { tokens: number; layers: number } | null;
  /** The head is the embedding. */
  tiedHead: boolean;
  /** Bytes of the weights' files, and parameters by number format. */
  weights: { files: number; bytes: number; dtypes: Record<string, number> };
  /** `reason`: why it cannot be used; `null` where it can. */
  tokenizer: { type: string | null; tokens: number | null; reason: string | null };
  template: TemplateFacts;
  /** Bytes, without activations: weights in float32, and what training adds. */
  memory: { sampling: number; lora: number; full: number };
  /** SHA-256 of all that decides the replies; `null` unless asked for. */
  hash: string | null;
}

export interface TemplateFacts {
  /** A chat can be cut into prompt and completion, so that it can be trained on. */
  splits: boolean;
  /** Earlier replies can be trained on too. */
  severalReplies: boolean;
  /** System messages are taken. */
  system: boolean;
  /** Why it does not split; `null` where it does. */
  reason: string | null;
}

/**
 * Reads what there is to know of a model folder; of the weights only the headers, unless the hash is wanted.
 *
 * @throws UserError when the folder, its configuration or its weights' headers cannot be read
 */
export async function modelFacts(
  folder: string,
  { hash = false }: { hash?: boolean | undefined } = {},
): Promise<ModelFacts> {
  const config = await readConfig(folder);
  const stored = await readStoredTensors(folder);
  const dtypes: Record<string, number> = {};
  for (const { dtype, shape } of stored.values()) dtypes[dtype] = (dtypes[dtype] ?? 0) + sizeOf(shape);
  const parameters = [...parameterShapes(config).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
  const { layers, hiddenSize, heads, keyValueHeads, headDim, intermediateSize, vocabSize, slidingWindow } = config;
  return {
    folder,
    architecture: config.architecture,
    parameters,
    sizes: { layers, hiddenSize, heads, keyValueHeads, headDim, intermediateSize, vocabSize },
    context: config.maxPositionEmbeddings,
    slidingWindow: slidingWindow ? { tokens: slidingWindow.size, layers: slidingWindow.layers.length } : null,
    tiedHead: config.tieWordEmbeddings,
    weights: {
      files: new Set([...stored.values()].map(({ file }) => file)).size,
      bytes: [...stored.values()].reduce((sum, { bytes }) => sum + bytes, 0),
      dtypes,
    },
    ...(await textFacts(folder, config)),
    // AdamW: gradient and two moments beside each weight.
    memory: { sampling: 4 * parameters, lora: 4 * parameters, full: 16 * parameters },
    hash: hash ? modelHash(await readModelFolder(folder)) : null,
  };
}

async function textFacts(folder: string, config: ModelConfig): Promise<Pick<ModelFacts, "tokenizer" | "template">> {
  const path = join(folder, "tokenizer.json");
  const model = existsSync(path) ? parseJsonObject(await readText(path), path).model : undefined;
  const type = (model as { type?: unknown } | undefined)?.type;
  const named = typeof type === "string" ? type : null;
  const [tokenizer, reason] = await attempt(() => loadTokenizer(folder));
  if (tokenizer === undefined) {
    const template = { splits: false, severalReplies: false, system: false, reason: "the tokenizer cannot be used" };
    return { tokenizer: { type: named, tokens: null, reason }, template };
  }
  return {
    tokenizer: { type: named, tokens: tokenizer.size, reason: null },
    template: await templateFacts(folder, config, tokenizer),
  };
}

async function templateFacts(folder: string, config: ModelConfig, tokenizer: Tokenizer): Promise<TemplateFacts> {
  const [template, missing] = await attempt(() => loadChatTemplate(folder, tokenizer, config.eosTokenIds));
  if (template === undefined) return { splits: false, severalReplies: false, system: false, reason: missing };
  const chat: ChatMessage[] = [
    { role: "user", content: "one" },
    { role: "assistant", content: "two" },
  ];
  const encodes = (messages: ChatMessage[]) => attempt(async () => tried(template, messages));
  const [, reason] = await encodes(chat);
  const [several] = await encodes([
    ...chat,
    { role: "user", content: "three" },
    { role: "assistant", content: "four" },
  ]);
  const [system] = await encodes([{ role: "system", content: "zero" }, ...chat]);
  return { splits: reason === null, severalReplies: several === true, system: system === true, reason };
}

function tried(template: ChatTemplate, messages: ChatMessage[]): true {
  template.encodeChat(messages);
  return true;
}

/** What `make` gives, or why the user's model does not let it. */
async function attempt<T>(make: () => Promise<T>): Promise<[T, null] | [undefined, string]> {
  try {
    return [await make(), null];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [undefined, error.message];
  }
}
