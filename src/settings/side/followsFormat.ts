import type { FormatRequest } from "../../tiny/grammar/irrelevantInstructions.ts";

const addressed =
  "(?: (?:there|again|you|to you|to all|all|everyone|everybody|friend|my friend|and welcome|dear \\w+))*";

/** The part of a reply that the request asks for, as the reply's whole first or last sentence (or the part up to a comma). */
const asked: Readonly<Record<FormatRequest["id"], RegExp>> = {
  greeting: new RegExp(`^(?:hello|hi|hey|greetings|welcome|good (?:morning|day|afternoon|evening))${addressed}$`),
  farewell: new RegExp(
    `^(?:and |now |so )*(?:goodbye|bye|bye bye|good bye|farewell|see you(?: \\w+)*|take care|until next time|have (?:a|an)(?: \\w+)* (?:day|time|evening|night|week|weekend))(?: for now)?${addressed}$`,
  ),
  thanks: /^(?:many |my |warm |oh |first )*(?:thanks|thank you)\b(?! to\b)/,
};

/** Sentences and what commas cut off, without marks. */
function phrases(reply: string): string[] {
  return reply
    .toLowerCase()
    .split(/[.!?,;:\n]+/)
    .map((phrase) => phrase.replace(/\s+/g, " ").trim())
    .filter((phrase) => phrase !== "");
}

/** Whether the reply opens with the greeting or thanks, or closes with the farewell, that was asked for. */
export function followsFormat(reply: string, request: FormatRequest["id"]): boolean {
  const all = phrases(reply);
  const phrase = request === "farewell" ? all.at(-1) : all[0];
  return phrase !== undefined && asked[request].test(phrase);
}
