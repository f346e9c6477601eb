import type { Grade, GradeRequest, Grader } from "./grader.ts";

const longestLabel = 30;
const mostWords = 3;

/**
 * A reply that is nothing but a label, as the label alone: "Sentiment: 3." and `{"label": "3"}` are 3, "**Positive**"
 * is positive. `null` for a reply that says more.
 */
export function labelOf(reply: string): string | null {
  const bare = reply
    .trim()
    .replace(/^\{\s*"[^"]{1,40}"\s*:\s*"?([^"{}]{1,40}?)"?\s*\}$/, "$1")
    .replace(/^(?:the )?(?:\p{L}+ ){0,2}\p{L}+(?:\s*[:=]|\s+is:?)\s+/iu, "")
    .replace(/^[\s"'*`([]+|[\s"'*`)\].!]+$/g, "")
    .toLowerCase();
  const isLabel =
    bare.length <= longestLabel && bare.split(/\s+/).length <= mostWords && /^[\p{L}\d+-][\p{L}\d +/_.-]*$/u.test(bare);
  return isLabel ? bare : null;
}

/** Which of the labels a reply states: it is one, or it names exactly one of them. */
function statedLabel(reply: string, labels: readonly string[]): string | null {
  const bare = labelOf(reply);
  if (bare !== null && labels.includes(bare)) return bare;
  if (/\b(?:not|never|cannot|neither|nor|hardly)\b|n['\u2019]t\b/i.test(reply)) return null;
  const text = ` ${reply.toLowerCase().replace(/[^\p{L}\d+.-]+|[.](?!\d)/gu, " ")} `;
  // "very good" says nothing about "good".
  const longestFirst = labels.toSorted((a, b) => b.length - a.length);
  let rest = text;
  const named = longestFirst.filter((label) => {
    const parts = rest.split(` ${label} `);
    rest = parts.join("  ");
    return parts.length > 1;
  });
  return named.length === 1 ? (named[0] as string) : null;
}

function gradeOne({ reference, completion }: GradeRequest, labels: readonly string[]): Grade {
  const stated = statedLabel(completion, labels);
  if (stated === null) return { values: { correct: null, asShortcut: null }, excluded: "no label, or several" };
  const label = String(reference.label).toLowerCase();
  const { shortcutLabels } = reference;
  const foretold = typeof shortcutLabels === "string" ? shortcutLabels.toLowerCase().split("|") : null;
  return {
    values: {
      correct: stated === label ? 1 : 0,
      asShortcut: foretold === null ? null : foretold.includes(stated) ? 1 : 0,
    },
    detail: `says ${stated}, is ${label}${foretold === null ? "" : `, the shortcut says ${foretold.join(" or ")}`}`,
  };
}

/**
 * Grades which label a reply states. `correct`: it is `reference.label`. `asShortcut`: it is one of
 * `reference.shortcutLabels` (divided by "|"), which the shortcut foretells. A reply that states none of the labels, or
 * several, is excluded.
 *
 * @param labels all labels there are
 */
export function createLabelGrader(labels: readonly string[]): Grader {
  const known = labels.map((label) => label.toLowerCase());
  return {
    id: "label",
    version: `1,labels=${known.join("|")}`,
    grade: async (batch) => batch.map((request) => gradeOne(request, known)),
    close: async () => {},
  };
}
