import type { ChatMessage } from "../../../data/chat.ts";
import type { TokenCounter } from "./tokenCounter.ts";

/** What a template writes around a message. */
const aroundMessage = 4;

/**
 * Counts without any tokenizer: a word is a token for every 6 letters begun, three digits are one, as is a run of up to
 * 3 other signs and every character beyond the Latin, Greek and Cyrillic letters; 4 tokens are added for each message.
 */
export function approximateTokens(limit: number | undefined): TokenCounter {
  return {
    method: "an approximation, good to some 15 % in English (name a model to count by its tokenizer)",
    limit,
    measure: (messages) => {
      const lengths = messages.map(lengthOf);
      const upTo = (end: number): number => lengths.slice(0, end).reduce((sum, length) => sum + length, 0);
      const learnt = messages.findIndex(({ role, weight = 1 }) => role === "assistant" && weight > 0);
      return {
        prompt: upTo(-1),
        total: upTo(messages.length),
        firstLearnt: learnt < 0 ? undefined : upTo(learnt) + aroundMessage - 1,
      };
    },
  };
}

function lengthOf({ content }: ChatMessage): number {
  return approximateCount(content) + aroundMessage;
}

const pieces = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}]+|\d{1,3}|[\p{P}\p{S}]{1,3}|\n+|[^\s]/gu;

/** About how many tokens a text has. */
export function approximateCount(text: string): number {
  let count = 0;
  for (const [piece] of text.matchAll(pieces)) count += /^\p{L}/u.test(piece) ? Math.ceil(piece.length / 6) : 1;
  return count;
}
