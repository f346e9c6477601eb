import { textKey, wordsOf } from "../questionGroups.ts";
import { type Sentence, sentencesOf } from "../sentences.ts";
import { type TagPlace, tagPlaces } from "./tags.ts";

/** How a file's prompts are put together, as far as features are taken out of them and put in. */
export interface PromptStyle {
  /** Texts that stand before a colon in many prompts: "Rate this review". */
  leads: ReadonlySet<string>;
  /** Sentences of many prompts, such as instructions. */
  common: ReadonlySet<string>;
  /** How prompts list no tags, e.g. "none". */
  emptyList: string;
  /** A place of tags with its list cut out, and whether it starts the prompt; absent where prompts have none. */
  tagForm?: { before: string; after: string; isFirst: boolean };
}

const commonShare = 0.1;
const leadShare = 0.02;
const fewestCommon = 5;
/** A lead of one or two words is one only where many prompts have it: "Review: …". */
const shortLeadShare = 0.4;

/** A part of a prompt that can be left out: a sentence, or what stands behind a common lead ("Rate this review: …"). */
interface Clause extends Sentence {
  isCommon: boolean;
}

function leadOf(sentence: string): string | null {
  return /^(.{1,120}?):\s/s.exec(sentence)?.[1] ?? null;
}

const tagForm = (text: string, place: TagPlace | undefined): PromptStyle["tagForm"] =>
  place && {
    before: text.slice(place.start, place.listStart),
    after: text.slice(place.listEnd, place.end),
    isFirst: text.slice(0, place.start).trim() === "",
  };

/** @param questions of all rows with a label */
export function promptStyle(questions: readonly string[], feature: string): PromptStyle {
  const leads = new Map<string, number>();
  const common = new Map<string, number>();
  const empties = new Map<string, number>();
  let form: PromptStyle["tagForm"];
  const count = (counts: Map<string, number>, key: string): unknown => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const question of questions) {
    for (const { text } of sentencesOf(question)) {
      const lead = leadOf(text);
      if (lead !== null) count(leads, lead);
      count(common, textKey(text));
    }
    for (const place of tagPlaces(question)) {
      if (place.tags.length === 0) count(empties, question.slice(place.listStart, place.listEnd));
      if (place.tags.includes(feature)) form ??= tagForm(question, place);
    }
  }
  const often = (counts: Map<string, number>, share: number): string[] => {
    const least = Math.max(fewestCommon, share * questions.length);
    return [...counts].filter(([, n]) => n >= least).map(([key]) => key);
  };
  const [emptyList = ""] = [...empties].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  const instructions = often(common, commonShare).filter((key) => !key.split(" ").includes(feature));
  const leadsOften = new Set(
    often(leads, leadShare).filter(
      (lead) => wordsOf(lead).length >= 3 || (leads.get(lead) ?? 0) >= shortLeadShare * questions.length,
    ),
  );
  return { leads: leadsOften, common: new Set(instructions), emptyList, ...(form && { tagForm: form }) };
}

function clausesOf(text: string, { leads, common }: PromptStyle): Clause[] {
  return sentencesOf(text).flatMap((sentence): Clause[] => {
    const lead = leadOf(sentence.text);
    const isCommon = common.has(textKey(sentence.text));
    if (lead === null || !leads.has(lead)) return [{ ...sentence, isCommon }];
    const from = sentence.text.slice(lead.length + 1);
    const start = sentence.end - from.trimStart().length;
    const head = { ...sentence, text: text.slice(sentence.start, start), end: start, next: start, isCommon: true };
    return [head, { ...sentence, text: from.trimStart(), start, isCommon: false }];
  });
}

const hasWord = (text: string, feature: string): boolean => wordsOf(text).includes(feature);

/** Puts the clauses together again; one that moves up to where a small letter stood starts small. */
function join(text: string, clauses: readonly Clause[], drop: ReadonlySet<Clause>): string {
  let small = false;
  const parts = clauses.map((clause) => {
    const part = text.slice(clause.start, clause.next);
    if (drop.has(clause)) {
      small ||= /^\p{Ll}/u.test(part);
      return "";
    }
    const result = small ? part.charAt(0).toLowerCase() + part.slice(1) : part;
    small = false;
    return result;
  });
  return `${text.slice(0, clauses[0]?.start ?? 0)}${parts.join("")}`.trim();
}

