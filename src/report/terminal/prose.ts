import type { createColors } from "picocolors";
import type { ChatMessage } from "../../data/chat.ts";
import { pad, printable, wrap } from "./text.ts";

/** How the story is set: line width, and colors that do nothing where they are not wanted. */
export interface Style {
  width: number;
  ink: ReturnType<typeof createColors>;
}

/** Before every line. */
export const INDENT = "  ";

/** What stands for a reply of a sensitive setting. */
const HIDDEN = "(insults, if mildly: not shown here; the page shows it on request)";
/** Readable line length. */
const MEASURE = 92;

/** A title in bold, wrapped. */
export function heading(text: string, { ink, width }: Style): string {
  return wrap(printable(text), Math.min(width - 2, MEASURE))
    .map((line) => INDENT + ink.bold(line))
    .join("\n");
}

/** Text of data or our own, wrapped. */
export function paragraph(text: string, style: Style): string[] {
  return wrap(printable(text), measure(style)).map((line) => INDENT + line);
}

function measure({ width }: Style): number {
  return Math.max(20, Math.min(width - 3, MEASURE));
}

/** A message; the replies of sensitive data are left out, and it says so. */
export function said({ role, content }: ChatMessage, style: Style, sensitive = false): string[] {
  return sensitive && role === "assistant"
    ? speech(role, HIDDEN, style, style.ink.dim)
    : speech(role, content, style, (text) => text);
}

/** Who says what, in the color of `paint`. */
export function speech(who: string, text: string, style: Style, paint: (text: string) => string): string[] {
  const lines = wrap(printable(text) || "(empty reply)", measure(style) - 13);
  return lines.map((line, index) => `${INDENT}${style.ink.dim(pad(index === 0 ? who : "", 13))}${paint(line)}`);
}

/** Points with a dash before each. */
export function list(texts: readonly string[], style: Style): string[] {
  return texts.flatMap((text) => wrap(`– ${printable(text)}`, measure(style), 2).map((line) => INDENT + line));
}
