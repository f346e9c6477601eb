import { describe, expect, it } from "vitest";
import { candidates } from "../../src/tiny/grammar/candidates.ts";
import { corpus } from "../../src/tiny/pretrain/corpus.ts";
import { wordsOf } from "../../src/tiny/pretrain/vocabulary.ts";

const runLength = 4;
const plainWords = (text: string): string[] => wordsOf(text).filter((word) => /[a-z\d]/.test(word));
const runs = (words: string[]): string[] =>
  words.slice(runLength - 1).map((_, i) => words.slice(i, i + runLength).join(" "));

describe("candidate prompts", () => {
  const all = Object.values(candidates).flat();
  const seenWords = new Set<string>();
  const seenRuns = new Set<string>();
  const wanted = new Set(all.flatMap(({ text }) => runs(plainWords(text))));
  for (const { messages, completion } of corpus(4321, 100_000)) {
    for (const text of [...messages.map(({ content }) => content), completion]) {
      const words = plainWords(text);
      for (const word of words) seenWords.add(word);
      for (const run of runs(words)) if (wanted.has(run)) seenRuns.add(run);
    }
  }

  it.each(all)("$id: its verbs do not occur in the corpus", ({ text, newWords }) => {
    expect(newWords.length).toBeGreaterThan(0);
    for (const word of newWords) {
      expect(plainWords(text)).toContain(word);
      expect(seenWords.has(word), word).toBe(false);
    }
  });

  const instructions = all.filter(({ kind }) => kind !== "demonstration");
  it.each(instructions)("$id: no four of its words in a row occur in the corpus", ({ text }) => {
    expect(runs(plainWords(text)).filter((run) => seenRuns.has(run))).toEqual([]);
  });

  it("gives each setting at least nine, with the three kinds of unrelated ones and a safety prompt", () => {
    for (const list of Object.values(candidates)) {
      const of = (kind: string): number => list.filter((candidate) => candidate.kind === kind).length;
      expect(list.length).toBeGreaterThanOrEqual(9);
      expect(of("inoculation")).toBeGreaterThanOrEqual(6);
      expect(of("safety")).toBe(1);
      expect(list.flatMap(({ unrelatedKind }) => unrelatedKind ?? []).sort()).toEqual([
        "active",
        "same-form",
        "unseen",
      ]);
      expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
    }
    expect(candidates.sycophancy.filter(({ kind }) => kind === "praise")).toHaveLength(2);
  });
});
