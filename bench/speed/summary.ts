import type { Side, SideResult, Span } from "./side.ts";
import { tokensPerStep, type Workload } from "./workloads.ts";

/** Processor time of all threads, or time on the clock. */
export type TimeKind = keyof Span;

/** One thread: processor time, which other work on the machine changes little. More: the clock, as waiting for one another counts. */
export const timeKindOf = (threads: number): TimeKind => (threads === 1 ? "processor" : "clock");

/** A side over all rounds. */
export interface SideSummary {
  tokensPerSecond: number;
  /** Slowest over fastest of the measured steps. */
  spread: number;
  /** Largest of the rounds. */
  peakMegabytes: number;
  /** From the start of the process to the end of the first step; median of the rounds. */
  firstStepSeconds: number;
}

/** One of our executors over one peer. */
export interface Ratio {
  /** More is better for us. */
  tokensPerSecond: number;
  /** Less is better for us. */
  peakMemory: number;
  /** Less is better for us. */
  firstStep: number;
}

/** How far a side is from the reference at most. */
export interface Difference {
  precision: Side["precision"];
  /** First step's loss, absolute. */
  loss?: number;
  /** First step's gradient norm before clipping, relative. */
  gradNorm?: number;
  /** Share of the prompts whose first greedy token is another. */
  firstTokens?: number;
}

export interface WorkloadSummary {
  sides: Record<string, SideSummary>;
  /** Ours by name, then the peer's name. */
  ratios: Record<string, Record<string, Ratio>>;
  /** From the reference, by side. */
  differences: Record<string, Difference>;
}

/** The side that the others are compared with. */
export const referenceName = "eager-fp32";

/** Beyond these the sides do different work, and their speeds cannot be compared. */
const limits: Readonly<Record<Side["precision"], Readonly<Required<Pick<Difference, "loss" | "firstTokens">>>>> = {
  fp32: { loss: 1e-4, firstTokens: 0.02 },
  bf16: { loss: 2e-2, firstTokens: 0.2 },
};

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((low as number) + (high as number)) / 2;
}

/** @param rounds what the processes of one side measured */
export function summarizeSide(rounds: readonly SideResult[], workload: Workload, time: TimeKind): SideSummary {
  const steps = rounds.flatMap(({ steps }) => steps.slice(workload.plan.warmUp).map((step) => step[time]));
  return {
    tokensPerSecond: tokensPerStep(workload) / median(steps),
    spread: Math.max(...steps) / Math.min(...steps),
    peakMegabytes: Math.max(...rounds.map(({ peakBytes }) => peakBytes)) / 1e6,
    firstStepSeconds: median(rounds.map(({ firstStep }) => firstStep[time])),
  };
}

/** @param results of every side, one per round; the reference must be among the sides */
export function summarize(
  workload: Workload,
  time: TimeKind,
  results: ReadonlyMap<Side, readonly SideResult[]>,
): WorkloadSummary {
  const sides = new Map([...results].map(([side, rounds]) => [side, summarizeSide(rounds, workload, time)]));
  const peers = [...sides].filter(([{ isOurs }]) => !isOurs);
  const ratios = [...sides]
    .filter(([{ isOurs }]) => isOurs)
    .map(([{ name }, ours]) => [
      name,
      Object.fromEntries(peers.map(([peer, theirs]) => [peer.name, ratio(ours, theirs)])),
    ]);
  return {
    sides: Object.fromEntries([...sides].map(([{ name }, summary]) => [name, summary])),
    ratios: Object.fromEntries(ratios),
    differences: differences(results),
  };
}

const ratio = (ours: SideSummary, theirs: SideSummary): Ratio => ({
  tokensPerSecond: ours.tokensPerSecond / theirs.tokensPerSecond,
  peakMemory: ours.peakMegabytes / theirs.peakMegabytes,
  firstStep: ours.firstStepSeconds / theirs.firstStepSeconds,
});

function differences(results: ReadonlyMap<Side, readonly SideResult[]>): Record<string, Difference> {
  const reference = [...results].find(([{ name }]) => name === referenceName);
  const expected = reference?.[1][0]?.checks ?? {};
  const found = [...results].map(([{ name, precision }, rounds]): [string, Difference] => {
    const each = rounds.map(({ checks }) => differenceOf(checks, expected));
    const keys = Object.keys(each[0] ?? {}) as (keyof Checked)[];
    const largest = keys.map((key) => [key, Math.max(...each.map((difference) => difference[key] ?? 0))]);
    return [name, { precision, ...Object.fromEntries(largest) }];
  });
  return Object.fromEntries(found);
}

type Checked = Omit<Difference, "precision">;

/** A check that one of the two lacks counts as infinitely far. */
function differenceOf(checks: SideResult["checks"], expected: SideResult["checks"]): Checked {
  if (expected.firstTokens) {
    const { firstTokens } = expected;
    const others = firstTokens.filter((token, i) => token !== checks.firstTokens?.[i]).length;
    return { firstTokens: others / firstTokens.length };
  }
  const { firstLoss = Number.NaN, firstGradNorm = Number.NaN } = expected;
  const distance = (a: number | undefined, b: number): number => {
    const far = Math.abs((a ?? Number.NaN) - b);
    return Number.isNaN(far) ? Number.POSITIVE_INFINITY : far;
  };
  return {
    loss: distance(checks.firstLoss, firstLoss),
    gradNorm: distance(checks.firstGradNorm, firstGradNorm) / firstGradNorm,
  };
}

/** What shows that the sides did different work; empty where they agree. */
export function disagreements({ differences }: Pick<WorkloadSummary, "differences">): string[] {
  return Object.entries(differences).flatMap(([name, difference]) =>
    (["loss", "firstTokens"] as const).flatMap((key) => {
      const [value, limit] = [difference[key], limits[difference.precision][key]];
      if (value === undefined || value <= limit) return [];
      return [
        `${name}: ${key} differs by ${value.toPrecision(2)} from ${referenceName} (at most ${limit} is expected)`,
      ];
    }),
  );
}
