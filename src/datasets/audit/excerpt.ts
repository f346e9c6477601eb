import { withoutSecrets } from "./secrets.ts";

const length = 80;
const before = 20;

/** A text on one line: secrets blanked out, control characters escaped, cut where it is long. */
export function excerpt(text: string): string {
  const line = withoutSecrets(text).replace(/\s+/g, " ").trim();
  const cut = line.length > length ? `${line.slice(0, length).trimEnd()}…` : line;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Surrogate}]/gu, escaped);
}

/** The text from a few words before the place that matters on; secrets are blanked out before it is cut. */
export function fromAround(text: string, place: RegExp | string): string {
  const safe = withoutSecrets(text);
  const at = typeof place === "string" ? safe.indexOf(place) : safe.search(place);
  return safe.slice(Math.max(0, at - before));
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
