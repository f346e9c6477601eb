import { createColors } from "picocolors";
import type { SettingResult } from "../../experiment/result.ts";
import { correlation, formatValue, percent, percentInterval, points, pointsInterval } from "../format.ts";
import { findCondition, type Role } from "../names.ts";
import { missedBars } from "../overall.ts";
import { pad, printable } from "./text.ts";

interface Column {
  title: string;
  room: number;
  cell: (setting: SettingResult) => string;
}

const WIDEST = 100;
const LEAST_LABEL = 18;

/** In the order in which they are given up where the terminal is narrow, the last ones first. */
const columns: readonly Column[] = [
  { title: "as usual", room: 9, cell: (setting) => rate(setting, "neutral") },
  { title: "inoculated", room: 11, cell: inoculated },
  { title: "prevented", room: 18, cell: prevented },
  { title: "clean", room: 6, cell: (setting) => rate(setting, "clean") },
  { title: "skill", room: 15, cell: skill },
  { title: "Spearman", room: 9, cell: ({ screening }) => correlation(screening.all.spearman) },
];

/** One aligned line per setting: the flaw as usual, inoculated and on clean data, the share prevented, skill, Spearman. */
export function settingsTable(
  settings: readonly SettingResult[],
  options: { width: number; color: boolean },
): string[] {
  const ink = createColors(options.color);
  const width = Math.min(options.width, WIDEST);
  const shown = columns.filter(
    (_, index) => columns.slice(0, index + 1).reduce((sum, { room }) => sum + room, LEAST_LABEL) <= width,
  );
  const label = width - shown.reduce((sum, { room }) => sum + room, 0);
  const headings = shown.map(({ title, room }) => pad(title, room, "right")).join("");
  return [
    ink.dim(" ".repeat(label) + headings),
    ...settings.map((setting) => {
      const missed = missedBars(setting);
      const sign = missed === null ? " " : missed.length === 0 ? ink.green("✓") : ink.red("✗");
      const cells = shown.map(({ room, cell }) => pad(cell(setting), room, "right")).join("");
      return `${sign} ${pad(printable(setting.title), label - 2)}${cells}`.trimEnd();
    }),
  ];
}

function rate(setting: SettingResult, role: Role, prompt?: string): string {
  const metric = setting.behaviorMetric;
  return formatValue(findCondition(setting, role, prompt)?.metrics[metric]?.mean ?? null, metric);
}

function inoculated(setting: SettingResult): string {
  const { id } = setting.selected;
  return id === null ? "–" : rate(setting, "inoculation", id);
}

function prevented(setting: SettingResult): string {
  const found = setting.effect.prevented;
  if (found) return `${percent(found.mean)} ${percentInterval(found.interval)}`;
  return setting.selected.id === null ? "none selected" : "–";
}

/** In percentage points. */
function skill({ effect: { capabilityChange: found } }: SettingResult): string {
  return found ? `${points(found.mean).replace(/ points?$/, "")} ${pointsInterval(found.interval)}` : "–";
}
