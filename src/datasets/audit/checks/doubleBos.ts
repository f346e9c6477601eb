import type { CreateCheck } from "../check.ts";
import { counted } from "../perRow.ts";

/** Texts' beginnings that well-known tokenizers read as the start of a text. */
const wellKnown = ["<s>", "<bos>", "<|begin_of_text|>", "<|startoftext|>", "<|endoftext|>", "<｜begin▁of▁sentence｜>"];

/** Texts that begin with the token which the template or tokenizer puts there as well. */
export const doubleBos: CreateCheck = (context) => {
  const hits = context.hits();
  const { model } = context.tokens;
  const starts = model?.bos === undefined ? wellKnown : [...wellKnown, model.bos];
  return {
    row: (row) => {
      const start = starts.find((token) => row.texts.some(({ text }) => text.trimStart().startsWith(token)));
      if (start !== undefined) hits.add(row, `begins with ${start}: ${row.asked}`);
    },
    finish: () => [
      ...(hits.total === 0
        ? []
        : [
            hits.finding({
              check: "double-bos",
              severity: "error",
              message: `${counted(hits.total)} with a text that begins with a start-of-text token`,
              remedy: "remove it: template and tokenizer put it there, and twice it is no text that the model knows",
            }),
          ]),
      ...(model?.bosTwice
        ? [
            {
              check: "double-bos",
              severity: "note" as const,
              message: "template and tokenizer of the model both write the start-of-text token (here it is put once)",
              remedy: "with other trainers tokenize rendered chats with add_special_tokens=False",
              rows: [],
              total: 0,
              places: [],
            },
          ]
        : []),
    ],
  };
};
