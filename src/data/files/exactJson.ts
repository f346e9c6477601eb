import { spansOf } from "./json/spans.ts";
import { RawJson } from "./rawJson.ts";
import { sameNumber } from "./sameNumber.ts";

/** Stands before the number of what a text or number is replaced by, until `JSON.parse` is done. */
const mark = "exact:";
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * As `JSON.parse`, but with `RawJson` for each number that JavaScript would round.
 *
 * @param parsed what `JSON.parse` makes of it, where that is known
 */
export function parseExact(text: string, parsed?: unknown): unknown {
  // Fifteen digits are always exact.
  if (!/\d[\d.]{15}|\d[eE][+-]?\d|[:[,\s]-0[\s,\]}.]/.test(text)) return parsed ?? JSON.parse(text);
  const held: unknown[] = [];
  const hold = (value: unknown): string => `"${mark}${held.push(value) - 1}"`;
  const marked = text.replace(tokens, (token) => {
    if (token.startsWith('"')) {
      const mayLook = token.includes("\\u") || token.includes(mark);
      const value = mayLook ? (JSON.parse(token) as string) : "";
      return value.startsWith(mark) ? hold(value) : token;
    }
    return sameNumber(token, String(Number(token))) ? token : hold(new RawJson(token));
  });
  if (held.length === 0) return JSON.parse(text);
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? held[Number(value.slice(mark.length))] : value,
  );
}

/**
 * The fields of a row with the text that each has there.
 *
 * @param text one JSON object that is known to be valid
 * @param where for messages
 * @throws UserError where it holds a field twice
 */
export function rawFields(text: string, names: readonly string[], where: string): Map<string, string> {
  const bytes = Buffer.from(text);
  const raw = bytes.toString("latin1");
  const spans = spansOf(
    raw,
    names.map((name) => [name]),
    where,
  );
  return new Map(names.map((name, i) => [name, bytes.toString("utf8", spans[i]?.start, spans[i]?.end)]));
}
