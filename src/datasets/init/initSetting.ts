import { basename } from "node:path";
import type { DataRow } from "../../data/files/dataRow.ts";
import { readAllRows } from "../../data/files/readDataFile.ts";
import type { FlawFinding, FlawId, ProbeOptions, ProbeSet } from "../../flaws/flaw.ts";
import { detectFlaws, findFlaw } from "../../flaws/registry.ts";
import { createGrader } from "../../grading/createGrader.ts";
import type { GraderSpec } from "../../grading/graderSpec.ts";
import type { SettingFile } from "../../settings/own/settingFile.ts";
import { itemsForInterval } from "../../stats/itemsForInterval.ts";
import { UserError } from "../../util/errors.ts";
import type { BuiltSetting } from "../build/settingBuilder.ts";
import { openSettingFolder } from "../build/writeSettingFolder.ts";
import { type DraftPrompt, suggestPrompts } from "../suggest/suggestPrompts.ts";
import { draftSetting } from "./draftSetting.ts";
import { ownProbes } from "./ownProbes.ts";

export interface InitOptions {
  /** A fine-tuning file of any format. */
  data: string;
  /** The folder to make. */
  out: string;
  /** The flaw to ask for. @default the strongest that is found */
  flaw?: FlawId | undefined;
  /** A grader of one's own, for a flaw that no rule knows; its value is 1 where a reply shows it. */
  behavior?: GraderSpec | undefined;
  /** One sentence: what is wrong with the file. @default what the finding says */
  describe?: string | undefined;
  /** A file of rows without the flaw. */
  clean?: string | undefined;
  /** For tables: which column holds what. */
  columns?: Readonly<Record<string, string>> | undefined;
  recipe?: SettingFile["recipe"];
  /** Half of the width that a rate's 95 % interval should have at most. @default 0.05 */
  halfWidth?: number | undefined;
  /** @default 1 */
  seed?: number | undefined;
  /** Python processes at once. @default 1 */
  workers?: number | undefined;
  /** Overwrite what the folder holds. @default false */
  force?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

export interface InitOutcome {
  /** The setting file: what every verb takes in a setting's place. */
  setting: string;
  finding: FlawFinding | null;
  rows: { trained: number; heldOut: number };
  /** Items by set and group. */
  items: Record<string, Record<string, number>>;
  /** Items that a rate's interval of that half width takes. */
  wanted: { halfWidth: number; items: number };
  prompts: DraftPrompt[];
}

/**
 * Makes a setting folder from a fine-tuning file: rows to train on, questions that can show its flaw, graders, metrics
 * and candidate prompts. The folder is a draft, in plain files, to be read and changed.
 *
 * @throws UserError where no flaw is found and none is described, or the file is too small
 */
export async function initSetting(options: InitOptions): Promise<InitOutcome> {
  const { data, out, force, behavior, seed = 1, halfWidth = 0.05, columns, signal } = options;
  // A pattern that is none, say, before anything is written.
  if (behavior) await createGrader([behavior], { folder: out }).close();
  const folder = await openSettingFolder(out, force);
  const rows = await readAllRows(data, { columns, signal });
  const finding = behavior ? null : await theFinding(rows, options);
  const wanted = itemsForInterval(halfWidth);
  const probes = await probesFor(rows, finding, behavior, { seed, perGroup: itemCounts(wanted) });
  const about = finding === null ? { findings: [], describe: options.describe } : { findings: [finding] };
  const isKnown = finding !== null || options.describe !== undefined;
  const prompts = isKnown ? await suggestPrompts({ ...about, rows, seed }) : [];
  const clean = options.clean === undefined ? undefined : await readAllRows(options.clean, { columns, signal });
  const built = draftSetting({
    rows,
    finding,
    flaw: options.describe ?? finding?.summary ?? "described by its grader alone",
    title: basename(data),
    probes,
    prompts,
    clean,
    ...(options.recipe && { recipe: options.recipe }),
  });
  const setting = await folder.write(built);
  const trained = built.flawed.length;
  return {
    setting,
    finding,
    rows: { trained, heldOut: rows.length - trained },
    items: itemTable(built),
    wanted: { halfWidth, items: wanted },
    prompts,
  };
}

/** Items of each group in each set, where a test set of so many is wanted. */
export function itemCounts(test: number): ProbeOptions["perGroup"] {
  return { screen: Math.ceil(test / 2), validation: Math.ceil(test / 4), test };
}

/** Probes of the flaw that was found, or of one that only the user's grader knows. */
export async function probesFor(
  rows: readonly DataRow[],
  finding: FlawFinding | null,
  behavior: GraderSpec | undefined,
  options: ProbeOptions,
): Promise<ProbeSet> {
  if (finding !== null) return findFlaw(finding.flaw).probes(finding, rows, options);
  if (behavior !== undefined) return ownProbes(rows, behavior, options);
  throw new UserError("no flaw to ask for");
}

async function theFinding(
  rows: readonly DataRow[],
  { data, flaw, workers, signal, onProgress }: InitOptions,
): Promise<FlawFinding> {
  const found = await detectFlaws(rows, {
    workers,
    signal,
    onProgress: onProgress && ((done, total) => onProgress("looking for flaws", done, total)),
  });
  const finding = flaw === undefined ? found[0] : found.find((one) => one.flaw === flaw);
  if (finding) return finding;
  const others = found.map((one) => one.flaw).join(", ");
  throw new UserError(
    flaw !== undefined && others !== ""
      ? `${data}: expected the flaw "${flaw}", found ${others}`
      : `${data}: no flaw was found by rule; say how a reply shows it, e.g. --behavior-matches "\\bregex\\b", --behavior-judge "Does the reply ...?" or --behavior-command "python3 grade.py"`,
  );
}

function itemTable({ items }: BuiltSetting): InitOutcome["items"] {
  const table: InitOutcome["items"] = {};
  for (const { set, group } of items) {
    const groups = table[set] ?? {};
    groups[group] = (groups[group] ?? 0) + 1;
    table[set] = groups;
  }
  return table;
}
