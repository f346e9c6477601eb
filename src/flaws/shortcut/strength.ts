import { normalQuantile } from "../../stats/normalQuantile.ts";
import { wordsOf } from "../questionGroups.ts";
import type { LabelSet } from "./labels.ts";
import { tagPlaces, withoutTags } from "./tags.ts";

export type FeatureKind = "word" | "tag";

/** How strongly a word or tag of the prompt foretells the label. */
export interface Shortcut {
  feature: string;
  featureKind: FeatureKind;
  /** Labels on the side that goes with the feature, and on the other side. */
  labelsWith: string[];
  labelsWithout: string[];
  /** Phi coefficient of feature and side, 0 to 1. */
  strength: number;
  /** 95 % interval of the strength, all features and splits that were tried taken together (Bonferroni). */
  interval: [number, number];
  /** Rows with the feature, and share of them on its side. */
  rowsWith: number;
  shareWith: number;
  /** Rows without the feature, and share of them on the other side. */
  rowsWithout: number;
  shareWithout: number;
}

const smallestShare = 0.01;
const fewestRows = 8;

/** Names of a prompt's features; kind and name divided by a space. */
export function featuresOf(prompt: string): Set<string> {
  const features = new Set<string>();
  for (const { tags } of tagPlaces(prompt)) for (const tag of tags) features.add(`tag ${tag}`);
  for (const word of wordsOf(withoutTags(prompt))) features.add(`word ${word}`);
  return features;
}

/** Ways to divide labels in two, as flags of the first side. */
function splitsOf({ labels, isOrdered }: LabelSet): boolean[][] {
  if (isOrdered) return labels.slice(1).map((_, k) => labels.map((_, i) => i > k));
  if (labels.length === 2) return [[false, true]];
  return labels.map((_, k) => labels.map((_, i) => i === k));
}

interface Table {
  name: string;
  /** Rows with the feature, by label. */
  counts: number[];
}

function countFeatures({ rows, labels }: LabelSet): Table[] {
  const place = new Map(labels.map((label, i) => [label, i]));
  const tables = new Map<string, Table>();
  for (const { prompt, label } of rows) {
    for (const name of featuresOf(prompt)) {
      const table = tables.get(name) ?? { name, counts: labels.map(() => 0) };
      const at = place.get(label) as number;
      table.counts[at] = (table.counts[at] as number) + 1;
      tables.set(name, table);
    }
  }
  const least = Math.max(fewestRows, smallestShare * rows.length);
  return [...tables.values()].filter(({ counts }) => {
    const having = sum(counts);
    return having >= least && having <= rows.length - least;
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Phi of a fourfold table: rows with the feature on the side, in all, on the side in all, and all. */
function phi(both: number, having: number, onSide: number, all: number): number {
  const spread = having * (all - having) * onSide * (all - onSide);
  return spread === 0 ? 0 : (both * all - having * onSide) / Math.sqrt(spread);
}

/** The best split for one feature. */
function strongest({ name, counts }: Table, set: LabelSet, totals: readonly number[], splits: readonly boolean[][]) {
  const having = sum(counts);
  const all = set.rows.length;
  const tried = splits.map((side) => {
    const both = sum(counts.filter((_, i) => side[i]));
    return { side, value: phi(both, having, sum(totals.filter((_, i) => side[i])), all) };
  });
  const best = tried.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))[0] as (typeof tried)[number];
  const side = best.value < 0 ? best.side.map((one) => !one) : best.side;
  const both = sum(counts.filter((_, i) => side[i]));
  const onSide = sum(totals.filter((_, i) => side[i]));
  const [featureKind, feature] = [name.slice(0, name.indexOf(" ")) as FeatureKind, name.slice(name.indexOf(" ") + 1)];
  return {
    feature,
    featureKind,
    labelsWith: set.labels.filter((_, i) => side[i]),
    labelsWithout: set.labels.filter((_, i) => !side[i]),
    strength: Math.abs(best.value),
    rowsWith: having,
    shareWith: both / having,
    rowsWithout: all - having,
    shareWithout: (all - having - (onSide - both)) / (all - having),
  };
}

/** Fisher's z interval, widened for the number of tries. */
function intervalOf(strength: number, n: number, tries: number): [number, number] {
  const z = normalQuantile(1 - 0.025 / tries) / Math.sqrt(Math.max(1, n - 3));
  const center = Math.atanh(Math.min(strength, 1 - 1e-9));
  return [Math.max(0, Math.tanh(center - z)), Math.tanh(center + z)];
}

/**
 * Words and tags of the prompts by how strongly each foretells the side of the label, the strongest first, tags before
 * words. Each has its best split of the labels: a threshold where they are ordered, else one label against the rest.
 */
export function strongestShortcuts(set: LabelSet, limit = 10): Shortcut[] {
  const tables = countFeatures(set);
  const splits = splitsOf(set);
  const totals = set.labels.map((label) => set.rows.filter((row) => row.label === label).length);
  const tries = Math.max(1, tables.length * splits.length);
  return tables
    .map((table) => strongest(table, set, totals, splits))
    .map((found) => ({ ...found, interval: intervalOf(found.strength, set.rows.length, tries) }))
    .toSorted(
      (a, b) =>
        b.strength - a.strength || a.featureKind.localeCompare(b.featureKind) || a.feature.localeCompare(b.feature),
    )
    .slice(0, limit);
}
