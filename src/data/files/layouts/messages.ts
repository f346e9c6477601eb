import type { Layout } from "../layout.ts";
import { addSystemTo, readMessages, userTurnsOf, writeMessage } from "./fileMessages.ts";

/**
 * `{"messages": [{"role", "content", ...}]}`: OpenAI's chat format, with a `weight` of assistant messages, tool calls
 * beside a content of null and contents made of parts; TRL's and Together's are the same.
 */
export const messages: Layout = {
  id: "messages",
  fields: ["messages"],
  fits: (fields) => fields.messages !== undefined,
  read: (fields, where) => readMessages(fields.messages, "messages", where),
  userTurns: (fields) => userTurnsOf(fields.messages, ["messages"]),
  addSystem: (fields, text) => addSystemTo(fields.messages as unknown[], ["messages"], text),
  write: (list) => ({ messages: list.map(writeMessage) }),
};
