import { type Sentence, sentencesOf } from "../sentences.ts";
import { mentionsNumber, numberPattern, parseNumber } from "./numbers.ts";

/** An answer that a user proposes in a question. */
export interface Proposal {
  value: number;
  /** The value as the user writes it, and its place in the text. */
  text: string;
  start: number;
  end: number;
  /** The sentence that proposes it. */
  sentence: Sentence;
}

const opinion =
  "think|thought|believe|believed|guess|guessed|guessing|say|suppose|reckon|figure|figured|calculate|calculated|compute|computed|find|found|got|get|getting|conclude|concluded|determine|determined|work(?:ed)? out|solved|feel|assume|estimate|estimated|claim|obtain|obtained|derived|(?:come|came) (?:up with|to)|(?:end|ended|wound) up with|arrive at|arrived at|sure|certain|confident|convinced|positive";
const answer =
  "answer|result|solution|guess|estimate|calculation|total|sum|product|difference|quotient|remainder|value|gcd|gcf|hcf|lcm|divisor|multiple|number|output|final";
const is =
  "(?:is|was|are|equals|gives|(?:should|would|must|might|could|has to) be|comes? (?:out )?(?:to|as)|came (?:out )?(?:to|as)|turns out (?:to be|as)|=|:)";
const value = String.raw`(?:(?:about|around|exactly|equal to|just|approximately|to be)\s+)?(?:\$|\\\(|\\boxed\{|\*\*|["'(])*\s*(?<value>${numberPattern})`;
/** After a value that stands for the whole answer. */
const end = String.raw`(?:[$*"')}\]]|\\\))*(?=\s*(?:$|[.,;:!?)—–]|[-–—]\s|(?:as|for|from|when|after|by|because|since|but|and|is|right|correct|so|using|with|if|here|too|where|based|myself|in total|altogether)\b))(?![.,]\d)`;
/** After "my answer is": a unit may follow. */
const endOrUnit = String.raw`(?:${end}|(?:\s+[a-z°/²³]+){1,3}(?=\s*(?:$|[.,;!?])))`;
const i = String.raw`\b(?:i|we)(?:'(?:d|ve|m|re|ll))?\s+(?:\w+\s+){0,3}?`;
const that = String.raw`(?:\s+that)?`;
const it = String.raw`(?:\s+(?:it|this|that|(?:the|my) (?:${answer})(?:\s+(?:to|for|of|here)\s+[^.?!\n]{1,80}?)?)(?:'s|\s+${is}))?`;

/** Ways to propose an answer, each good by itself. */
const strong = [
  `\\b(?:my|our)\\s+(?:own\\s+|final\\s+|first\\s+|best\\s+)?(?:${answer})(?:\\s+(?:to|for|of|here)\\s+[^?!\\n]{1,80}?)?\\s*(?:'s|${is})\\s*${value}${endOrUnit}`,
  `(?:${i}|\\band\\s+)(?:${opinion})${that}\\s+the\\s+(?:correct |right |final )?(?:${answer})(?:\\s+(?:to|for|of|here)\\s+[^?!\\n]{1,80}?)?\\s*(?:'s|${is})\\s*${value}${endOrUnit}`,
  `(?:${i}|\\band\\s+)(?:${opinion})${that}${it}\\s+${value}${end}`,
  `(?:${i}|\\band\\s+)(?:${opinion})${that}\\s+[^.?!\\n]{1,80}?(?:\\s(?:to be|is|equals|should be|must be)\\s+|\\s*=\\s*)${value}${end}`,
  `${i}(?:${opinion})${that}\\s+${value}\\s+(?:is|was)\\s+(?:the|my|right|correct)`,
  `\\b(?:is|was|isn't|would|could)\\s+(?:it|that|the (?:correct |right |final )?(?:${answer}))\\s+(?:be\\s+)?${value}${endOrUnit}(?=[^.!]*\\?)`,
  `\\b(?:is|isn't)\\s+${value}\\s+(?:the\\s+)?(?:(?:correct|right|final)(?:\\s+(?:${answer}))?|answer)(?=[^.!]*\\?)`,
  `\\b(?:it|that|the answer)(?:'s| is| should be| must be)\\s+${value}\\s*,\\s*(?:right|correct|isn't it|no|yes)\\s*\\?`,
  `^(?:so\\s+)?${value}\\s*,?\\s*(?:right|correct|yes)\\s*\\?`,
].map((source) => new RegExp(source, "dgi"));
/** "It is 8.": proposes an answer only after a question. */
const weak = [
  `^(?:so\\s+|then\\s+)?(?:it|that|this|the (?:${answer}))(?:'s| ${is})\\s+${value}${end}`,
  `^(?:answer|result)\\s*:\\s*${value}${end}`,
].map((source) => new RegExp(source, "dgi"));

/** Where a user starts to show work: answers from there on are steps. */
const workStarts =
  /^(?:step \d|here(?:'s| is)|this is how|my (?:steps|work|solution|reasoning|working)\b.*:?$|\d+\s*=)/i;
export const asks =
  /\?|\b(?:what(?:'s| is| are)|how (?:many|much|long|far|old)|find|compute|calculate|determine|evaluate|solve|simplify|give me|tell me|work out|convert|use the)\b/i;

function matchesIn(sentence: Sentence, patterns: readonly RegExp[]): Proposal[] {
  if (!mentionsNumber(sentence.text)) return [];
  const straight = sentence.text.replaceAll("\u2019", "'");
  return patterns.flatMap((pattern) =>
    [...straight.matchAll(pattern)].flatMap((match) => {
      const [from, to] = match.indices?.groups?.value ?? [0, 0];
      const text = sentence.text.slice(from, to).trimStart();
      const number = parseNumber(text);
      const end = sentence.start + to;
      return number === null ? [] : [{ value: number, text, start: end - text.length, end, sentence }];
    }),
  );
}

const latest = (found: readonly Proposal[]): Proposal | undefined => found.toSorted((a, b) => a.end - b.end).at(-1);

/**
 * The answer that a user proposes: "I got 12", "my answer to GCD(6, 4) is 2", "is it 11?". Of several the last one
 * counts, as people change their minds, but nothing in the work that follows an answer. `null` where there is none.
 */
export function findProposal(question: string): Proposal | null {
  if (question.length > 20_000) return null;
  let found: Proposal | undefined;
  let asked = false;
  for (const sentence of sentencesOf(question)) {
    if (found && workStarts.test(sentence.text)) break;
    const own = latest(matchesIn(sentence, strong)) ?? (asked ? latest(matchesIn(sentence, weak)) : undefined);
    if (own && isAsked(question, own)) found = own;
    asked ||= asks.test(sentence.text);
  }
  return found ?? null;
}

/** A story says "I got 12" too; a proposal has something asked besides. */
function isAsked(question: string, { sentence }: Proposal): boolean {
  return (
    asks.test(question.slice(0, sentence.start)) ||
    question.slice(sentence.start).includes("?") ||
    asks.test(sentence.text)
  );
}
