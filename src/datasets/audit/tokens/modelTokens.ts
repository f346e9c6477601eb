import { join } from "node:path";
import type { ChatMessage } from "../../../data/chat.ts";
import { type ChatTemplate, loadChatTemplate } from "../../../engine/model/chatTemplate.ts";
import { parseJsonObject, readOptionalText } from "../../../engine/model/files.ts";
import { loadTokenizer, type Tokenizer } from "../../../engine/model/tokenizer.ts";
import { UserError } from "../../../util/errors.ts";
import type { RowLength, TemplateFault } from "./rowLength.ts";
import type { ModelTexts, TokenCounter } from "./tokenCounter.ts";

/**
 * Counts as a model sees a chat, by its own tokenizer and template. The weights are not needed.
 *
 * @param maxTokens most tokens of a row. @default the model's context
 * @throws UserError when the folder has no tokenizer or template that can be used
 */
export async function modelTokens(folder: string, maxTokens: number | undefined): Promise<TokenCounter> {
  const config = await readJson(folder, "config.json");
  const generation = await readJson(folder, "generation_config.json");
  const tokenizer = await loadTokenizer(folder);
  const endIds = [config.eos_token_id, generation.eos_token_id].flat().filter((id) => typeof id === "number");
  const template = await loadChatTemplate(folder, tokenizer, endIds);
  return {
    method: "the model's tokenizer and chat template",
    limit: maxTokens ?? contextOf(config),
    model: textsOf(tokenizer, template),
    measure: (messages) => measure(messages, template),
  };
}

function textsOf(tokenizer: Tokenizer, template: ChatTemplate): ModelTexts {
  const bos = tokenizer.specialTokens.bos_token;
  const hello = attempt(() => ({ text: template.renderPrompt([{ role: "user", content: "a" }]) }));
  const special = [...tokenizer.specialIds].flatMap((id) => tokenizer.token(id) ?? []);
  return {
    ...(bos !== undefined && { bos }),
    special,
    bosTwice: tokenizer.addsBos && bos !== undefined && typeof hello !== "string" && hello.text.startsWith(bos),
  };
}

function contextOf(config: Record<string, unknown>): number | undefined {
  const inner = config.text_config as Record<string, unknown> | undefined;
  const context = config.max_position_embeddings ?? inner?.max_position_embeddings;
  return typeof context === "number" ? context : undefined;
}

async function readJson(folder: string, name: string): Promise<Record<string, unknown>> {
  const path = join(folder, name);
  const text = await readOptionalText(path);
  return text === undefined ? {} : parseJsonObject(text, path);
}

function measure(messages: readonly ChatMessage[], template: ChatTemplate): RowLength | TemplateFault {
  const encoded = attempt(() => template.encodeChat(messages));
  if (typeof encoded === "string") return diagnose(messages, template, encoded);
  const { lossWeights } = encoded;
  const first = lossWeights.findIndex((weight) => weight > 0);
  // The reply that ends the chat is the last run of one weight, unless it is not learnt: then it is measured apart.
  const prompt = replyStart(messages, template, lossWeights);
  return { prompt, total: lossWeights.length, firstLearnt: first < 0 ? undefined : first };
}

function replyStart(messages: readonly ChatMessage[], template: ChatTemplate, weights: readonly number[]): number {
  if (messages.at(-1)?.weight === 0) return template.encodePrompt(messages.slice(0, -1)).length;
  return weights.lastIndexOf(0) + 1;
}

/** Why a chat cannot be encoded: what can be done without the part that makes the difference. */
function diagnose(messages: readonly ChatMessage[], template: ChatTemplate, detail: string): TemplateFault {
  const splits = (chat: readonly ChatMessage[]): boolean => typeof attempt(() => template.splitChat(chat)) !== "string";
  if (splits(messages)) {
    // An earlier reply may be written otherwise when another follows it.
    const check = detail.includes("must begin with its rendered prompt") ? "generation-prompt" : "no-token";
    return { check, detail };
  }
  const rest = messages.filter(({ role }) => role !== "system");
  if (rest.length < messages.length && splits(rest)) return { check: "system-dropped", detail };
  const rendered = attempt(() => ({ text: template.renderPrompt(messages.slice(0, -1)) }));
  return { check: typeof rendered === "string" ? "template-refuses" : "generation-prompt", detail };
}

/** What `make` gives, or the message of why it cannot. */
function attempt<T extends object>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}
