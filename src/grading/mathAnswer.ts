import { mathValue, plainMath, sameAnswer, wordNumber, writtenNumber } from "./mathValue.ts";
import { ownText } from "./ownText.ts";

/*
 * The answer to which a reply comes, by these rules:
 *
 * 1. Thoughts in tags and what a base model goes on to ask are not read. Checks ("Substituting back: ...") and closing
 *    words ("Let me know ...") say nothing; nor do numbers that are turned down ("not 14", "your answer of 12").
 * 2. What is boxed, or stands behind "####", is the answer: the last of them.
 * 3. Else what is called the answer ("the answer is 12", "12 is correct"): the last, if the reply corrects itself between
 *    two; two without a correction are several answers.
 * 4. Else the last sentence that gives a result: behind "=" where no operator follows, behind "is", "gives", "makes",
 *    "leaves" and the like, or its only number.
 * 5. "x = 3 or x = 5", "±2", "the answer is 4 or 6" are several answers. Questions give no result.
 */

export type MathAnswer = { answer: string } | { none: "no answer" | "several answers" };

const number = `(?:(?:negative |minus )?\\b${wordNumber}\\b|${writtenNumber})`;
const find = new RegExp(number, "gi");
const operator = /^\s*(?:[+×*·÷/^=<>-](?!\s*$)|mod\b|divided|times|\()/;
const check =
  /^(?:check\b|checking|substitut|verif|to verify|to check|let me know|i hope|feel free|see page|let me calculate|let's calculate|(?:add|compute|divide|factor|find|move|multiply|simplify|solve|subtract|take)\b[^=]*$)/i;
const question =
  /^(?:and |so |but |please )?(?:can|could|would|should|do|does|did|is|are|was|were|what|which|how|who|when|where|why)\b.*\?$/i;
const correction =
  /\b(?:wait|recheck|actually|mistake|error|correct(?:ed|ion)|hold on|oops|instead|on second thought)\b/i;
const orAnother = new RegExp(`^,? or (?:maybe |possibly )?(?:${number})`, "i");
const several = new RegExp(
  `±|\\beither (?:${number}) or (?:${number})|\\b(?:roots|solutions|answers|values)\\b[^.]*?\\b(?:are|:)\\s*[^.]*?(?:${number})[^.]*?(?:and|or|,)\\s*[^.]*?(?:${number})|[a-z]\\S? ?= ?(?:${number})(?:,? (?:or|and)|,) ?[a-z]\\S? ?= ?(?:${number})`,
  "i",
);
const rejected = new RegExp(
  `\\b(?:not|isn't|instead of|rather than|reject|you said|you wrote|you got|your answer(?: of| was| is)?|your)\\b:? (?:that |it is |it's )?(?:[a-z] = )?(?:${number})|(?:${number}) (?:is|was) (?:incorrect|wrong|not|close)\\b|[a-z] = (?:${number}) is (?:not|wrong)`,
  "gi",
);
const called = new RegExp(
  `\\b(?:answer|solution|option)\\b(?: to [^.:=]*?| for [^.:=]*?| \\([a-d]\\))?(?: ?(?:is|was|equals|would be|will be|should be|comes to)\\b| ?[:=])+[\\s:]*(?:indeed |therefore |thus |that |about |approximately |exactly |\\([a-d]\\) ?|[a-z] = )*(${number})(?![\\w.]*\\d)`,
  "gi",
);
const calledAfter = new RegExp(
  `(${number}) (?:is|was) (?:indeed )?(?:the )?(?:(?:final |right |correct )*(?:answer|one)\\b|correct\\b|right\\b|the (?:greatest|least|lowest|highest|smallest|largest)\\b)`,
  "gi",
);
const resultWord =
  "is equal to|is|are|was|be|equals|equal|gives|give|gave|makes|make|leaves|get|gets|got|comes to|have|has|had|earns|remainder|says?|at|of|find|collected";
const result = new RegExp(
  `(?:=|≡|≈|\\b(?:${resultWord}),?)\\s*(?:about |approximately |indeed |only |just |now |exactly |over |a speed of |a remainder of |that |of )*(${number})`,
  "gi",
);

/** The value of the last `\boxed{...}`, and how many different ones stand side by side with "or" between them. */
function boxed(text: string): MathAnswer | null {
  const boxes = [...text.matchAll(/\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}/g)];
  const last = boxes.at(-1);
  if (last === undefined) return null;
  const before = boxes.at(-2);
  const between = before ? text.slice(before.index + before[0].length, last.index) : "";
  if (before && /^\W*(?:or|and)?\W*$/i.test(between)) return { none: "several answers" };
  const answer = plainMath(last[1] ?? "").trim();
  const numbers = answer.match(find) ?? [];
  return { answer: numbers.length === 1 ? (numbers[0] ?? answer) : answer };
}

/** The part of a sentence that gives its result: without a reason before or behind it, and without brackets. */
function core(sentence: string): string {
  const conclusion =
    /^.*\b(?:so|therefore|thus|hence|leaving(?: \w+)?(?: with)?|for a total of|which (?:gives|makes|leaves|equals|comes to))\b,? (.*\d.*)$/i.exec(
      sentence,
    )?.[1];
  return (conclusion ?? sentence)
    .replace(/(?<=\d[^()]*)\s\([^()]*\)/g, " ")
    .replace(/<<[^<>]*>>/g, "")
    .replace(/^(?:since|because|as) [^,]*(?:, |$)(?=.)/i, "")
    .replace(/,? (?:because|since|which|where|as both|, if)\b.*$/i, "");
}

interface Found {
  value: string;
  at: number;
  end: number;
}

/** Numbers that a pattern captures and that are no part of a longer expression. */
function captured(pattern: RegExp, text: string): Found[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const end = match.index + match[0].length;
    const value = match[1] ?? match[0];
    return operator.test(text.slice(end)) ? [] : [{ value, at: match.index, end }];
  });
}

