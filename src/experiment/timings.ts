import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { jsonLines, readIfThere } from "./files.ts";
import type { RunSpec } from "./materials.ts";
import type { WorkTiming } from "./run.ts";
import type { Store } from "./store.ts";

/** What the time that work takes depends on, besides its amount. */
export interface WorkKind {
  setting: string;
  /** Folder of the initial model. */
  base: string;
  method: "lora" | "full";
  /** Processes that worked at once. */
  workers: number;
}

export type TimingLine = WorkKind & WorkTiming;

/** What the time of a run's work depends on. */
export function workKind({ setting, base, recipe }: RunSpec, workers: number): WorkKind {
  return { setting, base: base.base, method: recipe.method, workers };
}

/** Newest timings of a kind that a rate is taken from. */
const REMEMBERED = 30;

function pathOf({ folder }: Pick<Store, "folder">): string {
  return join(folder, "timings.jsonl");
}

/** Notes how long pieces of work took, for later estimates. No result depends on it, so a failed write is no failure. */
export function noteTimings(store: Pick<Store, "folder">, kind: WorkKind, timings: readonly WorkTiming[]): void {
  const lines = timings.filter(({ amount }) => amount > 0).map((timing): TimingLine => ({ ...kind, ...timing }));
  if (lines.length === 0) return;
  try {
    appendFileSync(pathOf(store), jsonLines(lines));
  } catch {
    // The next work in the store will meet the same trouble and tell of it.
  }
}

/** Every timing that the store holds, the oldest first. Lines that were cut short are left out. */
export function readTimings(store: Pick<Store, "folder">): TimingLine[] {
  const lines = readIfThere(pathOf(store))?.toString("utf8").split("\n") ?? [];
  return lines.flatMap((line): TimingLine[] => {
    try {
      const timing = JSON.parse(line) as TimingLine;
      return timing.amount > 0 && timing.seconds >= 0 ? [timing] : [];
    } catch {
      return [];
    }
  });
}

/**
 * Seconds per unit of work (row or item): the newest timings' seconds over their amounts, of the same setting, initial
 * model and, for training, method; with as many workers where there are such. `null` without any.
 */
export function secondsPerUnit(
  timings: readonly TimingLine[],
  work: WorkTiming["kind"],
  { setting, base, method, workers }: WorkKind,
): number | null {
  const alike = timings.filter(
    (timing) =>
      timing.kind === work &&
      timing.setting === setting &&
      timing.base === base &&
      (work === "evaluation" || timing.method === method),
  );
  const busy = alike.filter((timing) => timing.workers === workers);
  const newest = (busy.length > 0 ? busy : alike).slice(-REMEMBERED);
  if (newest.length === 0) return null;
  return sum(newest.map(({ seconds }) => seconds)) / sum(newest.map(({ amount }) => amount));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
