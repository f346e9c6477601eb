import { type Shape, shapes } from "../shapes.ts";
import { type Ratio, referenceName, type TimeKind, type WorkloadSummary } from "./summary.ts";
import type { Workload } from "./workloads.ts";

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
const fixed = (value: number): string => value.toFixed(2);

/** "smollm: training LoRA r=16, batch 4 x 256, loss on the last third". */
export function describeWorkload(workload: Workload): string {
  if (workload.kind === "sampling") {
    const { shape, batch, promptTokens, newTokens } = workload;
    return `${shape}: sampling, batch ${batch}, ${promptTokens} prompt and ${newTokens} new tokens`;
  }
  const { batch, seq } = shapes[workload.shape] as Shape;
  const what = workload.method === "lora" ? "LoRA r=16" : "all weights";
  return `${workload.shape}: training ${what}, batch ${batch} x ${seq}, loss on the last third`;
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
  const { rounds, measured, warmUp } = workload.plan;
  const steps = `${rounds} x ${measured} steps after ${warmUp}`;
  const clock = time === "clock" ? "time on the clock" : "processor time";
  return [
    `${describeWorkload(workload)} (${steps}); ${threads} ${threads === 1 ? "thread" : "threads"}, ${clock}`,
    ...align([header, ...rows]),
    ...describeDifferences(summary),
  ].join("\n");
}

const ratioCells = (ratio: Ratio | undefined): string[] =>
  ratio ? [`${fixed(ratio.tokensPerSecond)}x`, fixed(ratio.peakMemory), fixed(ratio.firstStep)] : ["", "", ""];

/** The largest difference of each precision. */
function describeDifferences({ differences }: WorkloadSummary): string[] {
  return (["fp32", "bf16"] as const).flatMap((precision) => {
    const sides = Object.values(differences).filter((difference) => difference.precision === precision);
    if (sides.length === 0) return [];
    const largest = (key: "loss" | "gradNorm" | "firstTokens"): string =>
      Math.max(...sides.map((difference) => difference[key] ?? 0)).toExponential(1);
    const isTraining = sides[0]?.firstTokens === undefined;
    const what = isTraining
      ? `first step's loss ${largest("loss")}, its gradient norm ${largest("gradNorm")} (relative)`
      : `first greedy tokens ${largest("firstTokens")} of them`;
    return [`  largest difference from ${referenceName} in ${precision}: ${what}`];
  });
}

/** The first column to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")}`.trimEnd(),
  );
}
