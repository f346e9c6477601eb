import type { FileMessage } from "../../data/files/dataRow.ts";
import type { Layout } from "../../data/files/layout.ts";
import { adviceOn } from "../../data/files/layouts/otherRows.ts";
import { UserError } from "../../util/errors.ts";
import type { ReadRow, RowFault } from "./auditRow.ts";
import { type LooseMessage, looseMessages } from "./looseMessages.ts";
import { orderFaults } from "./orderFaults.ts";
import { secretIn } from "./secrets.ts";

type Understood = Omit<ReadRow, "number" | "where">;

/**
 * Reads a row as training would, and says all that is wrong with its form where that fails.
 *
 * @param layoutOf the layout of a row, by its fields
 */
export function understandRow(
  value: unknown,
  layoutOf: (fields: Readonly<Record<string, unknown>>) => Layout | undefined,
): Understood {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { faults: [{ check: "bad-json", detail: `expected a JSON object, found ${kindOf(value)}` }] };
  }
  const fields = value as Record<string, unknown>;
  const layout = layoutOf(fields);
  if (layout === undefined) {
    const names = Object.keys(fields);
    const advice = adviceOn(fields);
    const detail = advice ?? `the fields are ${names.slice(0, 8).join(", ") || "none"}`;
    return { faults: [{ check: "unknown-layout", detail }], fields };
  }
  const known = { layout: layout.id, reader: layout, fields };
  try {
    const messages = layout.read(fields, "here");
    if (messages.length === 0) return { ...known, faults: [emptyMessages] };
    return { ...known, messages, faults: [...advised(orderFaults(messages), fields), ...weightFaults(messages)] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const faults = looseFaults(fields);
    // What the message quotes of a value is cut, and so may be a part of a secret.
    const holdsSecret = secretIn(JSON.stringify(fields)) !== undefined;
    const detail = holdsSecret ? "a field of an unexpected type" : error.message.replace(/^here: /, "");
    const refused = { check: "bad-message", detail };
    return { ...known, faults: faults.length > 0 ? faults : [refused] };
  }
}

/** A row without a reply may hold it elsewhere. */
function advised(faults: RowFault[], fields: Record<string, unknown>): RowFault[] {
  return faults.map((fault) => {
    const advice = fault.check === "no-reply" ? adviceOn(fields) : undefined;
    return advice === undefined ? fault : { ...fault, detail: advice };
  });
}

const emptyMessages: RowFault = { check: "empty-messages", detail: "an empty list of messages" };

/** What is wrong with the messages of a row that readers refuse, each taken alone. */
function looseFaults(fields: Record<string, unknown>): RowFault[] {
  const found = looseMessages(fields);
  return Array.isArray(found)
    ? found.flatMap((message, index) => messageFaults(message, `message ${index + 1}`))
    : [found];
}

const roles: readonly unknown[] = ["system", "developer", "user", "assistant", "tool"];

function messageFaults({ role, content, rest }: LooseMessage, place: string): RowFault[] {
  if (rest === undefined) return [{ check: "bad-message", detail: `${place}: expected an object` }];
  const faults: RowFault[] = [];
  if (!roles.includes(role)) {
    const came = typeof role === "string" ? JSON.stringify(role) : kindOf(role);
    faults.push({ check: "unknown-role", detail: `${place}: role ${came}` });
  }
  if (content === undefined || content === null) {
    const calls = role === "assistant" && (rest.tool_calls ?? rest.function_call) !== undefined;
    if (!calls) faults.push({ check: "missing-content", detail: `${place}: no content` });
  } else if (typeof content !== "string" && !isParts(content)) {
    faults.push({ check: "content-type", detail: `${place}: content is ${kindOf(content)}` });
  }
  const { weight } = rest;
  if (weight !== undefined && weight !== null && weight !== 0 && weight !== 1) {
    faults.push({ check: "bad-weight", detail: `${place}: weight ${kindOf(weight)}` });
  }
  return faults;
}

function isParts(content: unknown): boolean {
  return (
    Array.isArray(content) && content.every((part) => typeof (part as { type?: unknown } | null)?.type === "string")
  );
}

function weightFaults(messages: readonly FileMessage[]): RowFault[] {
  return messages.flatMap(({ role, weight }, index) => {
    if (weight === undefined) return [];
    const place = `message ${index + 1}`;
    if (weight !== 0 && weight !== 1) return [{ check: "bad-weight", detail: `${place}: weight ${weight}` }];
    return role === "assistant" ? [] : [{ check: "bad-weight", detail: `${place}: a weight on the role ${role}` }];
  });
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return value === null ? "null" : "missing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a text" : String(value);
}
