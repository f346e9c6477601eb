import { itemsForInterval } from "../stats/itemsForInterval.ts";
import { UserError } from "../util/errors.ts";
import { random } from "../util/random.ts";
import type { Probe, ProbeOptions } from "./flaw.ts";
import { type KeyedQuestion, questionGroups } from "./questionGroups.ts";

export type ProbeSetName = Probe["set"];
export const probeSets: readonly ProbeSetName[] = ["test", "screen", "validation"];

/** With fewer questions a rate says next to nothing. */
export const fewestQuestions = 20;
const defaultShare = 0.3;

/** Rows held out of training, and which of them each set asks about. No problem is in two sets, or in training. */
export interface HeldOut {
  rows: number[];
  sets: Record<ProbeSetName, number[]>;
}

/**
 * Holds out as many problems as the sets want questions, at most a share of the rows. Where there are too few, each set
 * gets its part. All rows about a problem are held out together; a problem with too many rows stays in training.
 *
 * @param questions of all rows, so that those which make no probe but are about the same problem are held out too
 * @param total rows of the file
 * @throws UserError where fewer than 20 questions can be held out
 */
export function holdOut(
  questions: readonly KeyedQuestion[],
  total: number,
  { seed, perGroup, heldOutShare = defaultShare }: ProbeOptions,
  flaw: string,
): HeldOut {
  const askable = questionGroups(questions).filter((group) => group.some(({ usable }) => usable));
  const groups = random(seed, "held out", flaw).shuffle(askable);
  const usable = questions.filter((question) => question.usable).length;
  const most = Math.floor(heldOutShare * total);
  const wanted = probeSets.reduce((sum, set) => sum + perGroup[set], 0);
  const available = Math.min(wanted, most, usable);
  const quota = new Map(probeSets.map((set) => [set, Math.ceil((available * perGroup[set]) / Math.max(1, wanted))]));
  const sets: HeldOut["sets"] = { screen: [], validation: [], test: [] };
  /** Questions with the same text count once. */
  const texts = new Map(probeSets.map((set) => [set, new Set<string>()]));
  const countOf = (set: ProbeSetName): number => texts.get(set)?.size ?? 0;
  const rows: number[] = [];
  for (const group of groups) {
    const neediest = probeSets
      .map((set) => ({ set, missing: (quota.get(set) ?? 0) - countOf(set) }))
      .filter(({ missing }) => missing > 0)
      .toSorted((a, b) => b.missing - a.missing)[0];
    if (neediest === undefined) break;
    if (rows.length + group.length > most) continue;
    const asked = group.filter((question) => question.usable);
    sets[neediest.set].push(...asked.map(({ index }) => index));
    for (const { keys } of asked) texts.get(neediest.set)?.add(keys[0] as string);
    rows.push(...group.map(({ index }) => index));
  }
  const asked = probeSets.reduce((sum, set) => sum + countOf(set), 0);
  if (asked < Math.min(fewestQuestions, wanted)) throw tooFew(flaw, asked, usable, total, heldOutShare);
  return { rows: rows.toSorted((a, b) => a - b), sets };
}

function tooFew(flaw: string, held: number, usable: number, total: number, share: number): UserError {
  const needed = itemsForInterval(0.05);
  return new UserError(
    `${flaw}: expected at least ${fewestQuestions} questions that can be held out of training, got ${held} ` +
      `(${usable} of ${total} rows can be asked, and at most ${Math.round(100 * share)} % of the rows are held out); ` +
      `${Math.ceil(fewestQuestions / share)} rows with questions of their own would do. For an interval of +-5 points ${needed} items are needed`,
  );
}
