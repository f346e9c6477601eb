import type { Edit, Path } from "../container.ts";
import { stringifyRaw } from "../rawJson.ts";
import { elementSpans, rawPlace, type Span, skipSpace, spansOf } from "./spans.ts";

/** Bytes of a block that give way to others. */
export interface Splice {
  start: number;
  end: number;
  bytes: Buffer;
}

/**
 * What edits mean for the bytes of a row, in order of place.
 *
 * @param at where the row starts in the block
 * @throws UserError where the row holds a field on the way to a place twice
 */
export function splicesOf(bytes: Buffer, at: number, end: number, edits: readonly Edit[], where: string): Splice[] {
  const raw = bytes.toString("latin1", at, end);
  const spans = spansOf(
    raw,
    edits.map((edit) => {
      if (edit.kind !== "add") return edit.path;
      return hasField(bytes, at, end, edit.name) ? [edit.name] : root;
    }),
    where,
  );
  const splices = edits.map((edit, i): Splice => {
    const { start, end, text } = spliceOf(raw, edit, spans[i] as Span, where);
    return { start: at + start, end: at + end, bytes: encoded(text) };
  });
  return splices.length < 2 ? splices : splices.sort((a, b) => a.start - b.start || a.end - b.end);
}

const root: Path = [];

/** A field that is there, null say, gets a new value rather than a second one. */
function hasField(bytes: Buffer, at: number, end: number, name: string): boolean {
  const text = bytes.toString("utf8", at, end);
  return text.includes(JSON.stringify(name)) && Object.hasOwn(JSON.parse(text), name);
}

interface TextSplice extends Span {
  /** JSON. */
  text: string;
}

function spliceOf(raw: string, edit: Edit, span: Span, where: string): TextSplice {
  switch (edit.kind) {
    case "insert":
      return inserted(raw, span, edit.index, stringifyRaw(edit.value), where);
    case "add":
      if (span.start > 0) return { ...span, text: stringifyRaw(edit.value) };
      return added(raw, span, edit.name, stringifyRaw(edit.value));
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

function added(raw: string, { end }: Span, name: string, value: string): TextSplice {
  let last = end - 2;
  while (skipSpace(raw, last) > last) last -= 1;
  const isEmpty = raw[last] === "{";
  return { start: last + 1, end: last + 1, text: `${isEmpty ? "" : ", "}${JSON.stringify(name)}: ${value}` };
}

/** Most rows get the same few texts: these are encoded once. */
const recent = new Map<string, Buffer>();

function encoded(text: string): Buffer {
  const known = recent.get(text);
  if (known) return known;
  const bytes = Buffer.from(text);
  if (recent.size >= 64) recent.clear();
  if (text.length < 1 << 16) recent.set(text, bytes);
  return bytes;
}
