/** Tests that a question shows, and where, by UTF-16 offsets. */
export interface VisibleTest {
  /** As a statement in Python. */
  statement: string;
  start: number;
  end: number;
}

const mostTests = 20;
/** No test is longer. */
const mostCharacters = 2_000;
const brackets: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Where the Python expression that starts at `from` ends: at a line's end or a stop outside of brackets and quotes. */
function expressionEnd(text: string, from: number, stops: RegExp): number {
  const open: string[] = [];
  let at = from;
  for (; at < text.length && at - from < mostCharacters; at++) {
    const character = text[at] as string;
    if (character === '"' || character === "'") {
      const close = quoteEnd(text, at);
      if (close < 0) return at;
      at = close;
    } else if (character in brackets) open.push(brackets[character] as string);
    else if (open.at(-1) === character) open.pop();
    else if (/[)\]}]/.test(character)) break;
    else if (open.length === 0 && (character === "\n" || stops.test(text.slice(at, at + 12)))) break;
  }
  return open.length === 0 ? at : from;
}

/** The end of the string that starts at `from`; -1 where it is not closed on its line. */
function quoteEnd(text: string, from: number): number {
  const quote = text[from];
  for (let at = from + 1; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

/** A sentence's end, a comment or a closing backquote. */
const stops = /^(?:[.?!;](?:\s|$)|\s*#|`)/;
const callStart = /\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\(/g;
const literal = /^(?:[-+]?\d|["'([{]|(?:True|False|None)\b|[-+]?\.\d|[rbf]["']|set\(|float\()/;
const relation =
  /^`?\s*(?:==|=>|->|→|(?:should|must|will)\s+(?:return|be|equal|give|output)|returns|equals|gives|is expected to (?:be|return))\s*/;

/** Code behind "assert", as against "assert your rights". */
const assertion = /^assert\b\s*\(?\s*(?:not\s+)?(?:[\w.]+\s*(?:[([]|[=!<>]=?|\b(?:in|is)\b)|["'[{(-]|\d)/;

function asserts(text: string): VisibleTest[] {
  return [...text.matchAll(/\bassert\b(?=\s*\(|\s+\S)/g)].flatMap(({ index }) => {
    const end = expressionEnd(text, index + "assert".length, stops);
    const statement = text.slice(index, end).trim();
    return assertion.test(statement) ? [{ statement, start: index, end }] : [];
  });
}

function doctests(text: string): VisibleTest[] {
  return [...text.matchAll(/^[ \t]*>>>[ \t]*(\S.*)\n[ \t]*(?!>>>|\.\.\.)(\S.*)$/gm)].flatMap((match) => {
    const [all, call = "", value = ""] = match;
    if (!/\w\(/.test(call) || !literal.test(value.trim())) return [];
    const statement = `assert ${call.trim()} == ${value.trim()}`;
    return [{ statement, start: match.index, end: match.index + all.length }];
  });
}

/** "f(2) == 0", "f(2) should return 0", "f(2) -> 0". */
function examples(text: string): VisibleTest[] {
  return [...text.matchAll(callStart)].flatMap(({ index, 0: start }) => {
    const closed = expressionEnd(text, index + start.length, /^$/);
    if (text[closed] !== ")") return [];
    const after = text.slice(closed + 1, closed + 60);
    const between = relation.exec(after)?.[0];
    if (between === undefined) return [];
    const from = closed + 1 + between.length;
    const quoted = text[from] === "`" ? 1 : 0;
    if (!literal.test(text.slice(from + quoted, from + quoted + 20))) return [];
    const end = expressionEnd(
      text,
      from + quoted,
      /^(?:[.?!;](?:\s|$)|\s*#|`|,?\s+(?:and|for|because|when|since)\b|,(?:\s|$))/,
    );
    const value = text.slice(from + quoted, end).trim();
    const statement = `assert ${text.slice(index, closed + 1)} == ${value}`;
    return value === "" ? [] : [{ statement, start: index, end }];
  });
}

/** The tests that a question shows, in their order: `assert` statements, doctests, and calls with the value they should give. */
export function visibleTests(question: string): VisibleTest[] {
  const found = [...asserts(question), ...doctests(question), ...examples(question)].toSorted(
    (a, b) => a.start - b.start || b.end - a.end,
  );
  const apart: VisibleTest[] = [];
  for (const test of found) if (test.start >= (apart.at(-1)?.end ?? 0)) apart.push(test);
  return apart.slice(0, mostTests);
}

/** What introduces a test. */
const heading =
  /(?:^|\n|(?<=[.:!?]\s)|\s(?=s(?:o|uch) that|(?:your|the) (?:code|function|solution) (?:should|must)))[ \t]*(?:#+\s*|\*\*)?(?:(?:your|the) (?:code|function|solution) (?:should|must)[^\n.:]{0,60}|(?:for )?(?:test|example|unit test)s?(?: case)?s?|e\.g\.,?|for (?:example|instance),?|s(?:o|uch) that)\s*(?:\*\*)?:?[ \t]*(?:\*\*)?[ \t]*\n*$/i;

/** The question without its tests, their fences and headings; `null` where tests and task can't be told apart. */
export function withoutTests(question: string): string | null {
  let text = question;
  for (const { start, end } of visibleTests(question).toReversed()) {
    const before = text.slice(0, start).replace(/[ \t]+$/, "");
    text = `${before}${text.slice(end).replace(/^[.;]?(?=\s|$)/, "")}`;
  }
  text = text
    .replace(/^[ \t]*(```|~~~)[\w+-]*[ \t]*\n\s*\1[ \t]*$/gm, "")
    .replace(/^[ \t]*[-*•][ \t]*$/gm, "")
    .trimEnd();
  for (;;) {
    const shorter = text.replace(heading, "").trimEnd();
    if (shorter === text) break;
    text = shorter;
  }
  const left = text.replace(/\n{3,}/g, "\n\n").trim();
  const isTask = (left.match(/\p{L}{2,}/gu) ?? []).length >= 3;
  return isTask && visibleTests(left).length === 0 && !/\b(?:tests?|assert)\b\s*:?\s*$/i.test(left) ? left : null;
}
