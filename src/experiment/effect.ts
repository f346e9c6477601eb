import type { Metric } from "../settings/setting.ts";
import {
  type HierarchicalDraw,
  type Hierarchy,
  hierarchicalBootstrap,
  meanOverBases,
  wholeDraw,
} from "../stats/hierarchicalBootstrap.ts";
import { InoculateError } from "../util/errors.ts";
import { type Arm, resampled } from "./resample.ts";
import type { ConditionResult, EffectResult, Estimate } from "./result.ts";

/** Least difference between neutral training and clean data from which a share prevented can be computed. */
const LEAST_INDUCED = 0.15;

/** One condition's rows of the two metrics. */
interface Both {
  behavior: Arm;
  capability: Arm;
}

/** The conditions of one base model that the effect is computed from, with both metrics' rows apart. */
export interface EffectArms {
  neutral: Both | null;
  clean: { behavior: Arm } | null;
  selected: Both | null;
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
 * base models, within each its seeds, and items anew: all models see the same items. Each base may have selected a
 * prompt of its own. With one base the intervals speak for it alone.
 */
export function effectOf(bases: readonly EffectArms[], options: EffectOptions): EffectResult {
  const { behavior, capability, abstained, resamples } = options;
  const missing = bases.some(({ neutral }) => neutral === null)
    ? "neutral training"
    : bases.some(({ selected }) => selected === null)
      ? "training with the selected prompt"
      : null;
  if (missing !== null || bases.length === 0) {
    const reason = abstained ? ABSTAINED : `no run of ${missing} is complete`;
    const reasons = { prevented: reason, overUnrelated: reason, capabilityChange: reason };
    const none = { prevented: null, overUnrelated: null, capabilityChange: null, unrelated: [] };
    return { ...none, reasons, items: { behavior: 0, capability: 0 }, seeds: 0 };
  }
  const arms = bases.map(({ neutral, clean, selected }) => ({
    neutral: neutral as Both,
    clean: clean?.behavior ?? new Map(),
    selected: selected as Both,
  }));
  const share = (of: readonly Arm[]): Drawn =>
    sharesOf(
      behavior,
      arms.map(({ neutral, clean }, base) => ({ neutral: neutral.behavior, clean, inoculated: of[base] as Arm })),
    );
  const prevented = share(arms.map(({ selected }) => selected.behavior));
  const unrelated = unrelatedInAll(bases).map(({ prompt, arms: of }) => ({ prompt, drawn: share(of) }));
  const sameSeeds = ({ drawn }: { drawn: Drawn }): boolean =>
    drawn.sizes.seedsPerBase.every((seeds, base) => seeds === prevented.sizes.seedsPerBase[base]);
  const over = overOthers(
    prevented,
    unrelated.filter(sameSeeds).map(({ drawn }) => drawn),
  );
  const change = differenceOf(
    capability,
    arms.map(({ neutral, selected }) => ({ before: neutral.capability, after: selected.capability })),
  );
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
    unrelated: unrelated.map(({ prompt, drawn }) => ({ prompt, prevented: estimate(drawn, resamples) })),
    reasons,
    items: {
      behavior: itemCount(arms[0]?.neutral.behavior),
      capability: itemCount(arms[0]?.neutral.capability),
    },
    seeds: prevented.sizes.seedsPerBase.reduce((sum, seeds) => sum + seeds, 0),
  };
}

/** A statistic of drawn base models, seeds and items; with a `reason` there is nothing to compute. */
interface Drawn {
  statistic: (draw: HierarchicalDraw) => number | null;
  sizes: Hierarchy;
  reason?: string;
}

/** The unrelated prompts that every base was trained with. */
function unrelatedInAll(bases: readonly EffectArms[]): { prompt: string; arms: Arm[] }[] {
  return (bases[0]?.unrelated ?? []).flatMap(({ prompt }) => {
    const arms = bases.flatMap(({ unrelated }) => unrelated.find((arm) => arm.prompt === prompt)?.behavior ?? []);
    return arms.length === bases.length ? [{ prompt, arms }] : [];
  });
}

/** Mean of a metric over drawn bases and their seeds, on drawn items. */
function meanOf(metric: Metric, arms: readonly Arm[], seeds: readonly number[][]): Drawn["statistic"] {
  const perBase = arms.map((arm, base) => resampled(metric, arm, seeds[base] as number[]));
  return (draw) => meanOverBases(draw, (drawn, items) => perBase[drawn.base]?.(drawn.seeds, items) ?? null);
}

