import { UserError } from "../util/errors.ts";
import type { TrainRow } from "./chat.ts";
import type { ReadOptions } from "./files/readDataFile.ts";
import { readChats } from "./readChats.ts";

/** All rows of a data file, to train on. @throws UserError naming the line of a chat that ends without a reply to learn */
export async function readTrainRows(file: string, options: ReadOptions = {}): Promise<TrainRow[]> {
  const chats = await readChats(file, options);
  return chats.map(({ id, messages, where }) => {
    const end = messages.at(-1)?.role;
    if (end === "assistant") return { id, messages };
    throw new UserError(`${where}: expected the chat to end with the assistant's reply, found ${end ?? "no message"}`);
  });
}