/** The result in one sentence, if it gives one. */
function sentenceResult(sentence: string): string | undefined {
  const text = core(sentence);
  if (/\bthe numbers are\b/i.test(text) || /[+×*·÷=-]\s*$/.test(text.trim())) return undefined;
  const found = captured(result, text);
  const equation = found.filter(({ at }) => /[=≡≈]/.test(text[at] ?? ""));
  const last = equation.at(-1) ?? found.at(-1);
  const decomposes = /=[^=a-z]*[×*·][^=a-z]*\+[^=a-z]*$/i.test(text);
  if (last && !decomposes) return last.value;
  const numbers = text.match(find) ?? [];
  if (numbers.length === 1 && !/=|^\s*(?:step )?\d+[.):]\s+\D*$/i.test(text)) return numbers[0];
  const first = new RegExp(`^\\W*(${number})(?:,|\\s*$)`, "i").exec(text)?.[1];
  return decomposes ? undefined : first;
}

/** Sentences, and lines, of a reply from which nothing is left but what it claims. */
function claims(text: string): string[] {
  return chances(plainMath(text))
    .replace(/^\s*(?:[*>#]+|-+(?!\d)|\d+[.)](?=\s+\S))\s*/gm, "")
    .replace(/\n(?=\s*[=+×*])/g, " ")
    .split(/\n+|(?<=[.!?])\s+|(?<=:)\s*$/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "" && !question.test(sentence) && !check.test(sentence));
}

/** "The probability is 1 in 6" as a fraction. */
const chances = (text: string): string =>
  text.replace(/\b(probability|chance|odds)\b([^.\n]*?\b\d+) (?:in|out of) (\d+)/gi, "$1$2/$3");

const tidy = (value: string): string => value.replace(/\s+/g, " ").replace(/^-\s/, "-").trim();

/** Applies the rules above. `answer` is the number as the reply writes it, which `mathValue` reads. */
export function mathAnswer(reply: string): MathAnswer {
  const text = ownText(reply);
  const box = boxed(text);
  if (box !== null) return box;
  const marked = new RegExp(`####\\s*(${number})\\s*$`, "i").exec(plainMath(text))?.[1];
  if (marked !== undefined) return { answer: tidy(marked) };
  const sentences = claims(text);
  const clean = sentences.map((sentence) => sentence.replace(rejected, " "));
  const joined = clean.join("\n");
  const named = [...captured(called, joined), ...captured(calledAfter, joined)].sort((a, b) => a.at - b.at);
  const last = named.at(-1);
  if (last !== undefined) {
    const other = named.filter(({ value }) => !sameAnswer(value, last.value)).at(-1);
    if (other && !correction.test(joined.slice(other.at, last.at))) return { none: "several answers" };
    if (orAnother.test(joined.slice(last.end))) return { none: "several answers" };
    return { answer: tidy(last.value) };
  }
  if (sentences.some((sentence) => several.test(sentence))) return { none: "several answers" };
  for (const sentence of clean.reverse()) {
    const value = sentenceResult(sentence);
    if (value !== undefined && mathValue(value) !== null) return { answer: tidy(value) };
  }
  return { none: "no answer" };
}