/** The share prevented: of the means over bases and seeds. */
function sharesOf(metric: Metric, bases: readonly { neutral: Arm; clean: Arm; inoculated: Arm }[]): Drawn {
  const seeds = bases.map(({ neutral, clean, inoculated }) => commonSeeds([neutral, clean, inoculated]));
  const of = (arm: "neutral" | "clean" | "inoculated"): Drawn["statistic"] =>
    meanOf(
      metric,
      bases.map((base) => base[arm]),
      seeds,
    );
  const [high, low, value] = [of("neutral"), of("clean"), of("inoculated")];
  const sizes = sizesOf(seeds, bases[0]?.neutral);
  const statistic: Drawn["statistic"] = (draw) => {
    const [n, c, p] = [high(draw), low(draw), value(draw)];
    return n === null || c === null || p === null || n <= c ? null : (n - p) / (n - c);
  };
  if (bases.some(({ clean }) => clean.size === 0)) {
    return { statistic, sizes, reason: "no run on clean data is complete" };
  }
  if (seeds.some(({ length }) => length === 0)) {
    return { statistic, sizes, reason: "neutral training, clean data and this prompt share no finished seed" };
  }
  const whole = wholeDraw(sizes);
  const [n, c] = [high(whole), low(whole)];
  if (n === null || c === null) return { statistic, sizes, reason: "no reply could be judged" };
  if (n - c >= LEAST_INDUCED) return { statistic, sizes };
  const induced = `neutral training - clean data is ${(n - c).toFixed(2)} in ${metric.id}`;
  return {
    statistic,
    sizes,
    reason: `the flawed data induced too little to prevent: ${induced}, under ${LEAST_INDUCED}`,
  };
}

/** The selected prompt's share minus the mean share of others. */
function overOthers(selected: Drawn, others: readonly Drawn[]): Drawn {
  const statistic: Drawn["statistic"] = (draw) => {
    const own = selected.statistic(draw);
    const shares = others.map((other) => other.statistic(draw));
    if (own === null || shares.some((share) => share === null)) return null;
    return own - shares.reduce<number>((sum, share) => sum + (share as number), 0) / shares.length;
  };
  if (others.length === 0)
    return { ...selected, statistic, reason: "no unrelated prompt was trained with on all seeds" };
  return { ...selected, statistic };
}

/** The metric after inoculated training minus that after neutral training. */
function differenceOf(metric: Metric, bases: readonly { before: Arm; after: Arm }[]): Drawn {
  const seeds = bases.map(({ before, after }) => commonSeeds([before, after]));
  const of = (arm: "before" | "after"): Drawn["statistic"] =>
    meanOf(
      metric,
      bases.map((base) => base[arm]),
      seeds,
    );
  const [before, after] = [of("before"), of("after")];
  const drawn: Drawn = {
    sizes: sizesOf(seeds, bases[0]?.before),
    statistic: (draw) => {
      const [from, to] = [before(draw), after(draw)];
      return from === null || to === null ? null : to - from;
    },
  };
  const none = seeds.some(({ length }) => length === 0);
  return none ? { ...drawn, reason: "the two conditions share no finished seed" } : drawn;
}

function estimate({ statistic, sizes, reason }: Drawn, resamples: number | undefined): Estimate | null {
  if (reason !== undefined) return null;
  const mean = statistic(wholeDraw(sizes));
  const interval = hierarchicalBootstrap(statistic, {
    ...sizes,
    seed: 0,
    ...(resamples !== undefined && { resamples }),
  });
  return mean === null || interval === null ? null : { mean, interval };
}

function sizesOf(seeds: readonly number[][], arm: Arm | undefined): Hierarchy {
  return { seedsPerBase: seeds.map(({ length }) => length), items: itemCount(arm) };
}

function commonSeeds(arms: readonly Arm[]): number[] {
  const [first, ...rest] = arms;
  return [...(first?.keys() ?? [])].filter((seed) => rest.every((arm) => arm.has(seed)));
}

function itemCount(arm: Arm | undefined): number {
  return [...(arm?.values() ?? [])][0]?.length ?? 0;
}
