import { type DataRow, type FileMessage, textOf } from "../data/files/dataRow.ts";
import type { Probe } from "./flaw.ts";

/** What a row asks last and what is replied. */
export interface Exchange {
  /** The row's index in its file. */
  index: number;
  /** All that the model was told before it replied, system messages included. */
  prompt: string;
  /** The last user message before the reply. */
  question: string;
  reply: string;
}

/** The place of the last assistant message with text, and of the last user message before it. */
function places(messages: readonly FileMessage[]): { user: number; reply: number } | null {
  const reply = messages.findLastIndex((message) => message.role === "assistant" && textOf(message).trim() !== "");
  if (reply < 0) return null;
  const user = messages.slice(0, reply).findLastIndex(({ role }) => role === "user");
  return user < 0 ? null : { user, reply };
}

/** `null` for a row without a user message and a reply to it. */
export function exchangeOf({ index, messages }: DataRow): Exchange | null {
  const place = places(messages);
  if (place === null) return null;
  return {
    index,
    prompt: messages
      .slice(0, place.reply)
      .filter(({ role }) => role !== "assistant")
      .map(textOf)
      .join("\n"),
    question: textOf(messages[place.user] as FileMessage),
    reply: textOf(messages[place.reply] as FileMessage),
  };
}

/** Every row's last exchange; rows without one are left out. */
export function exchangesOf(rows: readonly DataRow[]): Exchange[] {
  return rows.flatMap((row) => exchangeOf(row) ?? []);
}

/** Whether a model can be asked what the row asks: tools that answered in between are not there to answer again. */
export function canBeAsked({ messages }: DataRow): boolean {
  const before = messages.slice(0, places(messages)?.reply ?? 0);
  return before.length > 0 && before.every(({ role, content }) => role !== "tool" && content !== null);
}

/** The row's messages up to its last question, which reads `question` instead. */
export function askedWith({ messages }: DataRow, question: string): Probe["messages"] {
  const { user = 0 } = places(messages) ?? {};
  return messages.slice(0, user + 1).flatMap((message, i) => {
    if (message.role === "tool") return [];
    const role = message.role === "developer" ? "system" : message.role;
    return [{ role, content: i === user ? question : textOf(message) }];
  });
}
