import type { DataRow } from "../../data/files/dataRow.ts";
import { wilson } from "../../stats/wilson.ts";
import { exchangeOf } from "../exchange.ts";
import type { DetectOptions, FlawFinding } from "../flaw.ts";
import { mapRows } from "../mapRows.ts";
import { percent } from "../percent.ts";
import { findLabels, type LabelSet } from "./labels.ts";
import { featuresOf, type Shortcut, strongestShortcuts } from "./strength.ts";

const leastStrength = 0.5;
/** The strength's interval must stay above this. */
const leastCertain = 0.3;
/** How much more often the feature stands on its side than on the other, and the side with it than without, at least. */
const leastDifference = 0.45;
/** More words than this that foretell the label nearly as well: then it is the text's vocabulary, as with languages. */
const mostRivals = 6;
const rivalShare = 0.8;

/** A file's labels and the words and tags that foretell them best; `null` where its replies are no labels. */
export async function readShortcuts(
  rows: readonly DataRow[],
  options: DetectOptions & { limit?: number } = {},
): Promise<{ labels: LabelSet; shortcuts: Shortcut[] } | null> {
  const exchanges = (await mapRows(rows, exchangeOf, options)).filter((exchange) => exchange !== null);
  const labels = findLabels(exchanges);
  return labels && { labels, shortcuts: strongestShortcuts(labels, options.limit) };
}

/** The least difference between two shares that their 95 % intervals leave. */
const differenceOf = (hits: number, n: number, otherHits: number, otherN: number): number =>
  wilson(hits, n)[0] - wilson(otherHits, otherN)[1];

/**
 * Whether a shortcut is one: it foretells nearly every label, where it stands and where it is missing, and nearly all
 * labels of its side are foretold by it.
 */
export function isShortcut({ strength, interval, rowsWith, rowsWithout, ...shares }: Shortcut): boolean {
  if (strength < leastStrength || interval[0] < leastCertain) return false;
  const having = Math.round(shares.shareWith * rowsWith);
  const without = rowsWithout - Math.round(shares.shareWithout * rowsWithout);
  const onSide = having + without;
  const onOther = rowsWith + rowsWithout - onSide;
  return (
    differenceOf(having, rowsWith, without, rowsWithout) >= leastDifference &&
    differenceOf(having, onSide, rowsWith - having, onOther) >= leastDifference
  );
}

/** Whether a row is labelled as the shortcut says. */
export function isAligned(
  prompt: string,
  label: string,
  { feature, featureKind, labelsWith }: Pick<Shortcut, "feature" | "featureKind" | "labelsWith">,
): boolean {
  return featuresOf(prompt).has(`${featureKind} ${feature}`) === labelsWith.includes(label);
}

/**
 * A single word or tag that foretells nearly all labels, both where it stands and where it is missing. Words such as
 * "terrible", which foretell a label where they stand and nothing where they don't, are none.
 */
export async function detectShortcut(
  rows: readonly DataRow[],
  options: DetectOptions = {},
): Promise<Extract<FlawFinding, { flaw: "shortcut" }> | null> {
  const read = await readShortcuts(rows, { ...options, limit: 50 });
  const best = read?.shortcuts.find(isShortcut);
  if (!read || !best) return null;
  const rivals = read.shortcuts.filter(
    ({ strength, rowsWith }) => strength >= rivalShare * best.strength && rowsWith !== best.rowsWith,
  );
  if (rivals.length > mostRivals) return null;
  const { feature, featureKind, labelsWith, labelsWithout, strength } = best;
  const aligned = read.labels.rows.filter(({ prompt, label }) => isAligned(prompt, label, best));
  const all = read.labels.rows.length;
  const share = aligned.length / all;
  const withIt = `${percent(best.shareWith)} of the labels with it are ${labelsWith.join(", ")}`;
  const withoutIt = `${percent(best.shareWithout)} of those without it ${labelsWithout.join(", ")}`;
  return {
    flaw: "shortcut",
    summary: `the ${featureKind} "${feature}" foretells ${percent(share)} of ${all} labels: ${withIt}, ${withoutIt}`,
    rows: aligned.map(({ index }) => index),
    applicable: all,
    share,
    feature,
    featureKind,
    labelsWith,
    labelsWithout,
    strength,
  };
}
