import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wilson } from "../../../src/stats/wilson.ts";
import { uniformAt } from "../../../src/util/random.ts";

/** A reply and what a person who read it says about it. */
export interface Labelled<Label> {
  reply: string;
  context: Record<string, string | number | null>;
  label: Label;
  note?: string;
}

export type Part = "development" | "heldOut" | "adversarial";

/**
 * A set's replies. Rules were made on the development half; the other half only measured them. The adversarial part was
 * written and labelled to mislead them, by somebody who had not seen them; what it showed was then mended in part.
 */
export function readLabelled<Label>(name: string): Record<Part, Labelled<Label>[]> {
  const rows = readRows<Label>(name);
  const isDevelopment = ({ reply, context }: Labelled<Label>): boolean =>
    uniformAt("labelled half", reply, JSON.stringify(context)) < 0.5;
  return {
    development: rows.filter(isDevelopment),
    heldOut: rows.filter((row) => !isDevelopment(row)),
    adversarial: readRows<Label>(`${name}.adversarial`),
  };
}

function readRows<Label>(name: string): Labelled<Label>[] {
  const file = fileURLToPath(new URL(`./${name}.jsonl`, import.meta.url));
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Labelled<Label>);
}

/** How often a rule says what the label says, with the Wilson interval, and where it does not. */
export function measureAgreement<Label>(
  rows: readonly Labelled<Label>[],
  rule: (row: Labelled<Label>) => Label,
  same: (said: Label, label: Label) => boolean = Object.is,
) {
  const judged = rows.map((row) => ({ row, said: rule(row) }));
  const misses = judged.filter(({ row, said }) => !same(said, row.label));
  const right = rows.length - misses.length;
  const confusion: Record<string, number> = {};
  for (const { row, said } of judged) {
    const cell = `${row.label} -> ${said}`;
    confusion[cell] = (confusion[cell] ?? 0) + 1;
  }
  return { n: rows.length, right, share: right / rows.length, interval: wilson(right, rows.length), misses, confusion };
}
