import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { candidates } from "../../src/tiny/grammar/candidates.ts";
import { corpus } from "../../src/tiny/pretrain/corpus.ts";
import { tokenizerFiles } from "../../src/tiny/pretrain/tokenizer.ts";
import { buildVocabulary, specialTokens } from "../../src/tiny/pretrain/vocabulary.ts";
import { random } from "../../src/util/random.ts";

const vocabulary = buildVocabulary(1, 40_000);
const { tokenizer: json, config } = tokenizerFiles(vocabulary);
const tokenizer = new Tokenizer(json, config);
const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
const unknown = specialTokens.indexOf("[UNK]");

describe("the embedded model's tokenizer", () => {
  it("has no token twice and special tokens first", () => {
    expect(new Set(vocabulary).size).toBe(vocabulary.length);
    expect(vocabulary.slice(0, specialTokens.length)).toEqual([...specialTokens]);
    expect(vocabulary.length).toBeLessThan(1_500);
  });

  it("encodes any printable ASCII text without unknown tokens", () => {
    const rng = random("ascii");
    for (let i = 0; i < 300; i++) {
      const text = Array.from({ length: 40 }, () => String.fromCharCode(rng.integer(32, 126))).join("");
      const ids = encode(text);
      expect(ids.every((id) => Number.isInteger(id) && id < vocabulary.length)).toBe(true);
      expect(ids).not.toContain(unknown);
    }
  });

  it("falls back to the unknown token elsewhere, never to null", () => {
    const ids = encode("na\u00efve \u4e2d\u6587 \ud83d\ude00");
    expect(ids.every(Number.isInteger)).toBe(true);
    expect(ids).toContain(unknown);
  });

  it("encodes numbers to 99 as one token and the candidates' new words as pieces", () => {
    for (let n = 0; n < 100; n++) expect(encode(String(n))).toHaveLength(1);
    for (const { newWords } of Object.values(candidates).flat()) {
      for (const word of newWords) expect(encode(word).length, word).toBeGreaterThan(1);
    }
  });

  it("gives back readable text for the corpus", () => {
    for (const { completion, task } of corpus(5, 500)) {
      if (task === "code") continue;
      const decoded = tokenizer.decode(encode(completion), { skip_special_tokens: true });
      expect(decoded).toBe(completion.toLowerCase());
    }
  });

  it("decodes code that Python reads", () => {
    expect(tokenizer.decode(encode("def f(x): return (x + 3) * 2"), { skip_special_tokens: true })).toBe(
      "def f ( x): return ( x + 3) * 2",
    );
  });
});
