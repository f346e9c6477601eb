import { UserError } from "../../../util/errors.ts";
import type { FileMessage } from "../dataRow.ts";
import { describeValue } from "../describeValue.ts";
import type { Layout } from "../layout.ts";
import { refuseLoss } from "../refuseLoss.ts";
import { textPair } from "./textPair.ts";

/** Which column holds what: `user`, and usually `assistant` and `system`. */
export type Columns = Readonly<Record<string, string>>;

const parts = ["system", "user", "assistant"] as const;

/**
 * A row of texts in columns of any names: one question and its answer. An empty system text counts as absent.
 *
 * @throws UserError where the map names other parts, or not the user's
 */
export function columnLayout(columns: Columns): Layout {
  const unknown = Object.keys(columns).find((part) => !(parts as readonly string[]).includes(part));
  if (unknown !== undefined) throw new UserError(`columns: expected ${parts.join(", ")}, found "${unknown}"`);
  const { user, assistant, system } = columns;
  if (user === undefined) throw new UserError("columns: expected at least user=NAME, the column of the user's text");
  if (new Set(Object.values(columns)).size < Object.keys(columns).length) {
    throw new UserError("columns: expected different columns, found one twice");
  }
  return {
    id: "prompt-completion",
    fields: Object.values(columns),
    ...(system !== undefined && { optional: [system] }),
    fits: (fields) => fields[user] !== undefined,
    read: (fields, where) => {
      const textIn = (column: string | undefined, role: FileMessage["role"]): FileMessage[] => {
        if (column === undefined) return [];
        const value = fields[column];
        if (role === "system" && (value ?? "") === "") return [];
        if (typeof value === "string") return [{ role, content: value }];
        if (value === undefined && role === "assistant") return [];
        throw new UserError(`${where}: ${column}: expected the ${role}'s text, found ${describeValue(value)}`);
      };
      return [...textIn(system, "system"), ...textIn(user, "user"), ...textIn(assistant, "assistant")];
    },
    userTurns: (fields) => [[{ path: [user], text: fields[user] as string }]],
    addSystem: (fields, text, where) => {
      if (system === undefined) {
        throw new UserError(
          `${where}: there is no column for the system message; name one with --columns system=NAME, or use --placement prefix or suffix`,
        );
      }
      const there = fields[system];
      if (typeof there !== "string") return [{ kind: "add", name: system, value: text }];
      return [{ kind: "append", path: [system], text: there === "" ? text : `\n${text}` }];
    },
    write: (messages, where, lose = refuseLoss) => {
      const pair = textPair(messages, where, lose, "a row of columns", system !== undefined);
      if (pair.system === "") lose({ where, field: "messages.0", why: "an empty system column counts as absent" });
      return {
        ...(system !== undefined && pair.system && { [system]: pair.system }),
        [user]: pair.user,
        ...(assistant !== undefined && pair.assistant !== undefined && { [assistant]: pair.assistant }),
      };
    },
  };
}
