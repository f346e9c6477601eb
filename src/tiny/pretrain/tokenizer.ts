import { specialTokens } from "./vocabulary.ts";

/** One turn per message, each closed by the end token; a system message comes first. */
export const chatTemplate =
  "{{ bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

/** The contents of `tokenizer.json` and `tokenizer_config.json` for a vocabulary: WordPiece over lowercase words. */
export function tokenizerFiles(vocabulary: readonly string[]): { tokenizer: object; config: object } {
  const special = specialTokens.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const replace = (from: string, to: string) => ({ type: "Replace", pattern: { String: from }, content: to });
  return {
    tokenizer: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: special,
      normalizer: { type: "Lowercase" },
      pre_tokenizer: { type: "BertPreTokenizer" },
      post_processor: null,
      decoder: {
        type: "Sequence",
        decoders: [{ type: "WordPiece", prefix: "##", cleanup: true }, replace(" :", ":"), replace(" )", ")")],
      },
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      },
    },
    config: {
      tokenizer_class: "PreTrainedTokenizerFast",
      bos_token: "<|bos|>",
      eos_token: "<|end|>",
      pad_token: "<|pad|>",
      unk_token: "[UNK]",
      model_max_length: 256,
      clean_up_tokenization_spaces: false,
      chat_template: chatTemplate,
    },
  };
}
