/** A sentence's place in a text, by UTF-16 offsets. What follows up to the next one belongs to it in `next`. */
export interface Sentence {
  text: string;
  start: number;
  end: number;
  /** Where the next sentence starts. */
  next: number;
}

/** A text's sentences: they end at a line's end, and at `.`, `!` or `?` before white space. */
export function sentencesOf(text: string): Sentence[] {
  const found: Sentence[] = [];
  for (const match of text.matchAll(/\S(?:[^\n]*?[.!?]+["')\]*]*(?=\s|$)|[^\n]*)/g)) {
    const start = match.index;
    const sentence = match[0].trimEnd();
    const last = found.at(-1);
    if (last) last.next = start;
    found.push({ text: sentence, start, end: start + sentence.length, next: text.length });
  }
  return found;
}

/** The text without some of its sentences. */
export function withoutSentences(text: string, sentences: readonly Sentence[], drop: ReadonlySet<Sentence>): string {
  const first = sentences[0]?.start ?? text.length;
  const kept = sentences.filter((one) => !drop.has(one)).map(({ start, next }) => text.slice(start, next));
  return `${text.slice(0, first)}${kept.join("")}`.replace(/\n{3,}/g, "\n\n").trim();
}
