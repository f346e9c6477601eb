import { UserError } from "../../../util/errors.ts";
import type { Layout } from "../layout.ts";
import { type Columns, columnLayout } from "./columnLayout.ts";
import { layouts } from "./layouts.ts";
import { adviceOn } from "./otherRows.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The layout of a row, by its fields. Nothing where it is in none of those that are known. */
export function detectLayout(fields: Fields): Layout | undefined {
  return Object.values(layouts).find(({ fits }) => fits(fields));
}

/** Names of columns that say by themselves what they hold: the user's, and the assistant's. */
const usualPairs = [
  ["prompt", "completion"],
  ["question", "answer"],
  ["instruction", "output"],
  ["input", "output"],
  ["user", "assistant"],
  ["prompt", "response"],
] as const;

/** The layout of a table's row, by the names of its columns: one of those of JSON rows, or two columns of usual names. */
export function detectTableLayout(fields: Fields): Layout | undefined {
  const own = detectLayout(fields);
  const asTexts = own?.id !== "prompt-completion" || typeof fields.prompt !== "string";
  if (own && asTexts) return own;
  const columns = usualColumns(fields);
  return columns ? columnLayout(columns) : own;
}

function usualColumns(fields: Fields): Columns | undefined {
  const pair = usualPairs.find(([user, assistant]) => fields[user] !== undefined && fields[assistant] !== undefined);
  if (!pair) return undefined;
  const [user, assistant] = pair;
  return { ...(fields.system !== undefined && { system: "system" }), user, assistant };
}

/** @throws UserError: the row at `where` is in no known layout. */
export function noLayout(fields: Fields, where: string): never {
  const names = Object.keys(fields).join(", ") || "none";
  const advice = adviceOn(fields);
  throw new UserError(
    `${where}: expected messages, prompt and completion, conversations, or instruction and output; found the fields ` +
      `${names}${advice === undefined ? "" : `: ${advice}`}. ` +
      "If two of them hold question and answer, name them: --columns user=NAME,assistant=NAME",
  );
}
