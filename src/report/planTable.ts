import { createColors } from "picocolors";
import type { DoseCurve } from "../experiment/plans/doseCurve.ts";
import type { PlanConditionResult, PlanMetric, PlanTable } from "../experiment/plans/planResult.ts";
import type { PlanPreview } from "../experiment/plans/previewPlan.ts";
import { count, duration, formatValue, isShare, percent, percentInterval, plural } from "./format.ts";
import { pad, printable } from "./terminal/text.ts";

/** What a plan is going to do, as lines of text. */
export function planPreviewLines(preview: PlanPreview): string[] {
  const { conditions, runs, trainings, evaluations, seconds, secondsFrom, workers } = preview;
  const time = {
    "nothing to do": "nothing is left to do",
    "earlier runs": `about ${duration(seconds)} with ${plural(workers, "worker")}, from earlier runs in this store`,
    probe: `about ${duration(seconds)} with ${plural(workers, "worker")}, from a short probe`,
  }[secondsFrom];
  return [
    `${plural(conditions, "condition")}, ${plural(runs.total, "run")}; in the store already: ${count(runs.stored)}`,
    `to train: ${count(trainings.toDo)} of ${plural(trainings.total, "model")}; to evaluate: ${count(evaluations.toDo)} of ${plural(evaluations.total, "time")}`,
    `expected time: ${time}`,
  ];
}

/** A plan's table as aligned lines: conditions by metrics, each as mean, standard error over seeds, interval and n. */
export function planTableLines(table: PlanTable, { color = false }: { color?: boolean } = {}): string[] {
  const ink = createColors(color);
  const base = table.base === "embedded" ? "" : `, ${table.base}`;
  const names = table.conditions.map((condition) => printable(planConditionName(condition)));
  const label = Math.max(0, ...names.map((name) => name.length)) + 2;
  const cells = table.conditions.map(({ metrics }) => table.shown.map((id) => metricCell(metrics[id], id)));
  const rooms = table.shown.map(
    (id, column) => 2 + Math.max(id.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    texts.map((text, column) => pad(text, rooms[column] ?? 0, "right")).join("");
  return [
    ink.bold(`${printable(table.title)}${base}${table.complete ? "" : " (incomplete)"}`),
    ink.dim(`${pad("", label)}${line(table.shown)}`),
    ...names.map((name, row) => `${pad(name, label)}${line(cells[row] ?? [])}`.trimEnd()),
    ...doseLines(table),
  ];
}

/** How long inoculation holds, where a plan looks at checkpoints. */
function doseLines({ doses }: PlanTable): string[] {
  if (doses.length === 0) return [];
  const lines = doses.flatMap((dose) => {
    const { id, points } = dose;
    const shares = points.map(
      ({ step, prevented }) =>
        `step ${step}: ${prevented ? `${percent(prevented.mean)} ${percentInterval(prevented.interval)}` : "–"}`,
    );
    return [printable(id), `  ${shares.join("; ")}`, `  ${wearingOffText(dose)}`];
  });
  return ["Share prevented along the training (against neutral training at the same step):", ...lines];
}

/** Where inoculation wears off, and how sure that is. */
export function wearingOffText({ points, wearsOff: { step, interval, probability } }: DoseCurve): string {
  const first = points.find(({ prevented }) => prevented !== null);
  if (first !== undefined && step === first.step) return `is below a half from the first checkpoint on, step ${step}`;
  const resamples = `below a half in ${percent(probability)} of the resamples`;
  const [low, high] = interval ?? [null, null];
  if (step === null) {
    return `holds up to the last checkpoint (${low === null ? "" : `95% interval from step ${low.toFixed(0)} on; `}${resamples})`;
  }
  const ends =
    low === null ? "" : `95% interval ${low.toFixed(0)} to ${high?.toFixed(0) ?? "beyond the last checkpoint"}; `;
  return `falls below a half at step ${step.toFixed(0)} (${ends}${resamples})`;
}

/** "flawed / deem-correct / neutral, prefix, 0.5 flawed" */
export function planConditionName({ id }: PlanConditionResult): string {
  const [key = "", ...factors] = id.split(", ");
  return [key.split("/").join(" / "), ...factors].join(", ");
}

/** "93% ± 1 [90%, 95%] n=3"; the n of the initial model are items, marked by an i. */
export function metricCell(summary: PlanMetric | undefined, metric: string): string {
  if (!summary || summary.mean === null) return "–";
  const { mean, standardError, interval, n, unit } = summary;
  const error =
    standardError === null ? "" : ` ± ${isShare(metric) ? (standardError * 100).toFixed(0) : standardError.toFixed(2)}`;
  const ends = interval ? ` [${interval.map((end) => formatValue(end, metric)).join(", ")}]` : "";
  return `${formatValue(mean, metric)}${error}${ends} n=${n}${unit === "item" ? "i" : ""}`;
}
