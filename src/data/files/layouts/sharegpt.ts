import { UserError } from "../../../util/errors.ts";
import type { Edit } from "../container.ts";
import type { FileMessage } from "../dataRow.ts";
import { describeValue } from "../describeValue.ts";
import type { Layout, Lose } from "../layout.ts";
import { refuseLoss } from "../refuseLoss.ts";
import { isObject } from "./fileMessages.ts";
import { readTurn, type Spelling, writeTurn } from "./sharegptTurns.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * `{"conversations": [{"from", "value"}]}`, roles human, gpt, system, tool, function_call, observation or as in
 * `sharegptTurns.ts`. A `system` column counts as a first system message; an empty one as absent. A column `tools` is
 * not read and stays as it is. Written as Axolotl reads it.
 */
export const sharegpt: Layout = sharegptWritten({ user: "human", assistant: "gpt", tool: "tool" }, false);

/** The same as LLaMA-Factory reads it: the system message in a column. */
export const sharegptWithSystem: Layout = sharegptWritten(
  { user: "human", assistant: "gpt", tool: "observation" },
  true,
);

/** The same with the roles user and assistant, as Qwen's own scripts read it. */
export const sharegptUserAssistant: Layout = sharegptWritten(
  { user: "user", assistant: "assistant", tool: "tool" },
  false,
);

function sharegptWritten(spelling: Spelling, systemColumn: boolean): Layout {
  return {
    id: "sharegpt",
    fields: ["conversations", "system"],
    optional: ["system"],
    fits: ({ conversations }) => conversations !== undefined,
    read,
    // A call is told by its text.
    readsTexts: ({ conversations }) =>
      Array.isArray(conversations) && conversations.some((turn) => isObject(turn) && turn.from === "function_call"),
    userTurns: ({ conversations }) =>
      (conversations as Fields[]).flatMap(({ from, value }, i) =>
        from === "human" || from === "user" ? [[{ path: ["conversations", i, "value"], text: value as string }]] : [],
      ),
    addSystem,
    write: (messages, where, lose = refuseLoss) => write(messages, where, lose, spelling, systemColumn),
  };
}

function read({ conversations, system }: Fields, where: string): FileMessage[] {
  if (!Array.isArray(conversations)) {
    const found = describeValue(conversations);
    throw new UserError(`${where}: conversations: expected a list of turns, found ${found}`);
  }
  if (typeof system !== "string" && (system ?? null) !== null) {
    throw new UserError(`${where}: system: expected text, found ${describeValue(system)}`);
  }
  const turns = conversations.map((turn, i) => readTurn(turn, `conversations.${i}`, where));
  return system ? [{ role: "system", content: system as string }, ...turns] : turns;
}

function addSystem({ conversations, system }: Fields, text: string): Edit[] {
  if (typeof system === "string") {
    return [{ kind: "append", path: ["system"], text: system === "" ? text : `\n${text}` }];
  }
  const [first] = conversations as unknown[];
  if (isObject(first) && first.from === "system") {
    return [{ kind: "append", path: ["conversations", 0, "value"], text: `\n${text}` }];
  }
  return [{ kind: "insert", path: ["conversations"], index: 0, value: { from: "system", value: text } }];
}

function write(
  messages: readonly FileMessage[],
  where: string,
  lose: Lose,
  spelling: Spelling,
  systemColumn: boolean,
): Record<string, unknown> {
  const turns = messages.map((message, i) => writeTurn(message, i, spelling, where, lose));
  const [first, ...others] = turns;
  const plain = first?.from === "system" && first.value !== "" && Object.keys(first).length === 2;
  return systemColumn && plain ? { conversations: others, system: first.value } : { conversations: turns };
}
