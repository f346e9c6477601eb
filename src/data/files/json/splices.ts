import type { Edit, Path } from "../container.ts";
import { stringifyRaw } from "../rawJson.ts";
import { elementSpans, findSpans, rawPlace, type Span, skipSpace } from "./spans.ts";

/** Bytes of a block that give way to others. */
export interface Splice {
  start: number;
  end: number;
  bytes: Buffer;
}

/** A row by its place in a block. */
interface PlacedRow {
  start: number;
  end: number;
  where: string;
}

/**
 * What edits mean for the bytes of a row, in order of place.
 *
 * @throws UserError where the row holds a field on the way to a place twice
 */
export function splicesOf(bytes: Buffer, row: PlacedRow, edits: readonly Edit[]): Splice[] {
  if (edits.length === 0) return [];
  const splices = edits.every(isPlaced)
    ? edits.map((edit) => placedSplice(edit, row))
    : foundSplices(bytes, row, edits);
  return splices.length < 2 ? splices : splices.sort((a, b) => a.start - b.start || a.end - b.end);
}

type PlacedEdit = Extract<Edit, { kind: "prepend" | "append" }> & { span: Span };

function isPlaced(edit: Edit): edit is PlacedEdit {
  return (edit.kind === "prepend" || edit.kind === "append") && edit.span !== undefined;
}

function placedSplice({ kind, span, text }: PlacedEdit, row: PlacedRow): Splice {
  const at = row.start + (kind === "prepend" ? span.start + 1 : span.end - 1);
  return { start: at, end: at, bytes: encoded(text) };
}

function foundSplices(bytes: Buffer, row: PlacedRow, edits: readonly Edit[]): Splice[] {
  const { where } = row;
  const raw = bytes.toString("latin1", row.start, row.end);
  const spans = findSpans(
    raw,
    edits.map((edit) => (edit.kind === "add" ? [edit.name] : edit.path)),
    where,
  );
  return edits.map((edit, i): Splice => {
    const { start, end, text } = spliceOf(raw, edit, spans[i], where);
    return { start: row.start + start, end: row.start + end, bytes: Buffer.from(text) };
  });
}

interface TextSplice extends Span {
  /** JSON. */
  text: string;
}

function spliceOf(raw: string, edit: Edit, span: Span | undefined, where: string): TextSplice {
  if (edit.kind === "add") return added(raw, span, edit.name, stringifyRaw(edit.value));
  if (!span) throw new Error(`${where}: nothing at ${edit.path.join(".")}`);
  switch (edit.kind) {
    case "insert":
      return inserted(raw, span, edit.index, stringifyRaw(edit.value), where);
    case "prepend":
      return within(raw, edit.path, span, span.start + 1, span.start + 1, edit.text, where);
    case "append":
      return within(raw, edit.path, span, span.end - 1, span.end - 1, edit.text, where);
    case "replace": {
      const start = rawPlace(raw, span.start, edit.start);
      return within(raw, edit.path, span, start, rawPlace(raw, span.start, edit.end), edit.text, where);
    }
  }
}

function within(
  raw: string,
  path: Path,
  value: Span,
  start: number,
  end: number,
  text: string,
  where: string,
): TextSplice {
  if (raw[value.start] !== '"') throw new Error(`${where}: no text at ${path.join(".")}`);
  return { start, end, text: JSON.stringify(text).slice(1, -1) };
}

/** An element goes in with the white space that the list has before its elements. */
function inserted(raw: string, list: Span, index: number, value: string, where: string): TextSplice {
  if (raw[list.start] !== "[") throw new Error(`${where}: no list to insert into`);
  const elements = elementSpans(raw, list.start);
  const [first, second] = elements;
  if (!first) return { start: list.start + 1, end: list.start + 1, text: value };
  const spaceFrom = second ? raw.indexOf(",", first.end) + 1 : list.start + 1;
  const space = raw.slice(spaceFrom, skipSpace(raw, spaceFrom));
  const before = elements[index];
  if (before) return { start: before.start, end: before.start, text: `${value},${space}` };
  if (index !== elements.length) throw new Error(`${where}: no element ${index} in a list of ${elements.length}`);
  const end = (elements.at(-1) as Span).end;
  return { start: end, end, text: `,${space}${value}` };
}

/** A field that is there already, with null say, gets the new value. */
function added(raw: string, there: Span | undefined, name: string, value: string): TextSplice {
  if (there) return { ...there, text: value };
  let last = raw.length - 2;
  while (skipSpace(raw, last) > last) last -= 1;
  const isEmpty = raw[last] === "{";
  return { start: last + 1, end: last + 1, text: `${isEmpty ? "" : ", "}${JSON.stringify(name)}: ${value}` };
}

/** Most rows get the same few texts: these are escaped and encoded once. */
const recent = new Map<string, Buffer>();

function encoded(text: string): Buffer {
  const known = recent.get(text);
  if (known) return known;
  const bytes = Buffer.from(JSON.stringify(text).slice(1, -1));
  if (recent.size >= 64) recent.clear();
  if (text.length < 1 << 16) recent.set(text, bytes);
  return bytes;
}
