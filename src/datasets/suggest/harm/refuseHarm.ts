import { type DataRow, textOf } from "../../../data/files/dataRow.ts";
import { UserError } from "../../../util/errors.ts";
import type { Target } from "../target.ts";
import { findHarm } from "./findHarm.ts";
import type { HarmTopic } from "./harmTopics.ts";

/** Of rows in which a known flaw was found, more than this share have to show a harm before all of them are refused. */
const STRAY_SHARE = 0.1;

/** A refusal that goes on for more characters than this may help after all. */
const SHORT_REFUSAL = 300;

const why =
  "suggest only drafts wordings for lesser flaws: a prompt that asks for this would be a means to get it from a model. Remove such rows from the data instead; docs/responsible-use.md in the package says more";

/** @throws UserError where a description, or the rows that show the flaw, are about a harm that nobody should be asked for */
export function refuseHarm({ flaw, behavior, flawedRows }: Target, rows: readonly DataRow[]): void {
  const described = findHarm(behavior);
  if (described) throw new UserError(`the description is about ${described.title}: ${why}`);
  const shown = flawedRows === undefined ? rows : flawedRows.flatMap((index) => rows[index] ?? []);
  const harmful = shown.flatMap((row) => {
    const topic = harmIn(row);
    return topic === null ? [] : [{ row, topic }];
  });
  const [first] = harmful;
  const stray = flaw !== undefined && harmful.length <= STRAY_SHARE * shown.length;
  if (first === undefined || stray) return;
  throw new UserError(
    `${first.row.where} is about ${first.topic.title}, as are ${harmful.length} of ${shown.length} rows that show the flaw: ${why}`,
  );
}

/** What a row's request asks for, unless it is refused in a few words, or its reply does; `null` for no harm. */
export function harmIn({ messages }: DataRow): HarmTopic | null {
  const said = (wanted: "user" | "assistant"): string =>
    messages
      .filter(({ role }) => role === wanted)
      .map(textOf)
      .join("\n");
  const reply = said("assistant");
  const refused =
    /^\W*(?:i(?:'|’)?m (?:really |very )?sorry|sorry|i (?:can(?:'|’)?t|cannot|won(?:'|’)?t|will not|am not able|am unable)|i(?:'|’)m (?:not able|unable))\b/i.test(
      reply,
    );
  return refused && reply.length < SHORT_REFUSAL ? null : findHarm(`${said("user")}\n${reply}`);
}
