import { fromAround } from "../excerpt.ts";
import { perRow } from "../perRow.ts";

/** The model's own special tokens within texts, but for the BOS at a text's start, which is another check's. */
export const specialTokens = perRow({
  check: "special-token",
  severity: "error",
  remedy: "remove or respell it: it would end a turn or begin one in the midst of a text",
  find: ({ texts }, { tokens: { model } }) => {
    if (model === undefined) return undefined;
    for (const { text } of texts) {
      const rest = model.bos !== undefined && text.startsWith(model.bos) ? text.slice(model.bos.length) : text;
      const token = model.special.find((special) => rest.includes(special));
      if (token !== undefined) return `${token} in: ${fromAround(rest, token)}`;
    }
    return undefined;
  },
  message: (rows) => `${rows} with a special token of the model in their text`,
});
