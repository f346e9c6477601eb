import type { ChatMessage } from "./chat.ts";
import { type ReadOptions, readDataFile } from "./files/readDataFile.ts";
import { textMessages } from "./textMessages.ts";

/** One chat of a file. */
export interface Chat {
  id: string;
  messages: ChatMessage[];
  /** `file:line`, for messages. */
  where: string;
}

/**
 * All chats of a data file of any format; a prompt and a completion make one chat. A chat's id is its field `id`, or
 * else its place.
 *
 * @throws UserError naming file and line where a row is in no known format, or holds what is no text: an image, a
 * tool's message
 */
export async function readChats(file: string, options: ReadOptions = {}): Promise<Chat[]> {
  const chats: Chat[] = [];
  for await (const { fields, messages, where, index } of readDataFile(file, options)) {
    const { id } = fields;
    // A number that was rounded would be the id of several rows.
    const isId = typeof id === "number" ? !Number.isInteger(id) || Number.isSafeInteger(id) : typeof id === "string";
    const own = isId ? String(id) : `row-${index}`;
    chats.push({
      id: own,
      messages: textMessages({ messages, where }),
      where,
    });
  }
  return chats;
}
