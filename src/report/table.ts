import { createColors } from "picocolors";
import type { ConditionResult, MetricSummary, SettingResult } from "../experiment/result.ts";
import { formatValue, isShare, percent } from "./format.ts";
import { groupConditions, isPending, type Role, roleOf, shortName } from "./names.ts";
import { preventedShare } from "./shortfalls.ts";
import { pad, printable } from "./terminal/text.ts";

export interface TableOptions {
  /** Characters per line. @default 100 */
  width?: number;
  /** @default false */
  color?: boolean;
  /** Only these groups. @default all */
  only?: readonly Role[];
  /** What to say of a condition that has no numbers yet. @default nothing */
  pending?: (condition: ConditionResult) => string | undefined;
}

const PREVENTED = 11;
const PREDICTED = 11;
const WIDEST = 100;

/** A metric's column: its id as heading, and its width. */
interface MetricColumn {
  id: string;
  room: number;
}

/** The conditions with behavior, capability, share prevented and the sealed prediction beside it, as aligned lines. */
export function table(setting: SettingResult, options: TableOptions = {}): string[] {
  const { width = WIDEST, color = false, only } = options;
  const ink = createColors(color);
  const ids = [setting.behaviorMetric, setting.capabilityMetric];
  const columns = ids.map((id) => ({ id, room: Math.max(id.length, 9) + 2 }));
  const taken = columns.reduce((sum, { room }) => sum + room, PREVENTED + PREDICTED);
  const label = Math.max(16, Math.min(width, WIDEST) - taken);
  const headings = columns.map(({ id, room }) => pad(id, room, "right")).join("");
  const lines = [ink.dim(`${" ".repeat(label)}${headings}${pad("prevented", PREVENTED, "right")}  predicted`)];
  for (const { role, title, conditions } of groupConditions(setting)) {
    if (only && !only.includes(role)) continue;
    const single = conditions.length === 1 && shortName(setting, conditions[0] as ConditionResult) === title;
    if (!single) lines.push(ink.dim(title));
    for (const condition of conditions) {
      const name = pad(printable(single ? title : shortName(setting, condition)), single ? label : label - 2);
      const chosen = role === "inoculation" && condition.trainPrompt.id === setting.selected.id;
      const text = single ? name : `  ${name}`;
      lines.push(`${chosen ? ink.bold(text) : text}${numbers(setting, condition, columns, options)}`.trimEnd());
    }
  }
  return lines;
}

function numbers(
  setting: SettingResult,
  condition: ConditionResult,
  columns: readonly MetricColumn[],
  { pending, color = false }: TableOptions,
): string {
  const ink = createColors(color);
  if (isPending(condition)) return ink.dim(pad(pending?.(condition) ?? "·", columns[0]?.room ?? 0, "right"));
  const cells = columns.map(({ id, room }) => pad(summaryText(condition.metrics[id], id), room, "right"));
  const prevented = pad(preventedText(setting, condition), PREVENTED, "right");
  return `${cells.join("")}${prevented}  ${predictionText(setting, condition, ink)}`;
}

/** "97% ± 1" */
function summaryText(summary: MetricSummary | undefined, metric: string): string {
  if (!summary || summary.mean === null) return "–";
  const error = summary.standardError;
  const spread = error === null ? "" : isShare(metric) ? ` ± ${(error * 100).toFixed(0)}` : ` ± ${error.toFixed(2)}`;
  return `${formatValue(summary.mean, metric)}${spread}`;
}

function preventedText(setting: SettingResult, condition: ConditionResult): string {
  const role = roleOf(condition);
  if (role !== "inoculation" && role !== "unrelated" && role !== "praise" && role !== "demonstration") return "";
  const share = preventedShare(setting, condition.metrics[setting.behaviorMetric]?.mean ?? null);
  return share === null ? "" : percent(share);
}

/** The sealed prediction and, once known, whether it was right. */
function predictionText(
  setting: SettingResult,
  condition: ConditionResult,
  ink: ReturnType<typeof createColors>,
): string {
  if (condition.trainData !== "flawed" || condition.evalPrompt.kind !== "neutral") return "";
  const outcome = setting.predictions.outcomes.find((entry) => entry.prompt === condition.trainPrompt.id);
  if (!outcome) return "";
  const sign = outcome.correct === null ? "" : outcome.correct ? ink.green(" ✓") : ink.red(" ✗");
  return `${outcome.verdict}${sign}`;
}
