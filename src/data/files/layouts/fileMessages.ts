import { UserError } from "../../../util/errors.ts";
import type { Edit, Path } from "../container.ts";
import type { ContentPart, FileMessage } from "../dataRow.ts";
import { describeValue } from "../describeValue.ts";
import type { TextPlace } from "../layout.ts";

type Fields = Readonly<Record<string, unknown>>;

const roles = ["system", "developer", "user", "assistant", "tool"] as const;
const roleNames = new Set<unknown>(roles);
/** What an assistant message may hold instead of a content. */
const insteadOfContent = ["tool_calls", "function_call", "refusal", "audio"];

/** A list of messages with `role` and `content`. @param field the list's name @throws UserError naming place and field */
export function readMessages(list: unknown, field: string, where: string): FileMessage[] {
  if (!Array.isArray(list)) {
    throw new UserError(`${where}: ${field}: expected a list of messages, found ${describeValue(list)}`);
  }
  return list.map((message, i) => readMessage(message, `${field}.${i}`, where));
}

function readMessage(message: unknown, field: string, where: string): FileMessage {
  const fail = (name: string, expected: string, found: unknown): never => {
    throw new UserError(`${where}: ${field}${name}: expected ${expected}, found ${describeValue(found)}`);
  };
  if (!isObject(message)) return fail("", "a message with role and content", message);
  const { role, content, weight, ...rest } = message;
  if (!roleNames.has(role)) return fail(".role", roles.join(", "), role);
  const mayLack = role === "assistant" && insteadOfContent.some((name) => (rest[name] ?? null) !== null);
  const known = typeof content === "string" || isParts(content) || ((content ?? null) === null && mayLack);
  if (!known) return fail(".content", "text or a list of parts with a type", content);
  if (typeof weight !== "number" && (weight ?? null) !== null) return fail(".weight", "a number", weight);
  if (typeof weight === "number" && !(weight >= 0)) return fail(".weight", "a number of at least 0", weight);
  // A weight of null says nothing; it is kept as it stands.
  const others = weight === null ? { weight, ...rest } : rest;
  return {
    role: role as FileMessage["role"],
    content: (content ?? null) as FileMessage["content"],
    ...(typeof weight === "number" && { weight }),
    ...(content === undefined && { bare: true }),
    ...(Object.keys(others).length > 0 && { rest: others }),
  };
}

/** The message as an object with `role` and `content`. */
export function writeMessage({ role, content, weight, bare, rest = {} }: FileMessage): Record<string, unknown> {
  const own = {
    role,
    ...(content === null && bare ? {} : { content }),
    ...(weight !== undefined && { weight }),
  };
  // Names that are the message's own come first, and stay theirs.
  return { ...own, ...rest, ...own };
}

/** The texts of each user message of the list at `path`. */
export function userTurnsOf(list: unknown, path: Path): TextPlace[][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((message: Fields, i) =>
    message.role === "user" ? [textPlaces(message.content, [...path, i, "content"])] : [],
  );
}

function textPlaces(content: unknown, path: Path): TextPlace[] {
  if (typeof content === "string") return [{ path, text: content }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: ContentPart, i) =>
    typeof part.text === "string" ? [{ path: [...path, i, "text"], text: part.text }] : [],
  );
}

/** Adds a system message to the list at `path`, or appends to the one that it starts with. */
export function addSystemTo(list: readonly unknown[], path: Path, text: string): Edit[] {
  const first = list[0] as Fields | undefined;
  if (first?.role !== "system" && first?.role !== "developer") {
    return [{ kind: "insert", path, index: 0, value: { role: "system", content: text } }];
  }
  const content = [...path, 0, "content"];
  const last = textPlaces(first.content, content).at(-1);
  if (last) return [{ kind: "append", path: last.path, text: `\n${text}` }];
  const parts = Array.isArray(first.content) ? first.content.length : 0;
  return [{ kind: "insert", path: content, index: parts, value: { type: "text", text } }];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isParts(content: unknown): boolean {
  return Array.isArray(content) && content.every((part) => isObject(part) && typeof part.type === "string");
}
