import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../../docs/evidence.md", import.meta.url));
const title = `# Answers to a sceptic

Each section was written by the script that it names, from runs that it made; running the script again replaces it.
`;

/** Puts a section into docs/evidence.md, in place of an earlier one of that heading. */
export function writeSection(heading: string, lines: readonly string[]): void {
  const before = existsSync(page) ? readFileSync(page, "utf8") : title;
  const section = [`## ${heading}`, "", ...lines, ""].join("\n");
  const parts = before.split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`## ${heading}\n`));
  if (at < 0) parts.push(section);
  else parts[at] = section;
  writeFileSync(page, `${parts.map((part) => part.trimEnd()).join("\n\n")}\n`);
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** "0.93" or "–". */
export function number(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value.toFixed(2);
}

/** "0.93 [0.88, 0.97]", or the reason why there is none. */
export function estimate(
  value: { mean: number; interval: [number, number] } | null | undefined,
  reason = "not computed",
): string {
  if (!value) return reason;
  return `${number(value.mean)} [${value.interval.map(number).join(", ")}]`;
}

/** "1 training seed", "2 training seeds". */
export function trainingSeeds(n: number): string {
  return `${n} training seed${n === 1 ? "" : "s"}`;
}
