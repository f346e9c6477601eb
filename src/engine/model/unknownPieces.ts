import type { Tokenizer } from "@huggingface/tokenizers";

/** What a piece of text becomes in place of one without a token, if the vocabulary has all bytes. */
const bytesOf = (piece: string): string[] =>
  [...new TextEncoder().encode(piece)].map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);

/**
 * Makes neighbours without a token one, within a word alone, and Unigram fall back to bytes: the library joins them
 * across words and knows no bytes there.
 */
export function joinUnknownWithinWords({ model }: Tokenizer, type: string, byteFallback: boolean): void {
  if (model === null || (type !== "Unigram" && !model.fuse_unk)) return;
  model.fuse_unk = false;
  const encode = model.encode.bind(model);
  const isUnknown = (token: string): boolean =>
    type === "Unigram" ? !model.tokens_to_ids.has(token) : token === model.unk_token;
  const encodeWord = (word: string): string[] => {
    const tokens: string[] = [];
    let unknown = "";
    for (const token of [...encode([word]), undefined]) {
      if (token !== undefined && isUnknown(token)) {
        unknown = type === "Unigram" ? unknown + token : token;
        continue;
      }
      if (unknown !== "") {
        const bytes = byteFallback ? bytesOf(unknown) : [];
        const known = bytes.length > 0 && bytes.every((byte) => model.tokens_to_ids.has(byte));
        tokens.push(...(known ? bytes : [unknown]));
      }
      unknown = "";
      if (token !== undefined) tokens.push(token);
    }
    return tokens;
  };
  model.encode = (words: string[]) => words.flatMap(encodeWord);
}
