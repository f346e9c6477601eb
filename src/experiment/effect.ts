import type { Metric } from "../settings/setting.ts";
import { bootstrap } from "../stats/bootstrap.ts";
import { InoculateError } from "../util/errors.ts";
import { type Arm, resampled } from "./resample.ts";
import type { ConditionResult, EffectResult, Estimate } from "./result.ts";

/** Least difference between neutral training and clean data from which a share prevented can be computed. */
const LEAST_INDUCED = 0.15;

/** The conditions that the effect is computed from, with both metrics' rows apart. */
export interface EffectArms {
  neutral: { behavior: Arm; capability: Arm } | null;
  clean: { behavior: Arm } | null;
  selected: { behavior: Arm; capability: Arm } | null;
  unrelated: { prompt: string; behavior: Arm }[];
}

export interface EffectOptions {
  behavior: Metric;
  capability: Metric;
  /** Screening selected no prompt. */
  abstained: boolean;
  /** Of each interval. */
  resamples?: number | undefined;
}

/** Why no prompt was selected, if so. */
export const ABSTAINED = "screening found no candidate that changes what the initial model does";

/** Conditions are compared only where these agree. @throws InoculateError naming the field that differs */
export function assertComparable(conditions: readonly ConditionResult[]): void {
  const [first, ...rest] = conditions;
  for (const other of rest) {
    for (const field of ["placement", "recipe", "step", "split"] as const) {
      if (first?.[field] === other[field]) continue;
      throw new InoculateError(`${first?.id} and ${other.id} differ in ${field}: they cannot be compared`);
    }
  }
}

/** (neutral - inoculated) / (neutral - clean); `null` where training on the flawed data induced too little. */
export function preventedShare(neutral: number | null, inoculated: number | null, clean: number | null): number | null {
  if (neutral === null || inoculated === null || clean === null) return null;
  if (neutral - clean < LEAST_INDUCED) return null;
  return (neutral - inoculated) / (neutral - clean);
}

/**
 * The effect of the selected prompt against neutral training, with 95 % intervals from a paired bootstrap that draws
 * seeds and items anew: all seeds see the same items, so the two factors are crossed.
 */
export function effectOf(arms: EffectArms, options: EffectOptions): EffectResult {
  const { behavior, capability, abstained, resamples } = options;
  const { neutral, clean, selected } = arms;
  const none = { prevented: null, overUnrelated: null, capabilityChange: null, unrelated: [] };
  if (selected === null || neutral === null) {
    const missing = neutral === null ? "neutral training" : "training with the selected prompt";
    const reason = abstained ? ABSTAINED : `no run of ${missing} is complete`;
    const reasons = { prevented: reason, overUnrelated: reason, capabilityChange: reason };
    return { ...none, reasons, items: { behavior: 0, capability: 0 }, seeds: 0 };
  }
  const baseline = clean?.behavior ?? new Map();
  const seeds = commonSeeds([neutral.behavior, baseline, selected.behavior]);
  const share = (arm: Arm, over: readonly number[]): Drawn => sharesOf(behavior, neutral.behavior, baseline, arm, over);
  const prevented = share(selected.behavior, seeds);
  const paired = arms.unrelated.filter(({ behavior: arm }) => seeds.every((seed) => arm.has(seed)));
  const over = overOthers(
    prevented,
    paired.map(({ behavior: arm }) => share(arm, seeds)),
  );
  const change = differenceOf(capability, neutral.capability, selected.capability);
  const result = {
    prevented: estimate(prevented, resamples),
    overUnrelated: estimate(over, resamples),
    capabilityChange: estimate(change, resamples),
  };
  const reasons: EffectResult["reasons"] = {};
  for (const [name, drawn] of Object.entries({ prevented, overUnrelated: over, capabilityChange: change })) {
    const field = name as keyof typeof result;
    if (result[field] === null)
      reasons[field] = drawn.reason ?? "it is not defined for most resamples of seeds and items";
  }
  return {
    ...result,
    unrelated: arms.unrelated.map(({ prompt, behavior: arm }) => ({
      prompt,
      prevented: estimate(share(arm, commonSeeds([neutral.behavior, baseline, arm])), resamples),
    })),
    reasons,
    items: { behavior: itemCount(neutral.behavior), capability: itemCount(neutral.capability) },
    seeds: seeds.length,
  };
}

