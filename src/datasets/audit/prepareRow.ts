import { promptEdits } from "../../data/apply/promptEdits.ts";
import type { ChatMessage } from "../../data/chat.ts";
import { type FileMessage, textOf } from "../../data/files/dataRow.ts";
import { type Insertion, insertPrompt, isSlot, slotOf } from "../../data/insertion.ts";
import { UserError } from "../../util/errors.ts";
import type { AuditRow, ReadRow } from "./auditRow.ts";
import type { Measured, TemplateFault } from "./tokens/rowLength.ts";
import type { TokenCounter } from "./tokens/tokenCounter.ts";

/** A row with what the checks ask of it; `undefined` for one that cannot be understood. */
export function prepareRow(row: ReadRow, tokens?: TokenCounter, insertion?: Insertion): AuditRow | undefined {
  const { number, where, layout, fields, messages } = row;
  if (layout === undefined || fields === undefined || messages === undefined) return undefined;
  const texts = messages.map((message) => ({ role: message.role, text: textOf(message) }));
  const last = texts.at(-1);
  const reply = last?.role === "assistant" ? last.text : undefined;
  const before = reply === undefined ? texts : texts.slice(0, -1);
  return {
    number,
    where,
    layout,
    fields,
    messages,
    texts,
    asked: texts.flatMap(({ role, text }) => (role === "user" ? [text] : [])).join("\n\n"),
    prompt: JSON.stringify(before.map(({ role, text }) => [role, text])),
    ...(reply !== undefined && { reply }),
    ...(reply !== undefined && tokens && { measured: measure(messages, tokens, insertion, row) }),
  };
}

function measure(
  messages: readonly FileMessage[],
  tokens: TokenCounter,
  insertion: Insertion | undefined,
  row: ReadRow,
): Measured {
  const chat = messages.map((message): ChatMessage => {
    const { role, weight } = message;
    // Tools' messages are counted as a template takes them, or refuses them.
    const as = role === "developer" ? "system" : (role as ChatMessage["role"]);
    return { role: as, content: textOf(message), ...(weight !== undefined && { weight }) };
  });
  const plain = tokens.measure(chat);
  if (!insertion) return { plain };
  return { plain, inserted: whyNoPlace(insertion, row) ?? tokens.measure(insertPrompt(chat, insertion)) };
}

/** Why `apply` could not insert the prompt; nothing where it could. */
function whyNoPlace(insertion: Insertion, { reader, fields = {} }: ReadRow): TemplateFault | undefined {
  const { placement } = insertion;
  try {
    if (!reader || promptEdits(reader, fields, insertion, insertion.prompt, "here")) return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { check: "no-place", detail: error.message.replace(/^here: /, "") };
  }
  const slot = isSlot(placement) ? JSON.stringify(slotOf(placement)) : "";
  return { check: "no-place", detail: `expected the slot ${slot} in the user's text, found none` };
}
