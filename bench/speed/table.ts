import { type ShapeName, shapes } from "./shapes.ts";
import type { Difference, Ratio, TimeKind, WorkloadSummary } from "./summary.ts";
import type { Workload } from "./workloads.ts";

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const fixed = (value: number): string => value.toFixed(2);
const tiny = (value: number): string => value.toExponential(1);

/** "smollm, LoRA, 4 x 256 tokens, loss on the last third". */
export function describeWorkload({ kind, shape, method, plan }: Workload): string {
  const { training, sampling } = shapes[shape as ShapeName];
  const what =
    kind === "training"
      ? `training ${method === "lora" ? "LoRA r=16" : "all weights"}, batch ${training.batch} x ${training.seq}, loss on the last third`
      : `sampling, batch ${sampling.batch}, ${sampling.promptTokens} prompt and ${sampling.newTokens} new tokens`;
  return `${shape}: ${what} (${plan.rounds} x ${plan.measured} steps after ${plan.warmUp})`;
}

/** The lines of one workload with one number of threads. */
export function tableOf(workload: Workload, threads: number, time: TimeKind, summary: WorkloadSummary): string {
  const executors = Object.keys(summary.ratios);
  const header = [
    "",
    "tokens/s",
    "spread",
    "peak MB",
    "1st step s",
    ...executors.flatMap((name) => [`${name}: speed`, "memory", "1st step"]),
  ];
  const rows = Object.entries(summary.sides).map(([name, side]) => [
    name,
    count(side.tokensPerSecond),
    fixed(side.spread),
    count(side.peakMegabytes),
    fixed(side.firstStepSeconds),
    ...executors.flatMap((executor) => ratioCells(summary.ratios[executor]?.[name])),
  ]);
  const clock = time === "clock" ? "clock time" : "processor time";
  return [
    `${describeWorkload(workload)}; ${threads} ${threads === 1 ? "thread" : "threads"}, ${clock}`,
    ...align([header, ...rows]),
    ...Object.entries(summary.differences).map(([precision, difference]) => describeDifference(precision, difference)),
  ].join("\n");
}

const ratioCells = (ratio: Ratio | undefined): string[] =>
  ratio ? [`${fixed(ratio.tokensPerSecond)}x`, fixed(ratio.peakMemory), fixed(ratio.firstStep)] : ["", "", ""];

function describeDifference(precision: string, { loss, gradNorm, firstTokens }: Difference): string {
  if (firstTokens !== undefined) {
    return `  ${precision} against eager-fp32: ${(100 * firstTokens).toFixed(1)} % of the first greedy tokens differ at most`;
  }
  return `  ${precision} against eager-fp32, first step: loss differs by ${tiny(loss ?? 0)} at most, gradient norm by ${tiny(gradNorm ?? 0)} of it`;
}

/** The first column to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}`.trimEnd(),
  );
}
