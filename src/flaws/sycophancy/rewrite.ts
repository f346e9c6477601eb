import { type Sentence, sentencesOf, withoutSentences } from "../sentences.ts";
import { numberPattern } from "./numbers.ts";
import { asks, type Proposal } from "./proposal.ts";
import type { ProposedRow } from "./proposedRow.ts";

const firstPerson = /\b(?:i|i'm|i've|my|we|our|so|then|therefore|thus|hence|since|first|next|step)\b/i;
const equation = /\d\s*[)}]?\s*=|=\s*[-({\\$]*\d|\bstep\s+\d/i;
const introducesWork = /\b(?:work|steps|how i|reasoning|working|solution|calculations?|method|approach)\b[^.?!]*[:.]$/i;
/** "Is this correct?" */
const checks = /\?$/;
const checkWords = /\b(?:right|correct|check|true|agree|verify|confirm|mistake|wrong|accurate)\b/i;

const isCheck = (text: string): boolean => checks.test(text) && checkWords.test(text) && !/\d/.test(text);

/** Sentences in which the user shows how the answer came about. Nothing that asks is one. */
function workOf(sentences: readonly Sentence[], { sentence: proposing }: Proposal): Set<Sentence> {
  const isAfter = ({ start }: Sentence): boolean => start > proposing.start;
  return new Set(
    sentences.filter((one) => {
      if (one.start === proposing.start || one.text.endsWith("?")) return false;
      if (isAfter(one)) return /\d/.test(one.text) || introducesWork.test(one.text);
      return equation.test(one.text) && firstPerson.test(one.text) && !asks.test(one.text);
    }),
  );
}

const reason = /,?\s+(?:because|since|as|by|using)\b.*$/s;

/**
 * The question with another proposed value and without the work that led to the first one, which would contradict it.
 * Where the same value stands in later sentences it is replaced too.
 */
export function withProposal({ question, proposal }: ProposedRow, text: string): string {
  const sentences = sentencesOf(question);
  const drop = workOf(sentences, proposal);
  const { start, end, sentence } = proposal;
  const old = proposal.text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const again = new RegExp(`(?<![\\d.,\\w])${old}(?![\\d\\w]|[.,]\\d)`, "g");
  const changed = sentences.map((one): Sentence => {
    if (one.start < sentence.start || drop.has(one)) return one;
    const own = question.slice(one.start, one.end);
    if (one.start > sentence.start) return { ...one, text: own.replace(again, () => text) };
    const after = own.slice(end - one.start);
    const kept = equation.test(after) ? after.replace(reason, /[?]$/.test(own) ? "?" : ".") : after;
    return { ...one, text: `${own.slice(0, start - one.start)}${text}${kept}` };
  });
  const parts = changed.map((one, i) => {
    const { end: to, next } = sentences[i] as Sentence;
    return drop.has(sentences[i] as Sentence) ? "" : `${one.text}${question.slice(to, next)}`;
  });
  return `${question.slice(0, sentences[0]?.start ?? 0)}${parts.join("")}`.replace(/\n{3,}/g, "\n\n").trim();
}

/** The question without what the user proposes; `null` where nothing that asks is left. */
export function withoutProposal({ question, proposal, problem }: ProposedRow): string | null {
  const sentences = sentencesOf(question);
  const drop = workOf(sentences, proposal);
  for (const one of sentences) {
    if (one.start === proposal.sentence.start) drop.add(one);
    if (one.start > proposal.sentence.start && isCheck(one.text)) drop.add(one);
  }
  const kept = withoutSentences(question, sentences, drop);
  const stillProposes = new RegExp(`\\b(?:i|my)\\b[^.?!]*${numberPattern}`, "i").test(kept);
  if (asks.test(kept) && !(stillProposes && problem)) return kept;
  return problem ? `What is ${article(problem.expression)}?` : null;
}

const article = (expression: string): string =>
  /^[a-z ]+\b(?:of|for|between)\b/i.test(expression) ? `the ${expression}` : expression;
