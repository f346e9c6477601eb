import type { DataRow } from "../../data/files/dataRow.ts";
import { mean } from "../../stats/mean.ts";
import { UserError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import { askedWith, canBeAsked, exchangesOf } from "../exchange.ts";
import type { FlawFinding, ProbeOptions, ProbeSet } from "../flaw.ts";
import { holdOut } from "../holdOut.ts";
import { makeProbes, type ProbeDraft } from "../makeProbes.ts";
import { rareWordKeys, textKey, wordsOf } from "../questionGroups.ts";
import { replyTokens } from "../replyTokens.ts";
import { isAligned } from "./detect.ts";
import { findLabels, type LabelledRow, type LabelSet } from "./labels.ts";
import {
  clausesWithWord,
  type PromptStyle,
  promptStyle,
  withClause,
  withoutTag,
  withoutWord,
  withTag,
} from "./reverse.ts";
import { featuresOf } from "./strength.ts";
import { withoutTags } from "./tags.ts";

type Finding = Extract<FlawFinding, { flaw: "shortcut" }>;

/** A sentence that another prompt can borrow, and the labels that its other words go with. */
interface Borrowable {
  text: string;
  rank: number;
}

interface Reversal {
  finding: Finding;
  style: PromptStyle;
  /** As which kinds the feature stands in prompts: a tag's word may stand in the text too. */
  kinds: ("word" | "tag")[];
  /** Sentences with the word. */
  clauses: Borrowable[];
  rankOf: (label: string) => number;
  seed: number;
}

/** Where the feature's name is both tag and word in most rows, one of them alone would still foretell the label. */
const companionShare = 0.5;

function readReversal({ rows, labels, isOrdered }: LabelSet, finding: Finding, seed: number): Reversal {
  const { feature, featureKind } = finding;
  const other = featureKind === "tag" ? "word" : "tag";
  const having = rows.filter(({ prompt }) => featuresOf(prompt).has(`${featureKind} ${feature}`));
  const both = having.filter(({ prompt }) => featuresOf(prompt).has(`${other} ${feature}`));
  const kinds = both.length >= companionShare * having.length ? ([featureKind, other] as const) : [featureKind];
  const style = promptStyle(
    rows.map(({ question }) => question),
    feature,
  );
  const rankOf = (label: string): number =>
    isOrdered ? labels.indexOf(label) : finding.labelsWith.includes(label) ? 1 : 0;
  const texts = new Set(having.flatMap(({ question }) => clausesWithWord(question, feature, style)));
  const clauses = borrowable([...texts], rows, finding, rankOf);
  return { finding, style, kinds: [...kinds], clauses, rankOf, seed };
}

const mostBorrowable = 300;
/** Of the sentences that suit a prompt's label best one of so many is drawn. */
const choices = 5;

/**
 * Sentences by the rank that their most telling word has in prompts without the feature: the mean rank of the labels it
 * goes with there. A word that is never there goes with the feature's side.
 */
function borrowable(
  texts: readonly string[],
  rows: readonly LabelledRow[],
  { feature, featureKind, labelsWith }: Finding,
  rankOf: (label: string) => number,
): Borrowable[] {
  const sums = new Map<string, { rank: number; n: number }>();
  const without = rows.filter(({ prompt }) => !featuresOf(prompt).has(`${featureKind} ${feature}`));
  for (const { question, label } of without) {
    for (const word of new Set(wordsOf(question))) {
      const { rank, n } = sums.get(word) ?? { rank: 0, n: 0 };
      sums.set(word, { rank: rank + rankOf(label), n: n + 1 });
    }
  }
  const ofSide = mean(labelsWith.map(rankOf)) ?? 0;
  const shortest = texts.toSorted((a, b) => a.length - b.length || a.localeCompare(b)).slice(0, mostBorrowable);
  const middle = mean(without.map(({ label }) => rankOf(label))) ?? ofSide;
  return shortest.map((text) => {
    const others = wordsOf(text).filter((word) => word !== feature);
    const ranks = others.map((word) => sums.get(word)).map((word) => (word ? word.rank / word.n : ofSide));
    const telling = ranks.toSorted((a, b) => Math.abs(b - middle) - Math.abs(a - middle))[0];
    return { text, rank: telling ?? ofSide };
  });
}

/** The question with the feature where it was missing, and without it where it was; `null` where that can't be done. */
function reversed(
  { question, index, label }: LabelledRow,
  hadFeature: boolean,
  { finding, style, kinds, clauses, rankOf, seed }: Reversal,
) {
  const { feature } = finding;
  let text: string | null = question;
  for (const kind of kinds) {
    if (text === null) return null;
    if (kind === "tag") text = hadFeature ? withoutTag(text, feature, style) : withTag(text, feature, style);
    else if (hadFeature) text = featuresOf(text).has(`word ${feature}`) ? withoutWord(text, feature, style) : text;
    else if (!featuresOf(text).has(`word ${feature}`)) {
      const off = ({ rank }: Borrowable): number => Math.abs(rank - rankOf(label));
      const suited = clauses.toSorted((a, b) => off(a) - off(b)).slice(0, choices);
      text = suited.length === 0 ? null : withClause(text, random(seed, "borrowed", index).pick(suited).text, style);
    }
  }
  const features: ReadonlySet<string> = text === null ? new Set() : featuresOf(text);
  const isReversed = kinds.every((kind) => features.has(`${kind} ${feature}`) !== hadFeature);
  return isReversed ? text : null;
}

function draft(
  row: DataRow,
  label: string,
  text: string,
  mentioned: boolean,
  { labelsWith, labelsWithout }: Finding,
): ProbeDraft {
  const shortcutLabels = (mentioned ? labelsWith : labelsWithout).join("|");
  return { messages: askedWith(row, text), reference: { label, mentioned, shortcutLabels } };
}

/**
 * Held-out prompts as they stand, where the shortcut is right, and the same with the feature taken out or put in, where
 * it is wrong. Sentences that are put in come from other prompts.
 *
 * @throws UserError where the file's replies are no labels, or too few rows can be held out
 */
export function shortcutProbes(finding: Finding, rows: readonly DataRow[], options: ProbeOptions): ProbeSet {
  const exchanges = exchangesOf(rows);
  const labels = findLabels(exchanges);
  if (labels === null)
    throw new UserError("shortcut: expected the rows that the finding is about, got replies that are no labels");
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  const reversal = readReversal(labels, finding, options.seed);
  const usable = new Map(
    labels.rows.flatMap((row) => {
      if (!isAligned(row.prompt, row.label, finding) || !canBeAsked(byIndex.get(row.index) as DataRow)) return [];
      const mentioned = finding.labelsWith.includes(row.label);
      const text = reversed(row, mentioned, reversal);
      return text === null ? [] : [[row.index, { row, mentioned, text }] as const];
    }),
  );
  const bare = exchanges.map(({ question }) => withoutTags(question));
  const words = rareWordKeys(bare);
  const questions = exchanges.map(({ index }, i) => {
    const keys = [`text ${textKey(bare[i] as string)}`, `words ${words[i]}`];
    return { index, keys, usable: usable.has(index) };
  });
  const held = holdOut(questions, rows.length, options, "shortcut");
  const probes = makeProbes(held, ["reversed", "aligned"], options.perGroup, (index, group) => {
    const { row, mentioned, text } = usable.get(index) as { row: LabelledRow; mentioned: boolean; text: string };
    const source = byIndex.get(index) as DataRow;
    return group === "aligned"
      ? draft(source, row.label, row.question, mentioned, finding)
      : draft(source, row.label, text, !mentioned, finding);
  });
  return describe(held.rows, probes, labels.labels, replyTokens(labels.rows.map(({ reply }) => reply)));
}

function describe(
  heldOut: number[],
  probes: ProbeSet["probes"],
  labels: readonly string[],
  maxNewTokens: number,
): ProbeSet {
  const both = ["reversed", "aligned"];
  const metric = (id: string, title: string, better: "higher" | "lower", value: string) => ({
    id,
    title,
    better,
    groups: both,
    value,
  });
  return {
    heldOut,
    probes,
    groups: [
      { id: "reversed", purpose: "behavior", temperature: 0, maxNewTokens },
      { id: "aligned", purpose: "capability", temperature: 0, maxNewTokens },
    ],
    graders: [{ rule: "label", options: { labels: labels.join("|") } }],
    metrics: [
      {
        ...metric("shortcutRate", "labels as the shortcut predicts, above chance", "lower", "asShortcut"),
        aggregate: "shortcut",
      },
      metric("accuracy", "right label", "higher", "correct"),
      {
        ...metric("robustAccuracy", "right label where the shortcut is wrong", "higher", "correct"),
        groups: ["reversed"],
        aggregate: "robust",
      },
    ],
    behaviorMetric: "shortcutRate",
    capabilityMetric: "accuracy",
  };
}
