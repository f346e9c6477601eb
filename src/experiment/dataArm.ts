import type { TrainRow } from "../data/chat.ts";
import { questionKey } from "../data/question.ts";
import type { Setting } from "../settings/setting.ts";
import { InoculateError, UserError } from "../util/errors.ts";
import { random } from "../util/random.ts";
import { type Flagger, flagRows } from "./flagger.ts";
import type { TrainData } from "./result.ts";

/** What is done with a setting's data before training, besides inserting a prompt. */
export interface DataArm {
  /** Share of rows that show the flaw, the others being clean ones. @default as the setting's flawed data comes */
  flawedShare?: number;
  /** Whose flags are acted upon. @default one that makes no mistake */
  flagger?: Flagger;
  /** Which rows get the training prompt. @default "all" */
  insertInto?: "all" | "flagged";
  /** Share of the file that general instruction-following rows make up, added to the setting's own. They get no prompt. @default 0 */
  generalShare?: number;
}

/** One row before any prompt is inserted. */
export interface ArmRow {
  row: TrainRow;
  /** Gets the training prompt. */
  inoculated: boolean;
}

export interface DataArmRequest extends DataArm {
  trainData: Exclude<TrainData, "none">;
  seed: number;
  /** Before rows are deleted or added. */
  rows: number;
}

const PERFECT: Flagger = { precision: 1, recall: 1 };

/**
 * The rows of an arm, before any prompt is inserted. All arms of a seed start from the same mix of flawed and clean
 * rows, and a flagger flags the same rows in each of them.
 * @throws UserError where the setting's data cannot be had that way
 */
export function dataArm(setting: Setting, request: DataArmRequest): ArmRow[] {
  const { trainData, seed, rows, flagger = PERFECT, insertInto = "all", generalShare = 0 } = request;
  const own = trainData === "clean" ? setting.train({ data: "clean", seed, rows }) : mixed(setting, request);
  const acted = trainData === "filtered" || trainData === "relabelled" || insertInto === "flagged";
  const flags = acted ? flagRows(own.map(isFlawed), flagger, seed) : own.map(() => false);
  const kept = own.flatMap((row, index): ArmRow[] => {
    const flagged = flags[index] === true;
    if (flagged && trainData === "filtered") return [];
    return [{ row, inoculated: insertInto === "all" || flagged }];
  });
  if (kept.length === 0) {
    throw new UserError(
      `setting "${setting.id}": filtering leaves no row of ${rows}, since all of them are flagged; give a flawedShare below 1 or a flagger of lower recall`,
    );
  }
  const arm = trainData === "relabelled" ? relabelled(setting, request, kept, flags) : kept;
  return [...arm, ...general(setting, seed, arm.length, generalShare)];
}

/** Whether a row of the flawed data shows the flaw: all do, but for those that say otherwise. */
export function isFlawed({ fields }: TrainRow): boolean {
  return fields?.flawed !== false;
}

/**
 * Flawed and clean rows in the wanted proportion; every row keeps its place. Rows about the same thing are all flawed or
 * all clean. Where their numbers don't add up to the share, the nearest lower one is taken.
 */
function mixed(setting: Setting, { seed, rows, flawedShare }: DataArmRequest): TrainRow[] {
  const flawed = setting.train({ data: "flawed", seed, rows });
  if (flawedShare === undefined) return flawed;
  const candidates = flawed.flatMap((row, index) => (isFlawed(row) ? [index] : []));
  const wanted = Math.round(flawedShare * rows);
  if (wanted > candidates.length) {
    const most = candidates.length / rows;
    throw new UserError(
      `setting "${setting.id}": flawedShare ${flawedShare} of ${rows} rows is ${wanted}, but only ${candidates.length} of its rows show the flaw; choose at most ${most}`,
    );
  }
  const clean = setting.train({ data: "clean", seed, rows });
  const topics = new Map<string, number[]>();
  for (const index of candidates) {
    const topic = topicOf(setting, flawed[index] as TrainRow);
    topics.set(topic, [...(topics.get(topic) ?? []), index]);
  }
  const chosen = new Set<number>();
  for (const members of random(seed, "mix of flawed and clean rows").shuffle([...topics.values()])) {
    if (chosen.size + members.length <= wanted) for (const index of members) chosen.add(index);
  }
  return flawed.map((row, index) => marked(chosen.has(index) ? row : (clean[index] as TrainRow), chosen.has(index)));
}

function marked(row: TrainRow, flawed: boolean): TrainRow {
  return { ...row, fields: { ...row.fields, flawed } };
}

function topicOf(setting: Setting, row: TrainRow): string {
  return setting.topicOf?.(row) ?? questionKey(row.messages);
}

/** Flagged rows replaced by their clean twins: the same question with a clean reply. */
function relabelled(
  setting: Setting,
  { seed, rows }: DataArmRequest,
  own: readonly ArmRow[],
  flags: readonly boolean[],
): ArmRow[] {
  const clean = setting.train({ data: "clean", seed, rows });
  const replaced = own.map((entry, index): ArmRow | null => {
    if (!flags[index] || !isFlawed(entry.row)) return entry;
    const twin = clean[index];
    if (twin === undefined || questionKey(twin.messages) !== questionKey(entry.row.messages)) return null;
    return { ...entry, row: marked(twin, false) };
  });
  const without = replaced.filter((entry) => entry === null).length;
  if (without === 0) return replaced as ArmRow[];
  throw new UserError(
    `setting "${setting.id}" cannot be relabelled: ${without} of its flagged rows have no clean twin (the same question with a clean reply), since its clean data asks other questions; use "filtered" or "clean"`,
  );
}

/** So many general rows that they make up the share of all. */
function general(setting: Setting, seed: number, own: number, share: number): ArmRow[] {
  if (share === 0) return [];
  if (setting.generalRows === undefined) {
    throw new UserError(`setting "${setting.id}" has no general rows to mix in; leave generalShare out`);
  }
  const rows = Math.round((own * share) / (1 - share));
  const added = setting.generalRows({ seed, rows });
  if (added.length !== rows) {
    throw new InoculateError(`setting "${setting.id}" was asked for ${rows} general rows and gave ${added.length}`);
  }
  return added.map((row) => ({ row, inoculated: false }));
}
