import { join } from "node:path";
import { Template } from "@huggingface/jinja";
import type { ChatMessage } from "../../data/chat.ts";
import { UserError } from "../../util/errors.ts";
import { parseJsonObject, readOptionalText } from "./files.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** A chat cut at the beginning of its last reply; `prompt + completion` is a beginning of the rendered chat. */
export interface SplitChat {
  prompt: string;
  /** Ends with the end-of-turn token. */
  completion: string;
}

/** A tokenized chat: predicting `tokenIds[t]` counts with `lossWeights[t]`. */
export interface EncodedChat {
  tokenIds: number[];
  /** 0 outside replies; a reply's `weight` (1 unless given) within, the end-of-turn token included. */
  lossWeights: number[];
}

/** Chats to text and token ids, by a model's chat template. */
export interface ChatTemplate {
  /** The Jinja template. */
  source: string;
  /** The text that a reply follows. @throws UserError when the template refuses the messages, or drops the system's */
  renderPrompt(messages: readonly ChatMessage[]): string;
  /** @throws UserError when the rendered chat does not begin with its prompt, or the reply has no end-of-turn token */
  splitChat(messages: readonly ChatMessage[]): SplitChat;
  /** The token ids that sampling starts from, with one BOS if the tokenizer or the template puts one. */
  encodePrompt(messages: readonly ChatMessage[]): number[];
  /**
   * The ids of the whole chat, cut where the prompt's end, so that the prompt's ids are those seen in sampling. Every
   * reply counts. Where a token would lie across the cut, the reply is tokenized apart.
   *
   * @throws UserError when such a reply cannot be tokenized apart
   */
  encodeChat(messages: readonly ChatMessage[]): EncodedChat;
}

/** What `strftime_now` gives in templates that state the date: fixed, as nothing may read the clock; the fallback of Llama 3. */
const fixedDate: Readonly<Record<string, string>> = {
  "%Y": "2024",
  "%m": "07",
  "%d": "26",
  "%b": "Jul",
  "%B": "July",
  "%H": "00",
  "%M": "00",
  "%S": "00",
};

/** Put before every template (whose own line break after a block is dropped): the library's clock cannot be replaced otherwise. */
const fixDate = "{% set strftime_now = strftime_fixed %}\n";

/**
 * Reads `chat_template.jinja`, else `chat_template` of tokenizer_config.json (the one named "default" of several).
 *
 * @param endIds tokens that end a reply, besides the tokenizer's end-of-turn token
 * @throws UserError when there is none, or it cannot be parsed
 */
export async function loadChatTemplate(
  folder: string,
  tokenizer: Tokenizer,
  endIds: readonly number[] = [],
): Promise<ChatTemplate> {
  const path = join(folder, "chat_template.jinja");
  const source = await readOptionalText(path);
  if (source !== undefined) return createChatTemplate(source, tokenizer, path, endIds);
  const configPath = join(folder, "tokenizer_config.json");
  const configText = (await readOptionalText(configPath)) ?? "{}";
  const entry = parseJsonObject(configText, configPath).chat_template;
  const named = Array.isArray(entry) ? entry.find((item) => item?.name === "default")?.template : entry;
  if (typeof named === "string") return createChatTemplate(named, tokenizer, `${configPath}: chat_template`, endIds);
  throw new UserError(
    `${folder}: no chat template: expected chat_template.jinja, or chat_template in tokenizer_config.json; ` +
      "use a model that was trained for chat, or add its template",
  );
}

/**
 * A template from its Jinja source; `where` names it in errors.
 *
 * @param endIds tokens that end a reply, besides the tokenizer's end-of-turn token (Gemma closes a turn with another)
 * @throws UserError when it cannot be parsed
 */
