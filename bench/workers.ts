/**
 * Several processes train adapters on one base model side by side: how much faster than one alone, and how much of the
 * base model's memory do they share? One thread each; time on the clock. The base lies in a float32 file, whose pages
 * processes share. Memory is what the system counts for each process with shared pages divided among their users (PSS),
 * after the last step. Needs Linux.
 *
 * Usage: npx tsx bench/workers.ts [SHAPE, default smollm] [DEVICE, default cpu] [WORKERS, default the cores]
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createExecutor } from "../src/engine/executors/createExecutor.ts";
import { type Device, devices } from "../src/engine/executors/device.ts";
import { readSafetensors } from "../src/engine/model/safetensors.ts";
import { initialAdapter } from "../src/engine/train/lora.ts";
import { ProgramCache } from "../src/engine/train/programCache.ts";
import { recipe } from "../src/engine/train/recipe.ts";
import { train } from "../src/engine/train/train.ts";
import { randomTokens, type Shape, shapes } from "./shapes.ts";
import { writeModel } from "./speed/tasks.ts";

/** After one that warms up. */
const steps = 4;

/** What a process measured, in bytes and seconds. */
interface Report {
  seconds: number;
  /** Its part of all memory, and of that what no other process has. */
  shared: number;
  own: number;
}

async function work(name: string, device: Device, folder: string): Promise<Report> {
  const { config, batch, seq } = shapes[name] as Shape;
  const options = recipe({ effectiveBatchSize: batch, microBatchSize: batch, epochs: steps + 1, warmupSteps: 0 });
  const weights = await readSafetensors(join(folder, "model", "model.safetensors"));
  const adapter = { lora: options.lora, weights: initialAdapter(config, options.lora, 1) };
  const from = seq - Math.floor(seq / 3);
  const rows = randomTokens(config, batch, seq).map((tokenIds) => ({
    tokenIds,
    lossWeights: tokenIds.map((_, t) => Number(t >= from)),
  }));
  const programs = new ProgramCache(await createExecutor(device, { threads: 1, cores: 1 }));
  let start = 0;
  await train(programs, { config, weights, adapter }, rows, options, {
    seed: 1,
    onStep: async ({ step }) => {
      if (step > 1) return;
      process.send?.("ready");
      await once(process, "message");
      start = performance.now();
    },
  });
  const seconds = (performance.now() - start) / 1000;
  // The others' pages must still be there when this is read.
  process.send?.("done");
  await once(process, "message");
  const counts = readFileSync("/proc/self/smaps_rollup", "utf8");
  const bytes = (field: string): number => 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(counts)?.[1]);
  return { seconds, shared: bytes("Pss"), own: bytes("Private_Dirty") };
}

/** Runs so many processes in step: all begin together, and none ends before the last. */
async function sideBySide(workers: number, args: string[]): Promise<Report[]> {
  const children = Array.from(
    { length: workers },
    (): ChildProcess => fork(fileURLToPath(import.meta.url), args, { execArgv: ["--import", "tsx"] }),
  );
  const next = (): Promise<unknown[]> => Promise.all(children.map(async (child) => (await once(child, "message"))[0]));
  const go = (): void => {
    for (const child of children) child.send("go");
  };
  for (const _ of ["ready", "done"]) {
    await next();
    go();
  }
  return (await next()) as Report[];
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

async function main([shape = "smollm", device = "cpu", count]: readonly string[]): Promise<void> {
  const workers = Number(count ?? availableParallelism());
  if (!shapes[shape] || !devices.some((known) => known === device) || !(workers >= 1)) {
    console.error(`expected [${Object.keys(shapes).join("|")}] [${devices.join("|")}] [workers]`);
    process.exit(2);
  }
  const folder = mkdtempSync(join(tmpdir(), "inoculate-bench-"));
  try {
    await writeModel(folder, shapes[shape] as Shape);
    const args = ["work", shape, device, folder];
    const [alone] = (await sideBySide(1, args)) as [Report];
    const all = await sideBySide(workers, args);
    const slowest = Math.max(...all.map(({ seconds }) => seconds));
    const sum = (field: "shared" | "own"): number => all.reduce((total, report) => total + report[field], 0);
    const result = {
      bench: "workers",
      ...{ shape, device, workers, steps },
      secondsAlone: Number(alone.seconds.toFixed(2)),
      secondsSideBySide: Number(slowest.toFixed(2)),
      speedup: Number(((workers * alone.seconds) / slowest).toFixed(2)),
      megabytesAlone: megabytes(alone.shared),
      megabytesSideBySide: megabytes(sum("shared")),
      megabytesOfTheirOwn: megabytes(sum("own")),
    };
    console.log(JSON.stringify(result));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === "work") {
  const [shape, device, folder] = rest as [string, Device, string];
  process.send?.(await work(shape, device, folder));
  process.disconnect();
} else await main(process.argv.slice(2));
