import type { Edit, Path } from "./container.ts";
import type { FileMessage, LayoutId } from "./dataRow.ts";

/** Where the text of one turn stands: one place, or several where a content is made of parts. */
export interface TextPlace {
  path: Path;
  text: string;
}

/** What a row holds and another way to store it cannot say. */
export interface Loss {
  /** `file:line`, or `file, row N`. */
  where: string;
  /** Names and indices that lead to it, with dots between. */
  field: string;
  /** Why it is lost. */
  why: string;
  /** How many rows lose it. @default 1 */
  rows?: number;
}

/** Told of every loss. Returns, and then the rest is written without it, or throws. */
export type Lose = (loss: Loss) => void;

/** One way in which a row says what was said. */
export interface Layout {
  id: LayoutId;
  /** The names of the row's own fields that this layout reads; the others are not its business and are kept. */
  fields: readonly string[];
  /** Those of `fields` that say nothing where they are empty (`""`, `null`, `[]`). */
  optional?: readonly string[];
  /** Whether the row is of this layout, judged by its fields alone. */
  fits(fields: Readonly<Record<string, unknown>>): boolean;
  /** @throws UserError naming place and field of what is not as it should be */
  read(fields: Readonly<Record<string, unknown>>, where: string): FileMessage[];
  /** Whether `read` takes more of this row's texts than whether they are empty. @default it doesn't */
  readsTexts?(fields: Readonly<Record<string, unknown>>): boolean;
  /** The texts of each user turn, in order; a turn without any text has an empty list. */
  userTurns(fields: Readonly<Record<string, unknown>>): TextPlace[][];
  /** Adds a system message, or appends to the one there is. @throws UserError where the layout has no place for it */
  addSystem(fields: Readonly<Record<string, unknown>>, text: string, where: string): Edit[];
  /** The row's own fields for these messages. @param lose what this layout cannot say; throws a `UserError` by default */
  write(messages: readonly FileMessage[], where: string, lose?: Lose): Record<string, unknown>;
}
