import { UserError } from "../../util/errors.ts";
import type { FileMessage } from "../files/dataRow.ts";
import type { Layout } from "../files/layout.ts";
import { alpaca } from "../files/layouts/alpaca.ts";
import { type Columns, columnLayout } from "../files/layouts/columnLayout.ts";
import { messages } from "../files/layouts/messages.ts";
import { promptCompletion, promptCompletionTexts } from "../files/layouts/promptCompletion.ts";
import { sharegpt, sharegptUserAssistant, sharegptWithSystem } from "../files/layouts/sharegpt.ts";

/** What a file can be converted to: a layout as one trainer or provider reads it. */
export interface Format {
  id: string;
  layout: Layout;
  /** Whether a row of the layout is already as this format has it. @default what the layout would write itself */
  holds?: (fields: Readonly<Record<string, unknown>>) => boolean;
  /** Roles that it does not know; such a message becomes the system's. */
  unknownRoles?: readonly FileMessage["role"][];
}

const layoutsOf = {
  openai: messages,
  trl: messages,
  together: messages,
  "trl-prompt": promptCompletion,
  "together-instruction": promptCompletionTexts,
  axolotl: sharegpt,
  sharegpt,
  "llama-factory": sharegptWithSystem,
  qwen: sharegptUserAssistant,
  alpaca,
} as const;

/** Names for `--to`. `columns` is a table's: texts in columns of one's own names. */
export const formatIds = [...(Object.keys(layoutsOf) as (keyof typeof layoutsOf)[]), "columns"] as const;
export type FormatId = (typeof formatIds)[number];

/** The columns of the format `columns`, where none are named. */
const usualColumns: Columns = { system: "system", user: "user", assistant: "assistant" };

/** @param columns for the format `columns`: which column holds what */
export function formatOf(id: FormatId, columns: Columns | undefined): Format {
  if (id === "columns") return { id, layout: columnLayout(columns ?? usualColumns) };
  if (columns) throw new UserError(`columns can be named for the format columns, and this is ${id}`);
  const layout = layoutsOf[id];
  const holds = holdsOf.get(layout);
  return { id, layout, ...(holds && { holds }), ...(id === "together" && { unknownRoles: ["developer"] }) };
}

/** Layouts of which a row can be told at a glance to be as it should. */
const holdsOf = new Map<Layout, NonNullable<Format["holds"]>>([
  [messages, () => true],
  [alpaca, () => true],
  [promptCompletion, ({ prompt, completion }) => typeof prompt !== "string" && typeof completion !== "string"],
  [
    promptCompletionTexts,
    ({ prompt, completion = "" }) => typeof prompt === "string" && typeof completion === "string",
  ],
]);

/** All ways in which rows of a layout may have been written. */
export function writtenAs({ id }: Layout): readonly Layout[] {
  const all: readonly Layout[] = Object.values(layoutsOf);
  return [...new Set(all.filter((layout) => layout.id === id))];
}
