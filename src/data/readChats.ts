import { UserError } from "../util/errors.ts";
import type { ChatMessage } from "./chat.ts";
import type { FileMessage } from "./files/dataRow.ts";
import { type ReadOptions, readDataFile } from "./files/readDataFile.ts";

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
      messages: messages.map((message, i) => plainMessage(message, `${where}: message ${i + 1}`)),
      where,
    });
  }
  return chats;
}

/** What the model itself can read. A developer's message counts as a system message. */
function plainMessage({ role, content, weight, rest }: FileMessage, where: string): ChatMessage {
  const refuse = (what: string): never => {
    throw new UserError(`${where} ${what}; the engine reads texts alone: leave these rows out`);
  };
  if (role === "tool") return refuse("has the role tool");
  const call = ["tool_calls", "function_call"].find((name) => (rest?.[name] ?? null) !== null);
  if (call !== undefined) return refuse(`has ${call}`);
  if (content === null) return refuse("has no content");
  const other = typeof content === "string" ? undefined : content.find(({ text }) => typeof text !== "string");
  if (other) return refuse(`has a part of type ${other.type}`);
  const text = typeof content === "string" ? content : content.map((part) => part.text).join("");
  return {
    role: role === "developer" ? "system" : role,
    content: text,
    ...(weight !== undefined && { weight }),
  };
}
