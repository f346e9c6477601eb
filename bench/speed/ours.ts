/**
 * One process of ours for the speed table, called like the peers' scripts (bench/python/measure.py):
 * ours.ts TASK_JSON EXECUTOR THREADS. Prints one line of JSON, a SideResult.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readAdapterFolder } from "../../src/engine/model/adapterFolder.ts";
import { readSafetensors } from "../../src/engine/model/safetensors.ts";
import { generate } from "../../src/engine/sample/generate.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { train } from "../../src/engine/train/train.ts";
import { processorSeconds } from "../../src/util/processorSeconds.ts";
import { loadExecutor } from "./executors.ts";
import type { SideResult, Span } from "./side.ts";
import type { SamplingTask, TrainingTask } from "./tasks.ts";

/** Processor seconds of all threads and seconds on the clock since the process was started. */
function sinceStart(): Span {
  return { processor: processorSeconds(), clock: Date.now() / 1000 - Number(process.env.BENCH_STARTED_AT) };
}

/** Times one step after another. */
class Meter {
  readonly steps: Span[] = [];
  #first: Span | undefined;
  #last = sinceStart();

  /** A step ended. */
  step(): void {
    const now = sinceStart();
    this.steps.push({ processor: now.processor - this.#last.processor, clock: now.clock - this.#last.clock });
    this.#first ??= now;
    this.#last = now;
  }

  result(checks: SideResult["checks"]): SideResult {
    return { steps: this.steps, firstStep: this.#first as Span, peakBytes: peakBytes(), checks };
  }
}

/** The most memory that this process held at any time. */
function peakBytes(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return 1024 * Number(kibibytes);
}

async function trainSteps(programs: ProgramCache, task: TrainingTask): Promise<SideResult> {
  const { config, recipe } = task;
  const weights = await readSafetensors(join(task.model, "model.safetensors"));
  const trainee = {
    config,
    weights,
    ...(task.adapter !== undefined && { adapter: await readAdapterFolder(task.adapter, config) }),
  };
  const rows = task.tokenIds.map((tokenIds, i) => ({ tokenIds, lossWeights: task.lossWeights[i] as number[] }));
  const checks: SideResult["checks"] = {};
  const meter = new Meter();
  await train(programs, trainee, rows, recipe, {
    seed: 1,
    onStep: ({ step, loss, gradNorm }) => {
      meter.step();
      if (step === 1) Object.assign(checks, { firstLoss: loss, firstGradNorm: gradNorm });
    },
  });
  return meter.result(checks);
}

async function sampleReplies(programs: ProgramCache, task: SamplingTask): Promise<SideResult> {
  const { config, prompts, newTokens } = task;
  const weights = await readSafetensors(join(task.model, "model.safetensors"));
  const ids = prompts.map((_, i) => `prompt-${i}`);
  const checks: SideResult["checks"] = {};
  const meter = new Meter();
  for (const [seed, temperature] of task.temperatures.entries()) {
    const sampling = { temperature, topP: 1, maxNewTokens: newTokens };
    const options = { seed, ids, stopTokens: new Set<number>(), batchSize: prompts.length };
    const replies = await generate({ programs, config, weights }, prompts, sampling, options);
    meter.step();
    checks.firstTokens ??= replies.map(({ tokenIds }) => tokenIds[0] as number);
  }
  return meter.result(checks);
}

const [path, name, threads] = process.argv.slice(2) as [string, string, string];
const task = JSON.parse(readFileSync(path, "utf8")) as TrainingTask | SamplingTask;
const programs = new ProgramCache(await loadExecutor(name, Number(threads)));
const result = task.kind === "training" ? await trainSteps(programs, task) : await sampleReplies(programs, task);
await programs.release();
console.log(JSON.stringify(result));
