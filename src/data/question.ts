import type { ChatMessage } from "./chat.ts";

/** A chat without the reply that closes it, as one text: equal for equal questions, whoever answers them how. */
export function questionKey(messages: readonly Pick<ChatMessage, "role" | "content">[]): string {
  const question = messages.at(-1)?.role === "assistant" ? messages.slice(0, -1) : messages;
  return JSON.stringify(question.map(({ role, content }) => [role, content]));
}
