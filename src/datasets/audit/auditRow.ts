import type { FileMessage, LayoutId } from "../../data/files/dataRow.ts";
import type { Layout } from "../../data/files/layout.ts";
import type { Measured } from "./tokens/rowLength.ts";

/** Something that breaks a row's form. */
export interface RowFault {
  check: string;
  /** What was expected, and what came. */
  detail: string;
}

/** A row as it was read, however broken. */
export interface ReadRow {
  /** From 1, among the file's rows. */
  number: number;
  /** `file:line`, or `file, row N` where there are no lines. */
  where: string;
  faults: RowFault[];
  layout?: LayoutId;
  /** What reads it: of a table it knows the columns' names. */
  reader?: Layout;
  fields?: Record<string, unknown>;
  /** Absent where the row cannot be understood. */
  messages?: FileMessage[];
}

/** A row that can be understood, with what most checks ask of it. */
export interface AuditRow {
  number: number;
  where: string;
  layout: LayoutId;
  fields: Record<string, unknown>;
  messages: FileMessage[];
  /** The messages' texts, in order. */
  texts: { role: FileMessage["role"]; text: string }[];
  /** What the user says, all turns together. */
  asked: string;
  /** All that stands before the last reply, roles included: equal where the model sees the same. */
  prompt: string;
  /** The text of the last message if it is the assistant's. */
  reply?: string;
  /** Lengths in tokens; absent where the chat has no reply at its end. */
  measured?: Measured;
}
