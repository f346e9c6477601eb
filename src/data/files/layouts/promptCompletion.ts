import { UserError } from "../../../util/errors.ts";
import type { FileMessage } from "../dataRow.ts";
import { describeValue } from "../describeValue.ts";
import type { Layout } from "../layout.ts";
import { refuseLoss } from "../refuseLoss.ts";
import { addSystemTo, readMessages, userTurnsOf, writeMessage } from "./fileMessages.ts";
import { textPair } from "./textPair.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * `{"prompt", "completion"}`: TRL's prompt-completion, as texts or as lists of messages; Together's instruction format
 * is the one with texts. A row without a completion asks only. Written as lists, which hold every chat.
 */
export const promptCompletion: Layout = {
  id: "prompt-completion",
  fields: ["prompt", "completion"],
  fits: ({ prompt }) => prompt !== undefined,
  read: (fields, where) => {
    const read = (name: "prompt" | "completion", role: FileMessage["role"]): FileMessage[] => {
      const part = fields[name];
      if (typeof part === "string") return [{ role, content: part }];
      if (name === "completion" && part === undefined) return [];
      if (Array.isArray(part)) return readMessages(part, name, where);
      const found = describeValue(part);
      throw new UserError(`${where}: ${name}: expected text or a list of messages, found ${found}`);
    };
    return [...read("prompt", "user"), ...read("completion", "assistant")];
  },
  userTurns: (fields) =>
    (["prompt", "completion"] as const).flatMap((name) => {
      const part = fields[name];
      if (typeof part === "string") return name === "prompt" ? [[{ path: [name], text: part }]] : [];
      return userTurnsOf(part, [name]);
    }),
  addSystem: ({ prompt }, text, where) => {
    if (Array.isArray(prompt)) return addSystemTo(prompt, ["prompt"], text);
    throw new UserError(`${where}: "prompt" is plain text and has no system message; use --placement prefix or suffix`);
  },
  write: (messages) => {
    const end = completionStart(messages);
    const [prompt, completion] = [messages.slice(0, end), messages.slice(end)].map((part) => part.map(writeMessage));
    return { prompt, ...(completion?.length !== 0 && { completion }) };
  },
};

/** The same with texts: one question and its answer. */
export const promptCompletionTexts: Layout = {
  ...promptCompletion,
  fits: ({ prompt }: Fields) => typeof prompt === "string",
  write: (messages, where, lose = refuseLoss) => {
    const { user, assistant } = textPair(messages, where, lose, "a pair of texts");
    return { prompt: user, ...(assistant !== undefined && { completion: assistant }) };
  },
};

/** The completion is what follows the last user message. */
function completionStart(messages: readonly FileMessage[]): number {
  const lastUser = messages.findLastIndex(({ role }) => role === "user");
  if (lastUser >= 0) return lastUser + 1;
  const reply = messages.findIndex(({ role }) => role === "assistant");
  return reply < 0 ? messages.length : reply;
}
