import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { executors } from "./executors.ts";
import type { Workload } from "./workloads.ts";

/** Seconds of processor time, all threads together, and on the clock. */
export interface Span {
  processor: number;
  clock: number;
}

/** What one process of a side measured. */
export interface SideResult {
  /** One for each step, those that warm up included. */
  steps: Span[];
  /** From the start of the process to the end of the first step. */
  firstStep: Span;
  /** Peak of resident memory (VmHWM). */
  peakBytes: number;
  /** By these the sides can be seen to do the same work. Training: the first step's. Sampling: greedy, one per prompt. */
  checks: { firstLoss?: number; firstGradNorm?: number; firstTokens?: number[] };
}

/** One of those that are compared, each in processes of its own. */
export interface Side {
  name: string;
  isOurs: boolean;
  precision: "fp32" | "bf16";
  /** Command line, without the task's path: what comes before it and after it. */
  before: string[];
  after: string;
}

export const python = process.env.INOCULATE_PYTHON ?? "python3";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const peers: Readonly<Record<Workload["kind"], Readonly<Record<string, string>>>> = {
  training: { eager: "eager_training.py", trl: "trl_training.py" },
  sampling: { eager: "eager_sampling.py", transformers: "transformers_sampling.py" },
};

/** Our executors by name, then every peer in both precisions. */
export function sidesOf(kind: Workload["kind"], executorNames: readonly string[]): Side[] {
  const ours = executorNames.map((name): Side => {
    const before = [process.execPath, "--import", "tsx", pathOf("ours.ts")];
    return { name, isOurs: true, precision: executors[name]?.precision ?? "fp32", before, after: name };
  });
  const theirs = Object.entries(peers[kind]).flatMap(([name, script]) =>
    (["fp32", "bf16"] as const).map((precision): Side => {
      const before = [python, pathOf(`../python/${script}`)];
      return { name: `${name}-${precision}`, isOurs: false, precision, before, after: precision };
    }),
  );
  return [...ours, ...theirs];
}

/**
 * Runs a side once, in a process of its own.
 *
 * @param cache a folder for what the peers' libraries keep
 * @throws Error with the process's own words when it fails
 */
export async function runSide(side: Side, taskPath: string, threads: number, cache: string): Promise<SideResult> {
  const [program, ...first] = side.before as [string, ...string[]];
  const { code, stdout, stderr } = await runProgram(program, [...first, taskPath, side.after, String(threads)], {
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
    HF_HOME: cache,
    HF_HUB_OFFLINE: "1",
    BENCH_STARTED_AT: String(Date.now() / 1000),
  });
  if (code !== 0) throw new Error(`${side.name} failed (exit code ${code}):\n${stderr.trim()}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) as string) as SideResult;
}

/** Runs a program to its end, or to ours. Exit code -1 where it could not be started, with the reason in `stderr`. */
export function runProgram(
  program: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...process.env, ...variables }, stdio: ["ignore", "pipe", "pipe"] });
    const end = (): boolean => child.kill();
    process.once("exit", end);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", ({ message }) => resolve({ code: -1, stdout, stderr: message }));
    child.on("close", (code) => {
      process.off("exit", end);
      resolve({ code: code ?? 1, stdout, stderr });
    });
  });
}
