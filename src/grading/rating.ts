import { ownText } from "./ownText.ts";

/** A reply's score, or why it has none. */
export type Rating = { score: number } | { excluded: "no number" | "several numbers" | "not on the scale" | "negated" };

export interface RatingScale {
  /** @default 0 */
  lowest?: number;
  /** @default 4 */
  highest?: number;
}

/**
 * The one number in a reply of a model that writes hardly more than its score. A reply that has two, negates it or
 * hedges states none.
 */
export function soleRating(reply: string, { lowest = 0, highest = 4 }: RatingScale = {}): Rating {
  const numbers = reply.match(/-?\d+(?:[.,]\d+)?/g) ?? [];
  if (numbers.length === 0) return { excluded: "no number" };
  if (numbers.length > 1) return { excluded: "several numbers" };
  if (/\b(not|never|cannot|neither|nor|no|hardly)\b|n['\u2019]t\b/i.test(reply)) return { excluded: "negated" };
  return onScale(Number(numbers[0]), lowest, highest);
}

function onScale(score: number, lowest: number, highest: number): Rating {
  return Number.isInteger(score) && score >= lowest && score <= highest ? { score } : { excluded: "not on the scale" };
}

/*
 * The score that a reply of any length states, by these rules:
 *
 * 1. The scale itself is not read: "on a scale of 0-4", "0 = very negative, 1 = negative", "out of 4", "/4".
 * 2. Nor is what is counted ("45 minutes", "3 of 5 dishes", "one of the best") or turned down ("not a 4", "rather than 2",
 *    "my first thought was 2").
 * 3. "Between 2 and 3", "2 or 3", "2-3" are no score.
 * 4. What is called the score, overall or in the end, is it; else the number that stands alone; else any number left.
 *    Different ones are several, unless the reply corrects itself between them: then the last one counts.
 */

const words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const digits = "-?\\d+(?:[.,]\\d+)?";
const range = `(?:from |of |between )?${digits}(?: ?\\([^)]*\\))? ?(?:-|\u2013|to|and|through) ?${digits}(?: ?\\([^)]*\\))?`;
const scales = [
  new RegExp(`\\b(?:on|using|with|from)? ?(?:an? |the |this )?(?:\\w+ )?scale (?:of |from |between )?${range}`, "g"),
  new RegExp(`\\b(?:on )?an? ${range} scale`, "g"),
  new RegExp(`\\bfrom ${range}(?= |,|$)`, "g"),
  new RegExp(
    `\\b(?:where|since|as|because) ${digits} (?:is|means|=)[^.\\n]*?(?:and|,) ${digits} (?:is|means|=) [a-z ]+`,
    "g",
  ),
  new RegExp(`(?:(?:^|[,;\\n] ?)${digits} ?(?:=|:|means|is) ?(?:very )?[a-z]+){3,}`, "g"),
];
const restated = new RegExp(
  `(${digits}|\\b(?:${words.join("|")})) ?(?:/|out of|of) ?(${digits}|${words.join("|")})\\b`,
  "g",
);
const any = `(?:${digits}|(?:${words.join("|")})\\b)`;
const undecided = new RegExp(
  `\\b(?:between|hesitate between) (?:an? )?${any} (?:and|or) (?:an? )?${any}|\\b(?:either )?(?:an? )?${any} or (?:maybe )?(?:an? )?${any}|(?<![\\d.])\\d ?[-\u2013] ?\\d(?![\\d.])`,
);
const rejected = new RegExp(
  `(?:\\bnot|n't|\\bneither|\\bnor)\\b(?: (?:quite|really|even|be|give it|call it|say))* (?:an? )?${any}|\\b(?:rather|more|less|better|worse) than (?:an? )?${any}|\\binstead of (?:an? )?${any}|\\b(?:argue|close) (?:for|to) (?:an? )?${any}(?=\\)|$)|\\bmaybe (?:even )?an? ${any} ?\\?|\\b(?:first|initially|at first)\\b[^.,;\\n]*?${any}|${any} ?(?:\\.\\.\\.|\u2026)? ?(?:no,? wait|wait,? no)|\\b(?:than|at least|at most) ${any}`,
  "g",
);
const scoreWord =
  "sentiment(?: score| rating)?|rating|score|label|answer|overall(?: sentiment| rating| score)?|class|category|level|output|prediction|review \\d+";
const called = new RegExp(
  `\\b(?:${scoreWord})"?\\b(?: of this review| of the review)?(?: ?(?:is|as|would be|of|=|:|"|\u2192|->))*\\s*(?:an? |about |clearly |probably |definitely )*(${any})(?! of\\b)|\\b(?:rate|give|gave|say|assign|go with|lean towards?|choose|pick|call|is|be|it's|gets|deserves|to|so|but|but an?)\\b(?: this| the| it| review| that)* ?:? ?(?:an? |of |the |clearly |definitely |solid |perfect |score )*(${any})(?! of\\b| [a-z]*(?:s|es)\\b(?<!stars|points|as))`,
  "g",
);
const overall = /\b(?:overall|final|answer|sentiment|rating|score|review \d+)\b/;
const corrects = /\b(?:wait|no|but|actually|on reflection|instead|however|so)\b/;
const counted = new RegExp(
  `[$\u20ac\u00a3#]?${any}(?:st|nd|rd|th)\\b|[$\u20ac\u00a3]${digits}|${any} of ${any}|\\b${any}-[a-z]+|\\b(?:table|party|group|review|chapter|for) (?:for |of )?${any}(?! ?[:=])|\\b${any} ?(?!stars?\\b|points?\\b|because|since|as\\b|for\\b|but\\b|and\\b|overall|so\\b|though|rather|on\\b|out\\b|or\\b|to\\b|than\\b|not\\b|if\\b|due|is\\b|in\\b|maybe|i\\b|would|with\\b|given)[a-z]{2,}`,
  "g",
);

function plain(reply: string): string {
  return ownText(reply)
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("\u2019", "'")
    .replace(/\\boxed\{([^{}]*)\}/g, " $1 ")
    .replace(/[*_`~]+|^\s*(?:#+|[-*+])(?=\s)/gm, "")
    .replace(/[$](?=\d+[$])|(?<=\d)[$]/g, "")
    .trim();
}

const numberOf = (written: string): number =>
  words.includes(written) ? words.indexOf(written) : Number(written.replace(",", "."));

/** The score that a reply states, by the rules above. */
export function statedRating(reply: string, { lowest = 0, highest = 4 }: RatingScale = {}): Rating {
  let text = plain(reply);
  for (const scale of scales) text = text.replace(scale, " ");
  let isOff = false;
  text = text.replace(restated, (whole, score: string, most: string) => {
    if (numberOf(most) === highest) return score;
    if (/of/.test(whole)) return " ";
    isOff = true;
    return " ";
  });
  const isNegated = rejected.test(text);
  text = text.replace(rejected, " ");
  const found = [...text.matchAll(called)].flatMap((match) => {
    const written = match[1] ?? match[2] ?? "";
    return [
      {
        value: numberOf(written),
        at: match.index,
        end: match.index + match[0].length,
        isNamed: overall.test(match[0]),
      },
    ];
  });
  const named = found.filter(({ isNamed }) => isNamed);
  const counts = text.replace(counted, " ");
  if (named.length === 0 && undecided.test(counts)) return { excluded: "several numbers" };
  if (named.length > 0 && undecided.test(text.slice(named.at(-1)?.at))) return { excluded: "several numbers" };
  const bare = numbersIn(counts);
  const candidates = named.length > 0 ? named : bare.length > 0 ? bare : found;
  const last = candidates.at(-1);
  if (last === undefined) return { excluded: isOff ? "not on the scale" : isNegated ? "negated" : "no number" };
  const other = candidates.filter(({ value }) => value !== last.value).at(-1);
  if (other && !corrects.test((named.length > 0 ? text : counts).slice(other.at, last.at + 1))) {
    return { excluded: "several numbers" };
  }
  return onScale(last.value, lowest, highest);
}

/** Numbers that stand for themselves; in words only at an end of a line or sentence. */
function numbersIn(text: string): { value: number; at: number }[] {
  const standing = new RegExp(
    `(?<![\\w.])(?:${digits}(?!\\w|%)|(?:${words.join("|")})(?=\\s*(?:$|[.,!;:)(\\n])| stars?\\b| points?\\b))`,
    "g",
  );
  return [...text.matchAll(standing)].map((match) => ({ value: numberOf(match[0]), at: match.index }));
}
