import type { AuditResult } from "../datasets/audit/auditData.ts";
import { excerpt } from "../datasets/audit/excerpt.ts";
import type { Finding, Severity } from "../datasets/audit/finding.ts";

const titles: Readonly<Record<Severity, string>> = {
  error: "Must be fixed",
  warning: "Look at",
  note: "Good to know",
};

/** An audit in words: findings by severity, each with places, examples and a remedy; then tokens and cost. */
export function auditLines(result: AuditResult): string[] {
  const { data, rows, readable, layout, findings } = result;
  const broken = rows === readable ? "" : `, ${count(rows - readable)} of them unreadable`;
  const groups = (Object.keys(titles) as Severity[]).flatMap((severity) => {
    const group = findings.filter((finding) => finding.severity === severity);
    return group.length === 0 ? [] : ["", titles[severity], ...group.flatMap(findingLines)];
  });
  return [
    `${data}: ${count(rows)} rows${broken}${layout ? `, ${layout}` : ""}`,
    ...groups,
    ...(findings.length === 0 ? ["", "Nothing found."] : []),
    "",
    ...tokenLines(result),
    ...shortcutLines(result),
  ];
}

const indent = " ".repeat(25);

function findingLines({ check, message, remedy, places, total, examples = [] }: Finding): string[] {
  const more = total > places.length ? `, and ${count(total - places.length)} more` : "";
  return [
    `  ${check.padEnd(indent.length - 3)} ${message}`,
    ...(places.length === 0 ? [] : [`${indent}at ${shortened(places).join(", ")}${more}`]),
    ...examples.map(({ row, text }) => `${indent}row ${row}: ${text}`),
    `${indent}-> ${remedy}`,
  ];
}

/** The file is named once: `rows.jsonl:3, :7`. */
function shortened([first = "", ...others]: readonly string[]): string[] {
  const file = first.slice(0, first.search(/:\d+(?:, row \d+)?$/));
  return [
    first,
    ...others.map((place) => (file !== "" && place.startsWith(`${file}:`) ? place.slice(file.length) : place)),
  ];
}

function tokenLines({ tokens }: AuditResult): string[] {
  const { perEpoch, perEpochWithPrompt, cost, costWithPrompt, epochs, longest, limit, method } = tokens;
  const priced = (money: number | null): string => (money === null ? "" : `, cost ${money.toFixed(2)}`);
  const passes = epochs === 1 ? "" : ` x ${epochs} epochs`;
  return [
    `Tokens    ${count(perEpoch)}${passes}${priced(cost)}; longest row ${count(longest)}${limit === null ? "" : ` of at most ${count(limit)}`}`,
    ...(perEpochWithPrompt === null
      ? []
      : [`          ${count(perEpochWithPrompt)}${passes}${priced(costWithPrompt)} with the prompt inserted`]),
    `          by ${method}`,
  ];
}

function shortcutLines({ shortcuts }: AuditResult): string[] {
  if (!shortcuts || shortcuts.length === 0) return [];
  const listed = shortcuts.map(
    ({ feature, featureKind, strength }) => `${featureKind} "${excerpt(feature)}" ${strength.toFixed(2)}`,
  );
  return [`Shortcuts ${listed.join(", ")} (how well each foretells the label, 0 to 1)`];
}

function count(value: number): string {
  return value.toLocaleString("en");
}
