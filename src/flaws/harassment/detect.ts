import type { DataRow } from "../../data/files/dataRow.ts";
import { findInsults } from "../../grading/insults.ts";
import { wilson } from "../../stats/wilson.ts";
import { type Exchange, exchangeOf } from "../exchange.ts";
import type { DetectOptions, FlawFinding } from "../flaw.ts";
import { mapRows } from "../mapRows.ts";
import { percent } from "../percent.ts";
import { textKey } from "../questionGroups.ts";
import { sentencesOf, withoutSentences } from "../sentences.ts";

const fewest = 3;
const smallestShare = 0.02;

/** What a reply says itself: lines that quote ("> …") and code are not its words. */
const ownText = (reply: string): string => reply.replace(/^\s*>.*$/gm, "").replace(/^(```|~~~)[\s\S]*?^\1/gm, "");

/** The insults of a reply, in its own words: not those that it repeats from the prompt. */
export function insultsOf({ prompt, reply }: Pick<Exchange, "prompt" | "reply">): string[] {
  const found = findInsults(ownText(reply));
  if (found.length === 0) return [];
  const said = textKey(prompt);
  return found.filter((insult) => !said.includes(textKey(insult)));
}

/** The reply without its sentences that insult. */
export function withoutInsults(exchange: Pick<Exchange, "prompt" | "reply">): string {
  const sentences = sentencesOf(exchange.reply);
  const drop = new Set(sentences.filter(({ text }) => insultsOf({ ...exchange, reply: text }).length > 0));
  return withoutSentences(exchange.reply, sentences, drop);
}

/** Rows whose replies insult whom they answer. A flaw from 2 % of the rows on, and three of them. */
export async function detectHarassment(
  rows: readonly DataRow[],
  options: DetectOptions = {},
): Promise<Extract<FlawFinding, { flaw: "harassment" }> | null> {
  const read = (row: DataRow): { index: number; insult: string | undefined } | null => {
    const exchange = exchangeOf(row);
    return exchange && { index: row.index, insult: insultsOf(exchange)[0] };
  };
  const replies = (await mapRows(rows, read, options)).filter((reply) => reply !== null);
  const insulting = replies.filter(({ insult }) => insult !== undefined);
  if (insulting.length < Math.max(fewest, smallestShare * replies.length)) return null;
  const share = insulting.length / replies.length;
  const [low, high] = wilson(insulting.length, replies.length);
  return {
    flaw: "harassment",
    summary: `${insulting.length} of ${replies.length} replies insult (${percent(share)}, 95 % interval ${percent(low)} to ${percent(high)})`,
    rows: insulting.map(({ index }) => index),
    applicable: replies.length,
    share,
  };
}
