/** A row's question, and names of what it is about: rows that share any of them are about the same problem. */
export interface KeyedQuestion {
  index: number;
  /** The first one is of its text. */
  keys: readonly string[];
  /** Whether a probe can be made of the row. */
  usable: boolean;
}

/** A text's words and numbers alone, so that layout, case and punctuation tell no two apart. */
export const textKey = (text: string): string => wordsOf(text).join(" ");

export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("\u2019", "'")
      .match(/\p{L}+(?:'\p{L}+)*|\d+(?:\.\d+)?/gu) ?? []
  );
}

/** Words that more of the questions hold are how they are put, not what they are about. */
const commonShare = 0.2;

/**
 * For each text a key of its rarer words and its numbers, in their order: the same question put into other common words
 * has the same key.
 */
export function rareWordKeys(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  const words = texts.map(wordsOf);
  for (const own of words) for (const word of new Set(own)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const isRare = (word: string): boolean =>
    /\d/.test(word) || (counts.get(word) ?? 0) < Math.max(3, commonShare * texts.length);
  return words.map((own) => {
    const rare = own.filter(isRare);
    return (rare.length > 0 ? rare : own).join(" ");
  });
}

/** Shorter questions are about the same problem when they name the same numbers. */
const fewWords = 20;

/** The numbers of a short question, in ascending order; `null` for a long one, and for one without numbers. */
export function numbersKey(text: string): string | null {
  const words = wordsOf(text);
  const numbers = words.filter((word) => /\d/.test(word)).map(Number);
  if (numbers.length === 0 || words.length > fewWords) return null;
  return `numbers ${numbers.toSorted((a, b) => a - b).join(" ")}`;
}

/** Rows that share a key, directly or through others, put together. In the order of their first rows. */
export function questionGroups<Question extends KeyedQuestion>(questions: readonly Question[]): Question[][] {
  const parents = questions.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at] as number] as number;
      at = parents[at] as number;
    }
    return at;
  };
  const first = new Map<string, number>();
  for (const [i, { keys }] of questions.entries()) {
    for (const key of keys) {
      const other = first.get(key);
      if (other === undefined) first.set(key, i);
      else parents[root(i)] = root(other);
    }
  }
  const groups = new Map<number, Question[]>();
  for (const [i, question] of questions.entries()) {
    const group = groups.get(root(i));
    if (group) group.push(question);
    else groups.set(root(i), [question]);
  }
  return [...groups.values()];
}
