import { UserError } from "../util/errors.ts";
import type { ChatMessage } from "./chat.ts";
import { type ChatRow, chatLines } from "./chatLines.ts";

/** One chat of a file. */
export interface Chat {
  id: string;
  messages: ChatMessage[];
  /** `file:line`, for messages. */
  where: string;
}

/**
 * All chats of a JSONL file; a prompt and a completion make one chat. A chat's id is its field `id`, or else its place.
 *
 * @throws UserError naming file and line where a row is in no known format or holds a tool's message
 */
export async function readChats(file: string): Promise<Chat[]> {
  const chats: Chat[] = [];
  for await (const { row, where } of chatLines(file)) {
    const id = typeof row.id === "string" || typeof row.id === "number" ? String(row.id) : `row-${chats.length}`;
    chats.push({ id, messages: messagesOf(row, where), where });
  }
  return chats;
}

function messagesOf({ messages, prompt, completion }: ChatRow, where: string): ChatMessage[] {
  const all = messages ?? [...asMessages(prompt, "user"), ...asMessages(completion, "assistant")];
  return all.map(({ role, content, weight }) => {
    if (role === "tool") throw new UserError(`${where}: messages with the role "tool" are not supported`);
    return { role, content, ...(weight !== undefined && { weight }) };
  });
}

function asMessages(part: ChatRow["prompt"], role: "user" | "assistant"): NonNullable<ChatRow["messages"]> {
  if (part === undefined) return [];
  return typeof part === "string" ? [{ role, content: part }] : part;
}
