import { UserError } from "../../../util/errors.ts";
import type { Path } from "../container.ts";
import { backslash, closeList, closeObject, comma, openList, openObject, quote } from "./marks.ts";

/** Where a value starts and ends. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Where values stand in a row.
 *
 * @param raw a JSON object that is known to be valid, one UTF-16 unit a byte (`latin1`), so that places are bytes
 * @returns a span for each path
 * @throws UserError where an object on the way holds a name of the path twice: readers differ in which one they take
 */
export function spansOf(raw: string, paths: readonly Path[], where: string): Span[] {
  return findSpans(raw, paths, where).map((span, i) => {
    if (span) return span;
    throw new Error(`${where}: nothing at ${(paths[i] as Path).join(".")}`);
  });
}

/** The same with nothing for a path that leads nowhere. */
export function findSpans(raw: string, paths: readonly Path[], where: string): (Span | undefined)[] {
  const spans: (Span | undefined)[] = paths.map(() => undefined);
  new Walk(raw, paths, spans, where).value(
    skipSpace(raw, 0),
    paths.map((_, i) => i),
    0,
  );
  return spans;
}

class Walk {
  readonly #raw: string;
  readonly #paths: readonly Path[];
  readonly #spans: (Span | undefined)[];
  readonly #where: string;

  constructor(raw: string, paths: readonly Path[], spans: (Span | undefined)[], where: string) {
    this.#raw = raw;
    this.#paths = paths;
    this.#spans = spans;
    this.#where = where;
  }

  /** Goes through the value at `at`, to which the first `depth` steps of the wanted paths lead; returns its end. */
  value(at: number, wanted: readonly number[], depth: number): number {
    const deeper = wanted.filter((i) => (this.#paths[i] as Path).length > depth);
    const code = this.#raw.charCodeAt(at);
    let end: number;
    if (deeper.length > 0 && code === openObject) end = this.#fields(at, deeper, depth);
    else if (deeper.length > 0 && code === openList) end = this.#elements(at, deeper, depth);
    else end = skipValue(this.#raw, at);
    for (const i of wanted) {
      if ((this.#paths[i] as Path).length === depth) this.#spans[i] = { start: at, end };
    }
    return end;
  }

  #fields(open: number, wanted: readonly number[], depth: number): number {
    const raw = this.#raw;
    let seen: Set<string> | undefined;
    let at = skipSpace(raw, open + 1);
    while (raw.charCodeAt(at) === quote) {
      const nameEnd = skipText(raw, at);
      const name = nameAt(raw, at, nameEnd);
      const within = wanted.filter((i) => (this.#paths[i] as Path)[depth] === name);
      at = skipSpace(raw, skipSpace(raw, nameEnd) + 1);
      if (within.length > 0) {
        if (seen?.has(name)) throw this.#twice(name);
        seen ??= new Set();
        seen.add(name);
        at = this.value(at, within, depth + 1);
      } else {
        at = skipValue(raw, at);
      }
      at = skipSpace(raw, at);
      if (raw.charCodeAt(at) === comma) at = skipSpace(raw, at + 1);
    }
    return at + 1;
  }

  #elements(open: number, wanted: readonly number[], depth: number): number {
    const raw = this.#raw;
    let at = skipSpace(raw, open + 1);
    for (let index = 0; raw.charCodeAt(at) !== closeList; index++) {
      const within = wanted.filter((i) => (this.#paths[i] as Path)[depth] === index);
      at = skipSpace(raw, within.length > 0 ? this.value(at, within, depth + 1) : skipValue(raw, at));
      if (raw.charCodeAt(at) === comma) at = skipSpace(raw, at + 1);
    }
    return at + 1;
  }

  #twice(name: string): UserError {
    return new UserError(
      `${this.#where}: an object holds the field ${JSON.stringify(name)} twice, so it is not clear which one to change; remove one`,
    );
  }
}

/** The elements of the list that starts at `open`. */
export function elementSpans(raw: string, open: number): Span[] {
  const spans: Span[] = [];
  for (let at = skipSpace(raw, open + 1); raw.charCodeAt(at) !== closeList; ) {
    const end = skipValue(raw, at);
    spans.push({ start: at, end });
    at = skipSpace(raw, end);
    if (raw.charCodeAt(at) === comma) at = skipSpace(raw, at + 1);
  }
  return spans;
}

/** The first place from `at` on that is no white space. */
export function skipSpace(raw: string, at: number): number {
  let place = at;
  for (
    let code = raw.charCodeAt(place);
    code === 0x20 || (code <= 0x0d && code >= 0x09);
    code = raw.charCodeAt(place)
  ) {
    place += 1;
  }
  return place;
}

function nameAt(raw: string, start: number, end: number): string {
  const name = raw.slice(start + 1, end - 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  return /^[\u0000-\u005b\u005d-\u007f]*$/.test(name)
    ? name
    : (JSON.parse(Buffer.from(raw.slice(start, end), "latin1").toString()) as string);
}

/** The end of the text whose quote is at `at`. */
function skipText(raw: string, at: number): number {
  for (let end = raw.indexOf('"', at + 1); ; end = raw.indexOf('"', end + 1)) {
    let before = end - 1;
    while (raw.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end + 1;
  }
}

function skipValue(raw: string, at: number): number {
  const code = raw.charCodeAt(at);
  if (code === quote) return skipText(raw, at);
  if (code === openObject || code === openList) return skipNested(raw, at);
  let end = at + 1;
  for (let next = raw.charCodeAt(end); isScalar(next); next = raw.charCodeAt(end)) end += 1;
  return end;
}

function isScalar(code: number): boolean {
  return code > 0x20 && code !== comma && code !== closeObject && code !== closeList;
}

function skipNested(raw: string, open: number): number {
  let depth = 0;
  let at = open;
  for (;;) {
    const code = raw.charCodeAt(at);
    if (code === quote) {
      at = skipText(raw, at);
      continue;
    }
    at += 1;
    if (code === openObject || code === openList) depth += 1;
    else if (code === closeObject || code === closeList) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
}

/**
 * The place in the raw text (quotes included) of a UTF-16 offset into the text that it stands for.
 *
 * @param open place of the text's quote
 * @throws RangeError for an offset beyond the text, or in the middle of a character of four bytes
 */
export function rawPlace(raw: string, open: number, offset: number): number {
  let at = open + 1;
  let units = 0;
  while (units < offset) {
    const code = raw.charCodeAt(at);
    if (code === quote || Number.isNaN(code)) break;
    if (code === backslash) {
      at += raw[at + 1] === "u" ? 6 : 2;
      units += 1;
    } else if (code < 0x80) {
      at += 1;
      units += 1;
    } else {
      at += code < 0xe0 ? 2 : code < 0xf0 ? 3 : 4;
      units += code < 0xf0 ? 1 : 2;
    }
  }
  if (units !== offset) throw new RangeError(`no place at offset ${offset} of the text`);
  return at;
}
