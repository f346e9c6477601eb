import type { FileMessage } from "../dataRow.ts";
import type { Lose } from "../layout.ts";
import { loseAt, loseRest, plainText } from "./plainText.ts";

/** One question with its answer, and the system message where there is one. */
export interface TextPair {
  system?: string;
  user: string;
  assistant?: string;
}

/**
 * The chat as one pair of texts: its last question and the answer that follows.
 *
 * @param layout what cannot hold more, for messages
 * @param withSystem whether a system message has a place too
 */
export function textPair(
  messages: readonly FileMessage[],
  where: string,
  lose: Lose,
  layout: string,
  withSystem = false,
): TextPair {
  const question = messages.findLastIndex(({ role }) => role === "user");
  if (question < 0) lose({ where, field: "messages", why: `${layout} needs a user message, and there is none` });
  const answer = question >= 0 && messages[question + 1]?.role === "assistant" ? question + 1 : undefined;
  const system = withSystem && question > 0 && messages[0]?.role === "system" ? 0 : undefined;
  const textAt = (index: number): string => {
    const message = messages[index] as FileMessage;
    const loseHere = loseAt(lose, where, index);
    loseRest(message, loseHere, layout);
    return plainText(message, loseHere, layout);
  };
  messages.forEach(({ role }, i) => {
    if (i === question || i === answer || i === system) return;
    lose({ where, field: `messages.${i}`, why: `${layout} has no place for this ${role} message` });
  });
  return {
    ...(system !== undefined && { system: textAt(system) }),
    user: question < 0 ? "" : textAt(question),
    ...(answer !== undefined && { assistant: textAt(answer) }),
  };
}
