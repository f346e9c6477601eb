import type { ChatMessage } from "../../data/chat.ts";
import { type FileMessage, textOf } from "../../data/files/dataRow.ts";
import { type Insertion, insertPrompt } from "../../data/insertion.ts";
import { UserError } from "../../util/errors.ts";
import type { AuditRow, ReadRow } from "./auditRow.ts";
import type { Measured, RowLength, TemplateFault } from "./tokens/rowLength.ts";
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
    ...(reply !== undefined && tokens && { measured: measure(messages, tokens, insertion) }),
  };
}

function measure(messages: readonly FileMessage[], tokens: TokenCounter, insertion: Insertion | undefined): Measured {
  const chat = messages.map((message): ChatMessage => {
    const { role, weight } = message;
    // Tools' messages are counted as a template takes them, or refuses them.
    const as = role === "developer" ? "system" : (role as ChatMessage["role"]);
    return { role: as, content: textOf(message), ...(weight !== undefined && { weight }) };
  });
  const plain = tokens.measure(chat);
  return insertion ? { plain, inserted: measureInserted(chat, tokens, insertion) } : { plain };
}

function measureInserted(chat: ChatMessage[], tokens: TokenCounter, insertion: Insertion): RowLength | TemplateFault {
  if (insertion.placement !== "system" && !chat.some(({ role }) => role === "user")) {
    return { check: "no-place", detail: "no message of the user" };
  }
  try {
    return tokens.measure(insertPrompt(chat, insertion));
  } catch (error) {
    // No slot to fill.
    if (!(error instanceof UserError)) throw error;
    return { check: "no-place", detail: error.message };
  }
}
