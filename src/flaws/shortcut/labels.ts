import { labelOf } from "../../grading/labels.ts";
import type { Exchange } from "../exchange.ts";

/** A row whose reply is one of the file's labels. */
export interface LabelledRow extends Exchange {
  label: string;
}

/** Labels of a file, in ascending order where they have one. */
export interface LabelSet {
  rows: LabelledRow[];
  labels: string[];
  isOrdered: boolean;
}

const fewestRows = 40;
const mostLabels = 12;
const smallestShare = 0.01;
/** Short replies that are no label of the file: with more of them there are no labels, only short answers. */
const mostOthers = 0.2;

const scales = [
  ["very negative", "negative", "neutral", "positive", "very positive"],
  ["negative", "mixed", "positive"],
  ["terrible", "bad", "okay", "good", "excellent"],
  ["very bad", "bad", "neutral", "good", "very good"],
  ["very low", "low", "medium", "high", "very high"],
  ["low", "moderate", "high"],
  ["no", "maybe", "yes"],
  ["false", "true"],
];

/** "4 stars" and "3/5" are numbers too. */
function numberIn(label: string): number | null {
  const match = /^(-?\d+(?:\.\d+)?)(?:\s*(?:stars?|points?|\/\s*\d+|out of \d+))?$/.exec(label);
  return match ? Number(match[1]) : null;
}

function inOrder(labels: readonly string[]): string[] | null {
  if (labels.every((label) => numberIn(label) !== null)) {
    return labels.toSorted((a, b) => (numberIn(a) as number) - (numberIn(b) as number));
  }
  const scale = scales.find((names) => labels.every((label) => names.includes(label)));
  return scale?.filter((name) => labels.includes(name)) ?? null;
}

/** The labels that a file's replies are made of; `null` where they are something else. Rows with other replies are left out. */
export function findLabels(exchanges: readonly Exchange[]): LabelSet | null {
  const short = exchanges.flatMap((exchange) => {
    const label = labelOf(exchange.reply);
    return label === null ? [] : [{ ...exchange, label }];
  });
  const counts = new Map<string, number>();
  for (const { label } of short) counts.set(label, (counts.get(label) ?? 0) + 1);
  const least = Math.max(3, smallestShare * short.length);
  const labels = [...counts].filter(([, count]) => count >= least).map(([label]) => label);
  const rows = short.filter(({ label }) => labels.includes(label));
  const isLabelled = rows.length >= fewestRows && rows.length >= (1 - mostOthers) * short.length;
  if (!isLabelled || labels.length < 2 || labels.length > mostLabels) return null;
  const ordered = inOrder(labels);
  return { rows, labels: ordered ?? labels.toSorted(), isOrdered: ordered !== null };
}
