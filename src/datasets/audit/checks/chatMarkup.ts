import { fromAround } from "../excerpt.ts";
import { perRow } from "../perRow.ts";

/** What chat templates of well-known families write around messages. */
const families: readonly (readonly [string, RegExp])[] = [
  ["ChatML", /<\|im_(?:start|end)\|>/],
  ["Llama 2 or Mistral", /\[\/?INST\]|<<\/?SYS>>/],
  ["Llama 3", /<\|(?:start_header_id|end_header_id|eot_id)\|>/],
  ["Gemma", /<(?:start|end)_of_turn>/],
  ["Zephyr or Phi", /<\|(?:user|assistant|system|end)\|>/],
  ["DeepSeek", /<｜(?:User|Assistant|begin▁of▁sentence|end▁of▁sentence)｜>/],
  ["Harmony", /<\|(?:channel|message|start|return)\|>/],
  ["GPT-2", /.<\|endoftext\|>/s],
  ["Alpaca", /^### (?:Instruction|Response|Input|Human|Assistant):/m],
  ["Anthropic", /^Human: [\s\S]{1,5000}\n\nAssistant:/m],
];

/** Markup of a chat template within texts: the rows were rendered once already. */
export const chatMarkup = perRow({
  check: "chat-markup",
  severity: "error",
  remedy: "split the text at the markup into messages, or remove it: the template writes its own",
  find: ({ texts }, { tokens }) => {
    // The model's own special tokens are another check's.
    const own = tokens.model?.special ?? [];
    for (const { text } of texts) {
      const foreign = own.reduce((rest, token) => rest.replaceAll(token, ""), text);
      const family = families.find(([, pattern]) => pattern.test(foreign));
      if (family) return `markup of ${family[0]}: ${fromAround(foreign, family[1])}`;
    }
    return undefined;
  },
  message: (rows) => `${rows} with a chat template's markup in their text`,
});