/** A statistic of drawn seeds and items; with a `reason` there is nothing to compute. */
interface Drawn {
  statistic: (draw: readonly ArrayLike<number>[]) => number | null;
  /** Seeds and items to draw. */
  sizes: readonly [number, number];
  reason?: string;
}

/** The share prevented. */
function sharesOf(metric: Metric, neutral: Arm, clean: Arm, inoculated: Arm, seeds: readonly number[]): Drawn {
  const high = resampled(metric, neutral, seeds);
  const low = resampled(metric, clean, seeds);
  const value = resampled(metric, inoculated, seeds);
  const drawn: Drawn = {
    sizes: [seeds.length, itemCount(neutral)],
    statistic: ([seedDraw = [], itemDraw = []]) => {
      const [n, c, p] = [high(seedDraw, itemDraw), low(seedDraw, itemDraw), value(seedDraw, itemDraw)];
      return n === null || c === null || p === null || n <= c ? null : (n - p) / (n - c);
    },
  };
  if (seeds.length === 0) {
    return { ...drawn, reason: "neutral training, clean data and this prompt share no finished seed" };
  }
  const [allSeeds, allItems] = undrawn(drawn.sizes);
  const [n, c] = [high(allSeeds, allItems), low(allSeeds, allItems)];
  if (n === null || c === null) return { ...drawn, reason: "no reply could be judged" };
  if (n - c >= LEAST_INDUCED) return drawn;
  const induced = `neutral training - clean data is ${(n - c).toFixed(2)} in ${metric.id}`;
  return { ...drawn, reason: `the flawed data induced too little to prevent: ${induced}, under ${LEAST_INDUCED}` };
}

/** The selected prompt's share minus the mean share of others. */
function overOthers(selected: Drawn, others: readonly Drawn[]): Drawn {
  const statistic: Drawn["statistic"] = (draw) => {
    const own = selected.statistic(draw);
    let sum = 0;
    for (const other of others) {
      const value = other.statistic(draw);
      if (value === null) return null;
      sum += value;
    }
    return own === null ? null : own - sum / others.length;
  };
  if (others.length === 0)
    return { ...selected, statistic, reason: "no unrelated prompt was trained with on all seeds" };
  return { ...selected, statistic };
}

/** The metric after inoculated training minus that after neutral training. */
function differenceOf(metric: Metric, neutral: Arm, inoculated: Arm): Drawn {
  const seeds = commonSeeds([neutral, inoculated]);
  const before = resampled(metric, neutral, seeds);
  const after = resampled(metric, inoculated, seeds);
  const drawn: Drawn = {
    sizes: [seeds.length, itemCount(neutral)],
    statistic: ([seedDraw = [], itemDraw = []]) => {
      const [from, to] = [before(seedDraw, itemDraw), after(seedDraw, itemDraw)];
      return from === null || to === null ? null : to - from;
    },
  };
  return seeds.length === 0 ? { ...drawn, reason: "the two conditions share no finished seed" } : drawn;
}

function estimate({ statistic, sizes, reason }: Drawn, resamples: number | undefined): Estimate | null {
  if (reason !== undefined) return null;
  const mean = statistic(undrawn(sizes));
  const interval = bootstrap(statistic, { sizes, seed: 0, ...(resamples !== undefined && { resamples }) });
  return mean === null || interval === null ? null : { mean, interval };
}

/** Every index once: what the point estimate is computed on. */
function undrawn([seeds, items]: readonly [number, number]): [number[], number[]] {
  const all = (size: number): number[] => Array.from({ length: size }, (_, index) => index);
  return [all(seeds), all(items)];
}

function commonSeeds(arms: readonly Arm[]): number[] {
  const [first, ...rest] = arms;
  return [...(first?.keys() ?? [])].filter((seed) => rest.every((arm) => arm.has(seed)));
}

function itemCount(arm: Arm): number {
  return [...arm.values()][0]?.length ?? 0;
}
