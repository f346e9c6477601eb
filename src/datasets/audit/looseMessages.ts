/** A message as it stands in a row, before anything is known of its types. `rest` is absent where it is no object. */
export interface LooseMessage {
  role?: unknown;
  content?: unknown;
  rest?: Record<string, unknown>;
}

type Found = LooseMessage[] | { check: string; detail: string };

/** Spellings of roles in `from`, which stand for one of ours. */
const speakers: Readonly<Record<string, string>> = {
  human: "user",
  gpt: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
  model: "assistant",
  function_call: "assistant",
  observation: "tool",
};

/** The messages of a row that readers refuse, so that each can be looked at; or what keeps them from being found. */
export function looseMessages(fields: Record<string, unknown>): Found {
  if (fields.messages !== undefined) return list("messages", fields.messages, "role", "content");
  if (fields.conversations !== undefined) return list("conversations", fields.conversations, "from", "value");
  return (["prompt", "completion", "instruction", "input", "output", "system"] as const).flatMap((name) => {
    const value = fields[name];
    if (value === undefined) return [];
    const found = Array.isArray(value) ? list(name, value, "role", "content") : undefined;
    const role = name === "completion" || name === "output" ? "assistant" : "user";
    return Array.isArray(found) ? found : [{ role, content: value, rest: {} }];
  });
}

function list(name: string, value: unknown, role: string, content: string): Found {
  if (!Array.isArray(value)) {
    const kind = value === null ? "null" : `a ${typeof value}`;
    return { check: "messages-type", detail: `"${name}" is ${kind}, expected a list of messages` };
  }
  return (value as unknown[]).map((message): LooseMessage => {
    if (typeof message !== "object" || message === null || Array.isArray(message)) return {};
    const { [role]: speaker, [content]: text, ...rest } = message as Record<string, unknown>;
    const known = role === "from" && typeof speaker === "string" ? speakers[speaker] : undefined;
    return { role: known ?? speaker, content: text, rest };
  });
}
