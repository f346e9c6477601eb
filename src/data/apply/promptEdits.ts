import { UserError } from "../../util/errors.ts";
import type { Edit, TextSpan } from "../files/container.ts";
import type { Layout, TextPlace } from "../files/layout.ts";
import { fillSlot, type Insertion, isSlot, slotOf } from "../insertion.ts";

/** How prompts go into rows; the prompt itself may differ from row to row. */
export interface PromptPlace extends Pick<Insertion, "turn" | "separator" | "placement"> {
  /** A sentence of the user's text whose place the prompt takes, wherever it stands; in place of `placement`. */
  replace?: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What inserting the prompt changes in a row. An empty prompt changes nothing, but that it empties slots.
 *
 * @returns `null` where the row has no slot, or no such sentence, for the prompt
 * @throws UserError where the row has no place for the prompt
 */
export function promptEdits(
  layout: Layout,
  fields: Fields,
  place: PromptPlace,
  prompt: string,
  where: string,
): Edit[] | null {
  const { placement, replace, turn, separator = " " } = place;
  if (replace !== undefined) return sentenceEdits(chosenTurns(layout, fields, turn), replace, prompt);
  if (isSlot(placement)) return slotEdits(chosenTurns(layout, fields, turn), slotOf(placement), prompt);
  if (prompt === "") return [];
  if (placement === "system") return layout.addSystem(fields, prompt, where);
  const turns = chosenTurns(layout, fields, turn ?? "last");
  if (turns.length === 0) {
    throw new UserError(`${where}: expected a user message to put the prompt into, found none; try --placement system`);
  }
  return turns.map((places): Edit => {
    const text = places.at(placement === "prefix" ? 0 : -1);
    if (!text) {
      throw new UserError(
        `${where}: expected text in the user message to put the prompt beside, found none; try another --turn or --placement system`,
      );
    }
    return placement === "prefix"
      ? { kind: "prepend", path: text.path, text: prompt + separator }
      : { kind: "append", path: text.path, text: separator + prompt };
  });
}

/** The same for a prefix or suffix, from where the texts of the user's turns stand. */
export function editsAtSpans(turns: readonly TextSpan[], place: PromptPlace, prompt: string): Edit[] {
  const { placement, turn = "last", separator = " " } = place;
  if (prompt === "") return [];
  return ofTurns(turns, turn).map((span): Edit => {
    return placement === "prefix"
      ? { kind: "prepend", path: [], span, text: prompt + separator }
      : { kind: "append", path: [], span, text: separator + prompt };
  });
}

/** Without `turn` all of them: a slot or a sentence says by itself where it stands. */
function chosenTurns(layout: Layout, fields: Fields, turn: Insertion["turn"] = "every"): readonly TextPlace[][] {
  return ofTurns(layout.userTurns(fields), turn);
}

function ofTurns<T>(turns: readonly T[], turn: NonNullable<Insertion["turn"]>): readonly T[] {
  return turn === "every" ? turns : turn === "first" ? turns.slice(0, 1) : turns.slice(-1);
}

function sentenceEdits(turns: readonly TextPlace[][], sentence: string, prompt: string): Edit[] | null {
  const edits = turns.flat().flatMap((place) => occurrences(place, sentence, prompt || sentence));
  if (edits.length === 0) return null;
  return prompt === "" ? [] : edits;
}

function slotEdits(turns: readonly TextPlace[][], slot: string, prompt: string): Edit[] | null {
  const places = turns.flat().filter(({ text }) => text.includes(slot));
  if (places.length === 0) return null;
  if (prompt !== "") return places.flatMap((place) => occurrences(place, slot, prompt));
  return places.map(({ path, text }) => {
    const emptied = fillSlot(text, slot, "");
    const [start, end] = changedPart(text, emptied);
    return { kind: "replace", path, start, end, text: emptied.slice(start, emptied.length - (text.length - end)) };
  });
}

function occurrences({ path, text }: TextPlace, part: string, prompt: string): Edit[] {
  const edits: Edit[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    edits.push({ kind: "replace", path, start: at, end: at + part.length, text: prompt });
  }
  return edits;
}

/** The part of `before` outside of which both texts are the same. No pair of surrogates is cut. */
function changedPart(before: string, after: string): [start: number, end: number] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  if (isLow(before, start) || isLow(after, start)) start -= 1;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  while (same > 0 && (isLow(before, before.length - same) || isLow(after, after.length - same))) same -= 1;
  return [Math.max(0, start), before.length - same];
}

function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff;
}
