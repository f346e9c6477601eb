import { type FileMessage, textOf } from "../dataRow.ts";
import type { Lose } from "../layout.ts";

/** Says of a message, by the name of a field in it, what is lost and why. */
export type LoseOf = (name: string, why: string) => void;

/** `lose` for the message at an index. */
export function loseAt(lose: Lose, where: string, index: number): LoseOf {
  return (name, why) => lose({ where, field: `messages.${index}${name}`, why });
}

/** The message's text, where the layout can hold texts alone. */
export function plainText(message: FileMessage, lose: LoseOf, layout: string): string {
  const { content } = message;
  if (content === null) lose(".content", `${layout} holds texts, and this message has none`);
  else if (typeof content !== "string") lose(".content", `${layout} holds texts, and this is a list of parts`);
  return textOf(message);
}

/** Loses the message's weight and every other field, where the layout has no place for them. */
export function loseRest({ weight, rest = {} }: FileMessage, lose: LoseOf, layout: string): void {
  if (weight !== undefined) lose(".weight", `${layout} has no weights of messages`);
  for (const name of Object.keys(rest)) lose(`.${name}`, `${layout} has no such field in a message`);
}
