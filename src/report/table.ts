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

const NUMBER = 14;
const PREVENTED = 10;
const PREDICTED = 14;
const WIDEST = 100;

/** The conditions with behavior, capability, share prevented and the sealed prediction beside it, as aligned lines. */
export function table(setting: SettingResult, options: TableOptions = {}): string[] {
  const { width = WIDEST, color = false, only, pending } = options;
  const ink = createColors(color);
  const label = Math.max(16, Math.min(width, WIDEST) - 2 * NUMBER - PREVENTED - PREDICTED);
  const { behaviorMetric, capabilityMetric, selected } = setting;
  const headings = [pad(behaviorMetric, NUMBER, "right"), pad(capabilityMetric, NUMBER, "right")];
  const head = `${" ".repeat(label)}${headings.join("")}${pad("prevented", PREVENTED, "right")}  ${pad("predicted", PREDICTED - 2)}`;
  const lines = [ink.dim(head.trimEnd())];
  for (const { role, title, conditions } of groupConditions(setting)) {
    if (only && !only.includes(role)) continue;
    const single = conditions.length === 1 && shortName(setting, conditions[0] as ConditionResult) === title;
    if (!single) lines.push(ink.dim(title));
    for (const condition of conditions) {
      const name = printable(single ? title : `  ${shortName(setting, condition)}`);
      const text = pad(single ? name : `  ${name}`, label - 1);
      const chosen = role === "inoculation" && condition.trainPrompt.id === selected.id;
      const numbers = isPending(condition)
        ? ink.dim(pad(pending?.(condition) ?? "·", NUMBER, "right"))
        : `${pad(summaryText(condition.metrics[behaviorMetric], behaviorMetric), NUMBER, "right")}${pad(summaryText(condition.metrics[capabilityMetric], capabilityMetric), NUMBER, "right")}${pad(preventedText(setting, condition), PREVENTED, "right")}  ${predictionText(setting, condition, ink)}`;
      lines.push(`${chosen ? ink.bold(text) : text} ${numbers}`.trimEnd());
    }
  }
  return lines;
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
