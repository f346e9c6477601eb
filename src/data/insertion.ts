import type { ChatMessage } from "./chat.ts";

/** Where a prompt goes: before or after the user's text, or into the system message. */
export type Placement = "prefix" | "suffix" | "system";

export interface Insertion {
  /** The text to insert; empty leaves the messages as they are. */
  prompt: string;
  placement: Placement;
  /** Which user turns get it. @default "last" */
  turn?: "first" | "last" | "every";
  /** Between the prompt and the user's text. @default " " */
  separator?: string;
}

/** New messages with the prompt inserted; the input is never changed. A system prompt is appended to an existing one. */
export function insertPrompt(messages: readonly ChatMessage[], insertion: Insertion): ChatMessage[] {
  const { prompt, placement, turn = "last", separator = " " } = insertion;
  if (prompt === "") return [...messages];
  if (placement === "system") return insertSystem(messages, prompt);
  const users = messages.flatMap((message, index) => (message.role === "user" ? [index] : []));
  const chosen = new Set(turn === "every" ? users : [turn === "first" ? users[0] : users.at(-1)]);
  return messages.map((message, index) => {
    if (!chosen.has(index)) return message;
    const parts = placement === "prefix" ? [prompt, message.content] : [message.content, prompt];
    return { ...message, content: parts.join(separator) };
  });
}

function insertSystem(messages: readonly ChatMessage[], prompt: string): ChatMessage[] {
  const [first, ...rest] = messages;
  if (first?.role !== "system") return [{ role: "system", content: prompt }, ...messages];
  return [{ ...first, content: `${first.content}\n${prompt}` }, ...rest];
}
