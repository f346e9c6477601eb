import { UserError } from "../../../util/errors.ts";
import type { FileMessage } from "../dataRow.ts";
import { describeValue } from "../describeValue.ts";
import type { Lose } from "../layout.ts";
import { isObject } from "./fileMessages.ts";
import { type LoseOf, loseAt, plainText } from "./plainText.ts";

/** Who speaks, in the spellings that one trainer or another reads. */
const roleOf: Readonly<Record<string, FileMessage["role"]>> = {
  system: "system",
  human: "user",
  user: "user",
  gpt: "assistant",
  assistant: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
  model: "assistant",
  function_call: "assistant",
  tool: "tool",
  observation: "tool",
};

/** How one trainer spells the roles. */
export interface Spelling {
  user: "human" | "user";
  assistant: "gpt" | "assistant";
  tool: "tool" | "observation";
}

/** Spellings that no trainer's own set has are kept as they are, in the message's field `from`. */
const usual = new Set(["system", "human", "user", "gpt", "assistant", "tool", "observation"]);

const layout = "a ShareGPT turn";

/** @throws UserError naming place and field */
export function readTurn(turn: unknown, field: string, where: string): FileMessage {
  const fail = (name: string, expected: string, found: unknown): never => {
    throw new UserError(`${where}: ${field}${name}: expected ${expected}, found ${describeValue(found)}`);
  };
  if (!isObject(turn)) return fail("", 'an object with "from" and "value"', turn);
  if ("role" in turn && "content" in turn && !("from" in turn)) {
    return fail("", '"from" and "value" (with "role" and "content" the list is called "messages")', turn);
  }
  const { from, value, weight, ...rest } = turn;
  const role = typeof from === "string" && Object.hasOwn(roleOf, from) ? roleOf[from] : undefined;
  if (role === undefined) return fail(".from", Object.keys(roleOf).join(", "), from);
  if (typeof value !== "string") return fail(".value", "text", value);
  if (typeof weight !== "number" && (weight ?? null) !== null) return fail(".weight", "a number", weight);
  const call = from === "function_call" ? readCalls(value) : undefined;
  const others = {
    ...(weight === null && { weight }),
    ...rest,
    ...call,
    ...(!call && !usual.has(from as string) && { from }),
  };
  return {
    role,
    content: call ? null : value,
    ...(typeof weight === "number" && { weight }),
    ...(Object.keys(others).length > 0 && { rest: others }),
  };
}

/** What the message says as a turn. */
export function writeTurn(
  message: FileMessage,
  index: number,
  spelling: Spelling,
  where: string,
  lose: Lose,
): Record<string, unknown> {
  const { role, weight, rest = {} } = message;
  const loseHere = loseAt(lose, where, index);
  const { from: ownSpelling, tool_calls: calls, value: _value, ...others } = rest;
  if ("value" in rest) loseHere(".value", `${layout} has a "value" of its own`);
  const end = { ...(weight !== undefined && { weight }), ...others };
  if ((calls ?? null) !== null) {
    const value = writeCalls(message, calls, loseHere);
    if (value !== undefined) return { from: "function_call", value, ...end };
  } else if ("tool_calls" in rest) {
    loseHere(".tool_calls", `${layout} has no such field`);
  }
  const value = plainText(message, loseHere, layout);
  if (role === "developer") loseHere(".role", `${layout} knows no developer; it becomes the system`);
  const spelled = role === "developer" || role === "system" ? "system" : spelling[role];
  const keeps = typeof ownSpelling === "string" && !usual.has(ownSpelling) && roleOf[ownSpelling] === role;
  if ("from" in rest && !keeps) loseHere(".from", `${layout} has a "from" of its own`);
  return { from: keeps ? ownSpelling : spelled, value, ...end };
}

/** `{"name": ..., "arguments": ...}` as it is usually written: the arguments' text is kept to the letter. */
const callPattern = /^\{"name": ("(?:[^"\\]|\\.)*"), "arguments": (\{[\s\S]*\})\}$/;

function readCalls(value: string): { tool_calls: unknown[] } | undefined {
  const [, name, text] = callPattern.exec(value) ?? [];
  if (name === undefined || text === undefined) return undefined;
  try {
    JSON.parse(text);
    return { tool_calls: [{ type: "function", function: { name: JSON.parse(name) as string, arguments: text } }] };
  } catch {
    // No JSON, so no call that could be told apart from text; it stays the turn's text.
    return undefined;
  }
}

/** The call as a turn's value; nothing where there is no way to say it. */
function writeCalls({ content }: FileMessage, calls: unknown, lose: LoseOf): string | undefined {
  const [call, ...more] = Array.isArray(calls) ? calls : [];
  const parts = isObject(call) ? call.function : undefined;
  const { name, arguments: text } = isObject(parts) ? parts : {};
  const said = typeof name === "string" && typeof text === "string";
  const value = said ? `{"name": ${JSON.stringify(name)}, "arguments": ${text}}` : "";
  if (!said || readCalls(value) === undefined) {
    lose(".tool_calls", `${layout} holds one call with a name and a JSON object of arguments`);
    return undefined;
  }
  if (more.length > 0) lose(".tool_calls", `${layout} holds one call, and here are ${more.length + 1}`);
  if (typeof content === "string" && content !== "") lose(".content", `${layout} holds a call or a text`);
  if (content === "") lose(".content", `${layout} with a call has no text, not even an empty one`);
  for (const key of Object.keys(call as object)) {
    if (key !== "function" && key !== "type") lose(`.tool_calls.0.${key}`, `${layout} has no such field`);
  }
  for (const key of Object.keys(parts as object)) {
    if (key !== "name" && key !== "arguments") lose(`.tool_calls.0.function.${key}`, `${layout} has no such field`);
  }
  return value;
}
