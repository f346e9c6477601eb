import { type Shingles, shinglesOf, similarity } from "./shingles.ts";

/** Two texts, by index, that are nearly the same. */
export interface NearPair {
  first: number;
  second: number;
  similarity: number;
}

const leastWords = 10;
const leastSimilarity = 0.8;
/** A run of words in more texts than this is a template's, not what a text is about. */
const rareLimit = 8;
/** Of the rare runs of the text that has fewer, those that both must share. */
const leastRareShare = 0.5;
const leastRareShared = 2;

/**
 * Pairs of texts that share most of their runs of three words, among those runs that few texts have as well, and that
 * have the same numbers: so rows of one template with other words or numbers in its slots are no pairs.
 *
 * @param mayPair which indices are compared, the lower one first
 */
export function nearPairs(
  texts: readonly string[],
  mayPair: (first: number, second: number) => boolean = () => true,
  signal?: AbortSignal,
): NearPair[] {
  const shingles = texts.map((text) => shinglesOf(text, leastWords));
  const { rare, groupsOf, membersOf } = rareRuns(shingles);
  const shared = new Uint32Array(texts.length);
  const pairs: NearPair[] = [];
  shingles.forEach((one, first) => {
    if (first % 1000 === 0) signal?.throwIfAborted();
    if (one === undefined) return;
    const touched: number[] = [];
    for (const group of groupsOf[first] ?? []) {
      for (const second of membersOf(group)) {
        if (second <= first || !mayPair(first, second)) continue;
        if (shared[second] === 0) touched.push(second);
        shared[second] = (shared[second] as number) + 1;
      }
    }
    for (const second of touched) {
      const common = shared[second] as number;
      shared[second] = 0;
      const fewer = Math.min(rare[first] as number, rare[second] as number);
      if (common < leastRareShared || common < leastRareShare * fewer) continue;
      const other = shingles[second] as Shingles;
      if (other.numbers !== one.numbers) continue;
      const alike = similarity(one.hashes, other.hashes);
      if (alike >= leastSimilarity) pairs.push({ first, second, similarity: alike });
    }
  });
  return pairs;
}

/** Which runs of words few texts have, and which texts those are. */
function rareRuns(shingles: readonly (Shingles | undefined)[]): {
  /** Rare runs of each text, those that it alone has included. */
  rare: Uint32Array;
  /** The groups of each text: places in the sorted runs where a shared rare run begins. */
  groupsOf: number[][];
  membersOf(group: number): number[];
} {
  // A hash and a text's index in one number of 53 bits, so that they sort without objects.
  const width = 2 ** 20;
  const size = shingles.reduce((sum, one) => sum + (one?.hashes.length ?? 0), 0);
  const runs = new Float64Array(size);
  let end = 0;
  shingles.forEach((one, index) => {
    for (const hash of one?.hashes ?? []) runs[end++] = hash * width + index;
  });
  runs.sort();
  const textAt = (place: number): number => (runs[place] as number) % width;
  const hashAt = (place: number): number => Math.floor((runs[place] as number) / width);
  const groupEnd = (start: number): number => {
    let next = start + 1;
    while (next < size && hashAt(next) === hashAt(start)) next++;
    return next;
  };
  const rare = new Uint32Array(shingles.length);
  const groupsOf: number[][] = shingles.map(() => []);
  for (let start = 0, next = 0; start < size; start = next) {
    next = groupEnd(start);
    if (next - start > rareLimit) continue;
    for (let place = start; place < next; place++) {
      rare[textAt(place)] = (rare[textAt(place)] as number) + 1;
      if (next - start > 1) groupsOf[textAt(place)]?.push(start);
    }
  }
  const membersOf = (group: number): number[] => {
    const members: number[] = [];
    for (let place = group; place < groupEnd(group); place++) members.push(textAt(place));
    return members;
  };
  return { rare, groupsOf, membersOf };
}
