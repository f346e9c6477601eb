/**
 * How fast do we train and sample, how much memory does it take, and how soon does it start, beside PyTorch with a loop
 * written by hand (eager) and beside the pipeline that a user would pick (transformers, PEFT and TRL's SFTTrainer;
 * transformers' generate)? Both peers in float32 and in bfloat16, one and two threads.
 *
 * Same weights, rows, positions with loss, clipping and AdamW on all sides; the first step's loss and gradient norm are
 * compared, and the run ends with 1 where losses differ, so that nobody compares different work. The peers get what
 * makes them fast on a CPU: fused AdamW, fused attention, no gradient checkpointing, flushed denormals.
 *
 * Every side runs in processes of its own, in turns; warm-up steps are not counted. With one thread processor time is
 * what counts, with more time on the clock, for the first step too. Our start includes that of tsx, which compiles
 * TypeScript; none includes tokenization. Sampling counts new tokens only, and its time includes reading the prompts.
 *
 * A readable table goes to standard error, one line of JSON to standard output. Needs Linux.
 * Usage: npx tsx bench/speed.ts --help
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../src/util/errors.ts";
import { type Shape, shapes } from "./shapes.ts";
import { type Environment, readEnvironment } from "./speed/environment.ts";
import { availableExecutors, loadExecutor } from "./speed/executors.ts";
import { parseSpeedOptions, type SpeedOptions, usage } from "./speed/options.ts";
import { runSide, type Side, type SideResult, sidesOf } from "./speed/side.ts";
import {
  disagreements,
  summarize,
  summarizeSide,
  type TimeKind,
  timeKindOf,
  type WorkloadSummary,
} from "./speed/summary.ts";
import { describeWorkload, tableOf } from "./speed/table.ts";
import { writeModel, writeTask } from "./speed/tasks.ts";
import { type Workload, workloadsOn } from "./speed/workloads.ts";

/** All sides in turn, in the opposite order in every other round, so that a drift of the machine favours none. */
async function measure(workload: Workload, sides: readonly Side[], threads: number, folder: string) {
  const taskPath = writeTask(folder, workload);
  const results = new Map<Side, SideResult[]>(sides.map((side) => [side, []]));
  for (let round = 0; round < workload.plan.rounds; round++) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      const place = `${describeWorkload(workload)}, ${threads} thr., round ${round + 1} of ${workload.plan.rounds}`;
      const result = await runSide(side, taskPath, threads, join(folder, "cache"));
      results.get(side)?.push(result);
      const { tokensPerSecond, peakMegabytes } = summarizeSide([result], workload, timeKindOf(threads));
      console.error(`${place}: ${side.name} ${tokensPerSecond.toFixed(0)} tokens/s, ${peakMegabytes.toFixed(0)} MB`);
    }
  }
  return results;
}

/** A machine with less to do counts as idle. */
const idleLoad = 0.7;

/** A workload with one number of threads. */
type Entry = Workload & WorkloadSummary & { threads: number; time: TimeKind };

async function measureAll(
  options: SpeedOptions,
  folder: string,
): Promise<{ entries: Entry[]; tables: string[]; faults: string[] }> {
  const executors = options.executors ?? (await availableExecutors());
  for (const name of executors) await loadExecutor(name, 1);
  const [entries, tables, faults]: [Entry[], string[], string[]] = [[], [], []];
  for (const shape of options.shapes) {
    const shapeFolder = join(folder, shape);
    await writeModel(shapeFolder, shapes[shape] as Shape);
    for (const threads of options.threads) {
      for (const workload of workloadsOn(shape, options.kinds, options.rounds)) {
        const sides = sidesOf(workload.kind, executors);
        const time = timeKindOf(threads);
        const summary = summarize(workload, time, await measure(workload, sides, threads, shapeFolder));
        entries.push({ ...workload, threads, time, ...summary });
        tables.push(tableOf(workload, threads, time, summary));
        faults.push(...disagreements(summary).map((fault) => `${describeWorkload(workload)}: ${fault}`));
      }
    }
    rmSync(shapeFolder, { recursive: true });
  }
  return { entries, tables, faults };
}

function describeEnvironment({ machine, versions, torch }: Environment): string {
  const { processor, cores, memoryGigabytes } = machine;
  return [
    `${processor}, ${cores} cores, ${memoryGigabytes} GB`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
    `torch: oneDNN ${torch.mkldnn ? "on" : "off"}, ${torch.capability}; matrix products in bf16 by ${torch.bf16Kernel ?? "no oneDNN kernel"}, in fp32 by ${torch.fp32Kernel ?? (torch.mkl ? "MKL" : "no oneDNN kernel")}`,
  ].join("\n");
}

/** Numbers with more digits than were measured only make the line longer. */
const shortened = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

async function main(): Promise<number> {
  const options = parseSpeedOptions(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  process.once("SIGINT", () => process.exit(130));
  const environment = await readEnvironment();
  if (environment.machine.load > idleLoad && options.threads.some((threads) => threads > 1)) {
    const load = environment.machine.load.toFixed(1);
    console.error(
      `the machine is busy (load ${load}): with several threads, which wait for one another, figures mislead`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), "inoculate-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const { entries, tables, faults } = await measureAll(options, folder);
  console.error(["", describeEnvironment(environment), ...tables].join("\n\n"));
  console.log(JSON.stringify({ bench: "speed", ...environment, workloads: entries }, shortened));
  for (const fault of faults) console.error(`the sides did different work: ${fault}`);
  return faults.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exitCode = error instanceof UserError ? 2 : 1;
}
