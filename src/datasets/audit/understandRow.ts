import type { FileMessage, LayoutId } from "../../data/files/dataRow.ts";
import type { ReadRow, RowFault } from "./auditRow.ts";
import { type LooseMessage, looseMessages } from "./looseMessages.ts";

/** Which column of a table holds what, e.g. `{ user: "question", assistant: "answer" }`. */
export type Columns = Readonly<Record<string, string>>;

const roles: readonly unknown[] = ["system", "developer", "user", "assistant", "tool"];

/** Reads a row in whatever layout it is, and says all that is wrong with its form. */
export function understandRow(value: unknown, columns?: Columns): Omit<ReadRow, "number" | "where"> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { faults: [{ check: "bad-json", detail: `expected a JSON object, found ${kindOf(value)}` }] };
  }
  const fields = value as Record<string, unknown>;
  const found = looseMessages(fields, columns);
  if ("detail" in found) return { faults: [found], fields };
  const { layout, messages } = found;
  const form = messages.flatMap((message, index) => formFaults(message, `${layout} ${index + 1}`));
  if (messages.length === 0) form.push({ check: "empty-messages", detail: "an empty list of messages" });
  if (form.length > 0) return { faults: form, layout, fields };
  const good = messages as FileMessage[];
  return { faults: [...orderFaults(good), ...weightFaults(messages)], layout, fields, messages: good };
}

/** What is wrong with a message taken alone, so that it cannot be understood. */
function formFaults({ role, content, rest }: LooseMessage, place: string): RowFault[] {
  if (rest === undefined) return [{ check: "bad-message", detail: `message ${place}: expected an object` }];
  const faults: RowFault[] = [];
  if (!roles.includes(role)) {
    const came = typeof role === "string" ? JSON.stringify(role.slice(0, 20)) : kindOf(role);
    faults.push({ check: "unknown-role", detail: `message ${place}: role ${came}` });
  }
  if (content === undefined || content === null) {
    if (rest.tool_calls === undefined && rest.function_call === undefined)
      faults.push({ check: "missing-content", detail: `message ${place}: no content` });
  } else if (typeof content !== "string" && !isParts(content)) {
    faults.push({ check: "content-type", detail: `message ${place}: content is ${kindOf(content)}` });
  }
  return faults;
}

function isParts(content: unknown): boolean {
  const isPart = (part: unknown): boolean => {
    const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
    return typeof type === "string" && (text === undefined ? type !== "text" : typeof text === "string");
  };
  return Array.isArray(content) && content.length > 0 && content.every(isPart);
}

function orderFaults(messages: readonly FileMessage[]): RowFault[] {
  const order = (detail: string): RowFault => ({ check: "role-order", detail });
  const faults: RowFault[] = [];
  const said = messages.filter(({ role }) => role !== "system" && role !== "developer");
  const isSystem = ({ role }: FileMessage): boolean => role === "system" || role === "developer";
  if (messages.some((message, index) => index > 0 && isSystem(message)))
    faults.push(order("a system message that is not the first message"));
  if (said.some(({ role }, index) => role === "assistant" && said[index + 1]?.role === "assistant"))
    faults.push(order("two messages of the assistant in a row"));
  const [user, assistant] = ["user", "assistant"].map((role) => said.findIndex((message) => message.role === role));
  if (user === -1) faults.push(order("no message of the user"));
  else if (assistant !== -1 && (assistant as number) < (user as number))
    faults.push(order("the assistant speaks before the user"));
  const end = messages.at(-1)?.role;
  if (end !== "assistant") faults.push({ check: "no-reply", detail: `ends with the role ${end}` });
  return faults;
}

function weightFaults(messages: readonly LooseMessage[]): RowFault[] {
  return messages.flatMap(({ role, weight }, index) => {
    if (weight === undefined || weight === null) return [];
    const place = `message ${index + 1}`;
    if (weight !== 0 && weight !== 1) return [{ check: "bad-weight", detail: `${place}: weight ${kindOf(weight)}` }];
    return role === "assistant" ? [] : [{ check: "bad-weight", detail: `${place}: a weight on the role ${role}` }];
  });
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return value === null ? "null" : "missing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a text" : String(value);
}

export type { LayoutId };
