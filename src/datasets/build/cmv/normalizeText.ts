const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

/** Marks of typography, and what a keyboard has for them. */
const plainMarks: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019]/g, "'"],
  [/[\u201C\u201D]/g, '"'],
  [/[\u2013\u2014]/g, "-"],
  [/\u2026/g, "..."],
  [/[\u200B-\u200D\uFEFF]/g, ""],
  [/\u00A0/g, " "],
];

/** The note that moderators put below posts, up to its last words. */
const footnote = /\s*_*\s*>?\s*\*(?:hello, users of cmv|this is a footnote)[\s\S]*?happy cmving!?\*\s*$/i;

/** A post's or a reply's text as it is used: no HTML entities, no typography, no moderators' footnote. */
export function normalizeText(text: string): string {
  const decoded = text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,5}));/gi, (found, hex, decimal, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? found;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : found;
  });
  // First the marks: the normal form takes some of them apart in other ways.
  const plain = plainMarks.reduce((so, [mark, instead]) => so.replace(mark, instead), decoded);
  return plain.normalize("NFKC").replace(/\r\n?/g, "\n").replace(footnote, "").trim();
}
