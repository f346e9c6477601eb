import { UserError } from "../../../util/errors.ts";
import type { Edit } from "../container.ts";
import type { FileMessage } from "../dataRow.ts";
import { describeValue } from "../describeValue.ts";
import type { Layout, Lose } from "../layout.ts";
import { refuseLoss } from "../refuseLoss.ts";
import { loseAt, loseRest, plainText } from "./plainText.ts";

type Fields = Readonly<Record<string, unknown>>;
const name = "the Alpaca layout";

/**
 * `{"instruction", "input", "output"}` with an optional `system` and a `history` of pairs, as LLaMA-Factory reads it:
 * the user's text is the instruction and, on a new line, the input. Empty optional fields count as absent.
 */
export const alpaca: Layout = {
  id: "alpaca",
  fields: ["instruction", "input", "output", "system", "history"],
  optional: ["input", "system", "history"],
  fits: ({ instruction }) => instruction !== undefined,
  read: (fields, where) => {
    const text = (field: string): string => textIn(fields, field, where);
    const instruction = text("instruction");
    const content = [instruction, text("input")].filter((part) => part !== "").join("\n");
    const system = text("system");
    return [
      ...(system === "" ? [] : [{ role: "system" as const, content: system }]),
      ...readHistory(fields.history, where),
      { role: "user", content },
      ...(fields.output === undefined ? [] : [{ role: "assistant" as const, content: text("output") }]),
    ];
  },
  userTurns: (fields) => {
    const history = Array.isArray(fields.history) ? fields.history : [];
    const last = ["instruction", "input"].flatMap((field) => {
      const text = fields[field];
      return typeof text === "string" && (text !== "" || field === "instruction") ? [{ path: [field], text }] : [];
    });
    return [...history.map(([text], i) => [{ path: ["history", i, 0], text }]), last];
  },
  addSystem: ({ system }, text): Edit[] => {
    if (typeof system !== "string") return [{ kind: "add", name: "system", value: text }];
    return [{ kind: "append", path: ["system"], text: system === "" ? text : `\n${text}` }];
  },
  write: (messages, where, lose = refuseLoss) => {
    const [system, turns] = splitSystem(messages, where, lose);
    const pairs = pairUp(turns, where, lose);
    if (pairs.length === 0) lose({ where, field: "messages", why: `${name} needs a user message, and there is none` });
    const [question, answer] = pairs.pop() ?? [""];
    return {
      instruction: question,
      ...(answer !== undefined && { output: answer }),
      ...(system !== undefined && { system }),
      ...(pairs.length > 0 && { history: pairs }),
    };
  },
};

function textIn(fields: Fields, field: string, where: string): string {
  const value = fields[field];
  if (typeof value === "string") return value;
  if ((value ?? null) === null && alpaca.optional?.includes(field)) return "";
  throw new UserError(`${where}: ${field}: expected text, found ${describeValue(value)}`);
}

function readHistory(history: unknown, where: string): FileMessage[] {
  if ((history ?? null) === null) return [];
  const fail = (field: string, found: unknown): never => {
    throw new UserError(`${where}: ${field}: expected pairs of two texts, found ${describeValue(found)}`);
  };
  if (!Array.isArray(history)) return fail("history", history);
  return history.flatMap((pair: unknown, i): FileMessage[] => {
    if (!Array.isArray(pair) || pair.length !== 2) return fail(`history.${i}`, pair);
    const [user, assistant] = pair as unknown[];
    if (typeof user !== "string" || typeof assistant !== "string") return fail(`history.${i}`, pair);
    return [
      { role: "user", content: user },
      { role: "assistant", content: assistant },
    ];
  });
}

/** A turn's place among the messages, with its text. */
interface Turn {
  index: number;
  role: "user" | "assistant";
  text: string;
}

/** The system text, which may stand first only, and the turns; other messages are lost. */
function splitSystem(messages: readonly FileMessage[], where: string, lose: Lose): [string | undefined, Turn[]] {
  let system: string | undefined;
  const turns: Turn[] = [];
  messages.forEach((message, index) => {
    const loseHere = loseAt(lose, where, index);
    const { role } = message;
    const isSystem = role === "system" || role === "developer";
    if (role === "tool" || (isSystem && index > 0)) {
      loseHere("", `${name} has no place for this ${role} message`);
      return;
    }
    loseRest(message, loseHere, name);
    const text = plainText(message, loseHere, name);
    if (!isSystem) {
      turns.push({ index, role, text });
      return;
    }
    if (role === "developer") loseHere(".role", `${name} knows no developer; it becomes the system`);
    if (text === "") loseHere("", `${name} has no empty system message`);
    else system = text;
  });
  return [system, turns];
}

/** Pairs of a user's text and its reply; the last may lack the reply. */
function pairUp(turns: readonly Turn[], where: string, lose: Lose): [user: string, assistant?: string][] {
  const pairs: [string, string?][] = [];
  turns.forEach(({ index, role, text }, i) => {
    const before = turns[i - 1]?.role;
    const inTurn = role === "user" ? i === 0 || before === "assistant" : before === "user";
    const last = pairs.at(-1);
    if (!inTurn) {
      const why = `${name} takes user and assistant by turns, user first`;
      lose({ where, field: `messages.${index}`, why });
    }
    if (role === "user" && !inTurn) pairs.pop();
    if (role === "user") pairs.push([text]);
    else if (last?.length === 1) last.push(text);
  });
  return pairs;
}
