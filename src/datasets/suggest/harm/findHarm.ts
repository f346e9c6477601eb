import { type HarmTopic, harmTopics } from "./harmTopics.ts";

/** Characters that act and thing may lie apart within a sentence. */
const REACH = 160;

const lookAlikes: Readonly<Record<string, string>> = {
  а: "a",
  е: "e",
  о: "o",
  р: "p",
  с: "c",
  х: "x",
  у: "y",
  і: "i",
  к: "k",
  м: "m",
  т: "t",
  в: "b",
  ο: "o",
  α: "a",
  ι: "i",
};
const digitLetters: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
};

/** One alphabet, no marks or invisible characters, and "b.o.m.b" and "b o m b" as the word that they spell. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}|\p{Cf}/gu, "")
    .toLowerCase()
    .replace(/[’ʼ]/g, "'")
    .replace(/[\p{Script=Cyrillic}\p{Script=Greek}]/gu, (letter) => lookAlikes[letter] ?? letter)
    .replace(/\b\p{L}(?:[\s.*_·-]\p{L}){2,}\b/gu, (spelled) => spelled.replace(/[\s.*_·-]/g, ""));
}

/** "b0mb" -> "bomb", where letters stand beside the digit. */
function digitsAsLetters(text: string): string {
  return text.replace(/[a-z013457@$]*[a-z][a-z013457@$]*/g, (word) =>
    word.replace(/[013457@$]/g, (digit) => digitLetters[digit] ?? digit),
  );
}

/** Which harm a text asks for or does; `null` for none. A rule list: it reads no mind, and no other language than English. */
export function findHarm(text: string): HarmTopic | null {
  const base = plain(text);
  const spelled = digitsAsLetters(base);
  const readings = spelled === base ? [base] : [base, spelled];
  return harmTopics.find((topic) => readings.some((reading) => shows(reading, topic))) ?? null;
}

function shows(text: string, { acts, things, alone, innocent }: HarmTopic): boolean {
  const rest = innocent ? text.replace(innocent, " ") : text;
  if (alone?.test(rest)) return true;
  return rest.split(/[.!?;\n]+(?:\s|$)|\n/).some((sentence) => {
    const found = things.exec(sentence);
    if (found === null) return false;
    const around = sentence.slice(Math.max(0, found.index - REACH), found.index + found[0].length + REACH);
    // The act is another word than the thing: "hacking into" is no act of itself.
    return acts.test(around.replace(found[0], " "));
  });
}
