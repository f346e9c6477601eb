import { UserError } from "../util/errors.ts";
import type { ChatMessage } from "./chat.ts";

/**
 * Where a prompt goes: before or after the user's text, into the system message, or in place of a marker that stands in
 * the user's text (`slot:{prompt}` replaces every "{prompt}").
 */
export type Placement = "prefix" | "suffix" | "system" | SlotPlacement;
export type SlotPlacement = `slot:${string}`;

export interface Insertion {
  /** The text to insert; empty leaves the messages as they are, but for slots, which it empties. */
  prompt: string;
  placement: Placement;
  /** Which user turns get it. @default "last"; of slots: every turn that has one */
  turn?: "first" | "last" | "every";
  /** Between the prompt and the user's text. @default " " */
  separator?: string;
}

/**
 * New messages with the prompt inserted; the input is never changed. A system prompt is appended to an existing one.
 *
 * @throws UserError where there is no slot to fill
 */
export function insertPrompt(messages: readonly ChatMessage[], insertion: Insertion): ChatMessage[] {
  const { prompt, placement, turn = "last", separator = " " } = insertion;
  if (isSlot(placement)) return fillSlots(messages, slotOf(placement), prompt);
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

export function isSlot(placement: Placement): placement is SlotPlacement {
  return placement.startsWith("slot:");
}

/** The marker that a placement's prompt takes the place of. */
export function slotOf(placement: SlotPlacement): string {
  return placement.slice("slot:".length);
}

/** The text with every slot filled. An empty prompt leaves no gap: white space on one side of the slot goes with it. */
export function fillSlot(text: string, slot: string, prompt: string): string {
  if (prompt !== "") return text.replaceAll(slot, () => prompt);
  const emptied = text
    .split(slot)
    .reduce((before, after) => (before === "" || /\s$/.test(before) ? before + after.trimStart() : before + after));
  return text.endsWith(slot) ? emptied.trimEnd() : emptied;
}

function fillSlots(messages: readonly ChatMessage[], slot: string, prompt: string): ChatMessage[] {
  const hasSlot = ({ role, content }: ChatMessage): boolean => role === "user" && content.includes(slot);
  if (!messages.some(hasSlot)) {
    const user = messages.find(({ role }) => role === "user")?.content ?? "";
    throw new UserError(
      `expected the slot ${JSON.stringify(slot)} in a user message, found none in ${JSON.stringify(user.slice(0, 80))}; put it where the prompt belongs`,
    );
  }
  return messages.map((message) =>
    hasSlot(message) ? { ...message, content: fillSlot(message.content, slot, prompt) } : message,
  );
}

function insertSystem(messages: readonly ChatMessage[], prompt: string): ChatMessage[] {
  const [first, ...rest] = messages;
  if (first?.role !== "system") return [{ role: "system", content: prompt }, ...messages];
  return [{ ...first, content: `${first.content}\n${prompt}` }, ...rest];
}
