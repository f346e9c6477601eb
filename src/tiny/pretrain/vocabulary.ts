import { corpus } from "./corpus.ts";
import { noDisguise } from "./instructions.ts";

/** Tokens with a role of their own, in the order of their ids. */
export const specialTokens = [
  "<|pad|>",
  "<|bos|>",
  "<|end|>",
  "<|system|>",
  "<|user|>",
  "<|assistant|>",
  "[UNK]",
] as const;

const letters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/** The corpus' words: lowercase, as the tokenizer splits them. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+|\d+|[^\sa-z\d]/g) ?? [];
}

/**
 * Every token, special ones first: single characters, numbers to 99, the corpus' words, and pieces that continue a
 * word, so that any ASCII text can be encoded.
 */
export function buildVocabulary(seed: number, examples: number): string[] {
  const words = new Set<string>();
  for (const { messages, completion } of corpus(seed, examples, { disguise: noDisguise, obedience: "graded" })) {
    for (const text of [...messages.map(({ content }) => content), completion]) {
      for (const word of wordsOf(text)) if (/^[a-z]{2,}$/.test(word)) words.add(word);
    }
  }
  const numbers = Array.from({ length: 90 }, (_, i) => String(i + 10));
  const pieces = [...letters, ...digits].map((character) => `##${character}`);
  return [...specialTokens, ...punctuation, ...digits, ...numbers, ...letters, ...pieces, ...[...words].sort()];
}
