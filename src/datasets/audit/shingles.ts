/** A text as a set of its runs of three words, hashed, and its numbers. */
export interface Shingles {
  /** Ascending, each once. */
  hashes: Uint32Array;
  /** The text's numbers in their order. */
  numbers: string;
}

const run = 3;

/** Words in lower case, without signs. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}

/** `undefined` for a text of fewer words than that: in short texts a word more or less is all the difference. */
export function shinglesOf(text: string, leastWords: number): Shingles | undefined {
  const words = wordsOf(text);
  if (words.length < Math.max(run, leastWords)) return undefined;
  const codes = words.map(hashWord);
  const hashes = new Uint32Array(words.length - run + 1);
  for (let at = 0; at < hashes.length; at++) {
    let code = 0;
    for (let word = 0; word < run; word++)
      code = Math.imul(code ^ (codes[at + word] as number), 0x9e3779b1) ^ (code >>> 15);
    hashes[at] = code >>> 0;
  }
  hashes.sort();
  return { hashes: hashes.filter((code, at) => at === 0 || code !== hashes[at - 1]), numbers: numbersOf(words) };
}

function numbersOf(words: readonly string[]): string {
  return words.filter((word) => /^\p{N}/u.test(word)).join(" ");
}

function hashWord(word: string): number {
  let code = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) code = Math.imul(code ^ word.charCodeAt(at), 0x01000193);
  return code ^ (code >>> 13);
}

/** Share of the runs of both that they have in common (Jaccard). */
export function similarity(a: Uint32Array, b: Uint32Array): number {
  let [i, j, common] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] as number, b[j] as number];
    if (x === y) common++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return common / (a.length + b.length - common);
}
