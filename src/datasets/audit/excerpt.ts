import { withoutSecrets } from "./secrets.ts";

const length = 80;

/** A text on one line: secrets blanked out, control characters escaped, cut where it is long. */
export function excerpt(text: string): string {
  // Far more than is shown, so that what a cut leaves of a secret at the end is not shown.
  const short = withoutSecrets(text.slice(0, 20 * length))
    .replace(/\s+/g, " ")
    .trim();
  const cut = short.length > length ? `${short.slice(0, length).trimEnd()}…` : short;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Surrogate}]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
