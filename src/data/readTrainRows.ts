import { UserError } from "../util/errors.ts";
import type { TrainRow } from "./chat.ts";
import { readChats } from "./readChats.ts";

/** All rows of a JSONL chat file, to train on. @throws UserError naming the line of a chat that ends without a reply to learn */
export async function readTrainRows(file: string): Promise<TrainRow[]> {
  const chats = await readChats(file);
  return chats.map(({ id, messages, where }) => {
    const end = messages.at(-1)?.role;
    if (end === "assistant") return { id, messages };
    throw new UserError(`${where}: expected the chat to end with the assistant's reply, found ${end}`);
  });
}