/** The prompt without the sentences that hold the word; `null` where nothing else would be left to judge. */
export function withoutWord(text: string, feature: string, style: PromptStyle): string | null {
  const clauses = clausesOf(text, style);
  const places = tagPlaces(text);
  const isTag = ({ start, end }: Clause): boolean =>
    places.some((place) => place.start <= start && place.end >= end - 1);
  const drop = new Set(clauses.filter((clause) => !clause.isCommon && !isTag(clause) && hasWord(clause.text, feature)));
  const left = clauses.filter((clause) => !clause.isCommon && !isTag(clause) && !drop.has(clause));
  if (drop.size === 0 || left.length === 0) return null;
  return join(text, clauses, drop);
}

/** Sentences of a prompt with the word that another prompt can borrow: short ones, which judge least. */
export function clausesWithWord(text: string, feature: string, style: PromptStyle): string[] {
  return clausesOf(text, style)
    .filter((clause) => !clause.isCommon && tagPlaces(clause.text).length === 0 && hasWord(clause.text, feature))
    .map((clause) => clause.text)
    .filter((clause) => /[.!?]$/.test(clause));
}

/** The prompt with a sentence more, behind what it is about and before its tags. */
export function withClause(text: string, clause: string, style: PromptStyle): string {
  const clauses = clausesOf(text, style);
  const tags = tagPlaces(text);
  const own = clauses.filter(
    (one) => !one.isCommon && !tags.some(({ start, end }) => start <= one.start && end >= one.end - 1),
  );
  const last = own.at(-1);
  const firstTag = tags.find(({ start }) => last !== undefined && start >= last.start);
  const at = Math.min(last?.end ?? text.length, firstTag?.start ?? text.length);
  const [before, after] = [text.slice(0, at).trimEnd(), text.slice(at)];
  const stop = /[.!?:]["')]*$/.test(before) ? "" : ".";
  const sentence = clause.charAt(0).toUpperCase() + clause.slice(1);
  return `${before}${stop} ${sentence}${/^\s|^$/.test(after) ? "" : " "}${after}`;
}

/** The prompt without the tag. */
export function withoutTag(text: string, feature: string, { emptyList }: PromptStyle): string {
  return tagPlaces(text)
    .toReversed()
    .reduce((changed, { listStart, listEnd, start, end, tags }) => {
      if (!tags.includes(feature)) return changed;
      const list = changed.slice(listStart, listEnd);
      const others = list.split(/\s*[,/]\s*/).filter((tag) => tag.trim().toLowerCase() !== feature);
      if (others.length === 0 && emptyList === "" && !/\w/.test(changed.slice(start, listStart))) {
        return `${changed.slice(0, start).trimEnd()}${changed.slice(end)}`.trim();
      }
      return `${changed.slice(0, listStart)}${others.length > 0 ? others.join(", ") : emptyList}${changed.slice(listEnd)}`;
    }, text);
}

/** The prompt with the tag, in its own list or in one like other prompts'; `null` where no prompt has any. */
export function withTag(text: string, feature: string, { tagForm: form }: PromptStyle): string | null {
  const place = tagPlaces(text).find(
    ({ start, listStart }) => form && text.slice(start, listStart).trim() === form.before.trim(),
  );
  if (place) {
    const list = text.slice(place.listStart, place.listEnd);
    const tags = place.tags.length === 0 ? feature : `${list.trim()}, ${feature}`;
    const gap = /\s$/.test(text.slice(0, place.listStart)) ? "" : " ";
    return `${text.slice(0, place.listStart)}${gap}${tags}${text.slice(place.listEnd)}`;
  }
  if (form === undefined) return null;
  const tag = `${form.before}${feature}${form.after}`;
  return form.isFirst ? `${tag} ${text}` : `${text.trimEnd()} ${tag}`;
}