export function createChatTemplate(
  source: string,
  tokenizer: Tokenizer,
  where = "chat template",
  endIds: readonly number[] = [],
): ChatTemplate {
  const ends = [tokenizer.specialTokens.eos_token, ...endIds.map(tokenizer.token)].filter((end) => end !== undefined);
  const template = parse(source, where);
  const render = (messages: readonly ChatMessage[], prompt: boolean): string => {
    const plain = messages.map(({ role, content }) => ({ role, content }));
    const globals = { ...tokenizer.specialTokens, strftime_fixed: strftimeFixed, tools: null, documents: null };
    try {
      return template.render({ ...globals, messages: plain, add_generation_prompt: prompt });
    } catch (error) {
      const roles = messages.map(({ role }) => role).join(", ");
      throw new UserError(`${where}: refuses messages of roles ${roles}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  const renderPrompt = (messages: readonly ChatMessage[]): string => {
    const prompt = render(messages, true);
    const [first, ...rest] = messages;
    if (first?.role !== "system") return prompt;
    const other = render([{ ...first, content: `${first.content}.` }, ...rest], true);
    if (other !== prompt) return prompt;
    throw new UserError(`${where}: leaves out the system message; put what it says into the first user message`);
  };
  const splitChat = (messages: readonly ChatMessage[]): SplitChat => {
    if (messages.at(-1)?.role !== "assistant")
      throw new UserError("a chat to learn from must end with an assistant message");
    const prompt = renderPrompt(messages.slice(0, -1));
    const whole = render(messages, false);
    if (!whole.startsWith(prompt)) throw promptDiffers(where, prompt, whole);
    return { prompt, completion: cutAtEndOfTurn(whole.slice(prompt.length), ends, where) };
  };
  return {
    source,
    renderPrompt,
    splitChat,
    encodePrompt: (messages) => withOneBos(tokenizer.encode(renderPrompt(messages)), tokenizer),
    encodeChat: (messages) => encodeChat(messages, splitChat, tokenizer, where),
  };
}

function encodeChat(
  messages: readonly ChatMessage[],
  split: (messages: readonly ChatMessage[]) => SplitChat,
  tokenizer: Tokenizer,
  where: string,
): EncodedChat {
  const encoded: EncodedChat = { tokenIds: [], lossWeights: [] };
  let done = "";
  messages.forEach(({ role, weight = 1 }, index) => {
    const isLast = index === messages.length - 1;
    if (!isLast && (role !== "assistant" || weight === 0)) return;
    const { prompt, completion } = split(messages.slice(0, index + 1));
    if (!prompt.startsWith(done)) throw promptDiffers(where, done, prompt, earlierReplies);
    const context = idsAfter(encoded.tokenIds, done, prompt.slice(done.length), tokenizer);
    const reply = idsAfter([...encoded.tokenIds, ...context], prompt, completion, tokenizer);
    encoded.tokenIds.push(...context, ...reply);
    encoded.lossWeights.push(...context.map(() => 0), ...reply.map(() => weight));
    done = prompt + completion;
  });
  return encoded;
}

/** The ids of `more` where it follows `text`, whose ids are known. */
function idsAfter(ids: readonly number[], text: string, more: string, tokenizer: Tokenizer): number[] {
  const whole = withOneBos(tokenizer.encode(text + more), tokenizer);
  if (ids.every((id, t) => id === whole[t])) return whole.slice(ids.length);
  if (!tokenizer.marksStart) return tokenizer.encode(more);
  const [end, start] = [JSON.stringify(text.slice(-20)), JSON.stringify(more.slice(0, 20))];
  throw new UserError(
    `a reply's first token would begin within its prompt: ${end} followed by ${start}; begin the reply with a word`,
  );
}

function parse(source: string, where: string): Template {
  try {
    return new Template(fixDate + source);
  } catch (error) {
    throw new UserError(`${where}: cannot be parsed: ${(error as Error).message}`, { cause: error });
  }
}

/** What templates write after the end-of-turn token (a line break) is not learnt. */
function cutAtEndOfTurn(completion: string, ends: readonly string[], where: string): string {
  const text = completion.trimEnd();
  if (ends.some((end) => text.endsWith(end))) return text;
  const named = [...new Set(ends)].map((end) => JSON.stringify(end)).join(" or ");
  const expected = named === "" ? "an eos_token in tokenizer_config.json" : named;
  throw new UserError(
    `${where}: a reply must end with the end-of-turn token: expected ${expected}, got ${JSON.stringify(text.slice(-40))}`,
  );
}

const earlierReplies = "it writes earlier replies in another way than the last; give them a weight of 0";

function promptDiffers(
  where: string,
  prompt: string,
  whole: string,
  remedy = "the template cannot be trained on",
): UserError {
  let at = 0;
  while (at < prompt.length && prompt[at] === whole[at]) at++;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
  return new UserError(
    `${where}: the rendered chat must begin with its rendered prompt, but they differ at character ${at + 1}: ` +
      `${around(prompt)} in the prompt, ${around(whole)} in the chat; ${remedy}`,
  );
}

/** The BOS that the tokenizer puts before every text, unless the template wrote it already. */
function withOneBos(ids: number[], { bosTokenId, addsBos }: Tokenizer): number[] {
  if (bosTokenId === undefined) return ids;
  if (ids[0] === bosTokenId) return ids;
  return addsBos ? [bosTokenId, ...ids] : ids;
}

function strftimeFixed(format: string): string {
  return format.replace(/%[A-Za-z]/g, (code) => fixedDate[code] ?? code);
}
