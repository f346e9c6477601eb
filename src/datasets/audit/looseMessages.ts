import type { LayoutId } from "../../data/files/dataRow.ts";
import type { RowFault } from "./auditRow.ts";

/** A message as it stands in a row, before anything is known of its types. `rest` is absent where it is no object. */
export interface LooseMessage {
  role?: unknown;
  content?: unknown;
  weight?: unknown;
  rest?: Record<string, unknown>;
}

type Found = { layout: LayoutId; messages: LooseMessage[] } | RowFault;

const shareGptRoles: Readonly<Record<string, string>> = {
  human: "user",
  user: "user",
  gpt: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
  model: "assistant",
  assistant: "assistant",
  system: "system",
  tool: "tool",
  observation: "tool",
};

/** The row's messages, in whatever layout they are, or what keeps them from being found. */
export function looseMessages(fields: Record<string, unknown>, columns?: Readonly<Record<string, string>>): Found {
  if (columns) return fromColumns(fields, columns);
  if ("messages" in fields) return list("messages", "messages", fields.messages, asMessage);
  if ("conversations" in fields) return list("sharegpt", "conversations", fields.conversations, asTurn);
  if ("prompt" in fields || "completion" in fields) return promptCompletion(fields);
  if ("instruction" in fields && "output" in fields) return alpaca(fields);
  const names = Object.keys(fields)
    .slice(0, 8)
    .map((name) => name.slice(0, 30));
  return {
    check: "unknown-layout",
    detail: `no "messages", "prompt" and "completion", "conversations" or "instruction" and "output"; fields: ${names.join(", ") || "none"}`,
  };
}

function list(layout: LayoutId, name: string, value: unknown, read: (item: unknown) => LooseMessage): Found {
  if (Array.isArray(value)) return { layout, messages: value.map(read) };
  const kind = value === null ? "null" : `a ${typeof value}`;
  return { check: "messages-type", detail: `"${name}" is ${kind}, expected a list of messages` };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asMessage(value: unknown): LooseMessage {
  if (!isObject(value)) return {};
  const { role, content, weight, ...rest } = value;
  return { role, content, ...(weight !== undefined && { weight }), rest };
}

function asTurn(value: unknown): LooseMessage {
  if (!isObject(value)) return {};
  const { from, value: content, weight, ...rest } = value;
  const role = typeof from === "string" ? (shareGptRoles[from] ?? from) : from;
  return { role, content, ...(weight !== undefined && { weight }), rest };
}

function promptCompletion({ prompt, completion }: Record<string, unknown>): Found {
  const part = (value: unknown, role: "user" | "assistant"): LooseMessage[] => {
    if (Array.isArray(value)) return value.map(asMessage);
    return value === undefined && role === "assistant" ? [] : [{ role, content: value, rest: {} }];
  };
  return { layout: "prompt-completion", messages: [...part(prompt, "user"), ...part(completion, "assistant")] };
}

function alpaca({ instruction, input, output, system }: Record<string, unknown>): Found {
  const asked = typeof input === "string" && input !== "" ? `${String(instruction)}\n\n${input}` : instruction;
  return {
    layout: "alpaca",
    messages: [
      ...(typeof system === "string" && system !== "" ? [{ role: "system", content: system, rest: {} }] : []),
      { role: "user", content: asked, rest: {} },
      { role: "assistant", content: output, rest: {} },
    ],
  };
}

function fromColumns(fields: Record<string, unknown>, columns: Readonly<Record<string, string>>): Found {
  const missing = Object.values(columns).find((name) => !(name in fields));
  if (missing !== undefined) return { check: "unknown-layout", detail: `no column "${missing}"` };
  const messages = ["system", "user", "assistant"].flatMap((role): LooseMessage[] => {
    const name = columns[role];
    if (name === undefined || (role === "system" && !fields[name])) return [];
    const value = fields[name];
    return [{ role, content: typeof value === "number" ? String(value) : value, rest: {} }];
  });
  return { layout: "prompt-completion", messages };
}
