import { UserError } from "../util/errors.ts";
import type { ChatMessage } from "./chat.ts";
import type { DataRow, FileMessage } from "./files/dataRow.ts";

/**
 * A row's messages as a model reads them: texts alone. A developer's message counts as a system message.
 *
 * @throws UserError naming the place of what is no text: an image, a tool's message
 */
export function textMessages({ messages, where }: Pick<DataRow, "messages" | "where">): ChatMessage[] {
  return messages.map((message, index) => plainMessage(message, `${where}: message ${index + 1}`));
}

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
