import { levenbergMarquardt } from "ml-levenberg-marquardt";
import { mean } from "../../stats/mean.ts";
import { UserError } from "../../util/errors.ts";
import type { Provenance, ScreeningResult } from "../result.ts";
import type { Calibration, Calibrations } from "./calibrations.ts";
import { behaviorAfter, endOf, type RuleParameters, type Screened, screenedOf } from "./rule.ts";

/** With fewer base models no error on a left-out one is known. */
const LEAST_BASES = 3;

/** A prompt that a model was trained with: what screening saw, and what came out. */
interface Outcome {
  base: string;
  setting: string;
  screened: Screened;
  /** Behavior on the test split after training with the prompt, and after usual training. */
  behavior: number;
  end: number;
}

/** What calibrating reads of a setting's result. */
export interface Finished {
  /** The setting's. */
  id: string;
  screening: Pick<ScreeningResult, "points" | "dataLevel">;
  provenance: Pick<Provenance, "baseModelHash">;
}

/** Every trained prompt of finished results. A result without usual training tells nothing and is left out. */
function outcomesOf(results: readonly Finished[]): Outcome[] {
  return results.flatMap(({ id, screening, provenance }) => {
    const end = screening.points.find(({ kind }) => kind === "neutral")?.behaviorAfterTraining ?? null;
    if (end === null) return [];
    return screenedOf(screening.points, screening.dataLevel).flatMap(({ point, screened }): Outcome[] => {
      const behavior = point.behaviorAfterTraining;
      return behavior === null ? [] : [{ base: provenance.baseModelHash, setting: id, screened, behavior, end }];
    });
  });
}

/**
 * Learns from finished trainings on several base models how predictions turn out: the rule's parameters, per setting and
 * over all settings, and how far it is off on a base model (for settings that were not among these: on a setting) that it
 * has not seen.
 * @throws UserError with fewer than three base models
 */
export function calibrate(results: readonly Finished[]): Calibrations {
  const outcomes = outcomesOf(results);
  const bases = distinct(outcomes.map(({ base }) => base));
  if (bases.length < LEAST_BASES) {
    throw new UserError(
      `calibrating needs finished trainings on ${LEAST_BASES} base models at least, and here are ${bases.length}: ` +
        'run "inoculate reproduce" with other base models (--model), each with a store of its own',
    );
  }
  const settings = distinct(outcomes.map(({ setting }) => setting));
  const perSetting = settings.flatMap((setting): [string, Calibration][] => {
    const own = outcomes.filter((outcome) => outcome.setting === setting);
    return distinct(own.map(({ base }) => base)).length < LEAST_BASES
      ? []
      : [[setting, calibration(own, ({ base }) => base)]];
  });
  const groupOfAll = settings.length < LEAST_BASES ? ({ base }: Outcome) => base : ({ setting }: Outcome) => setting;
  // With a single setting all outcomes are its own.
  const [only] = settings.length === 1 ? perSetting : [];
  return {
    baseModelHashes: bases.toSorted(),
    settings: Object.fromEntries(perSetting),
    other: only?.[1] ?? calibration(outcomes, groupOfAll),
  };
}

function calibration(outcomes: readonly Outcome[], groupOf: (outcome: Outcome) => string): Calibration {
  const errors = distinct(outcomes.map(groupOf)).flatMap((group) => {
    const rule = fitRule(outcomes.filter((outcome) => groupOf(outcome) !== group));
    return outcomes
      .filter((outcome) => groupOf(outcome) === group)
      .map(({ screened, behavior }) => behavior - behaviorAfter(screened, rule));
  });
  const sorted = errors.toSorted((a, b) => a - b);
  return {
    rule: fitRule(outcomes),
    errors: nineOfTen(sorted),
    meanAbsoluteError: mean(errors.map(Math.abs)) as number,
    bases: distinct(outcomes.map(({ base }) => base)).length,
    prompts: outcomes.length,
  };
}

/**
 * Between which ascending errors one more will lie in nine of ten cases: those of ranks 0.05 (n + 1) and 0.95 (n + 1),
 * rounded outwards (split conformal prediction; Lei et al. 2018). Errors of one base model hang together, so it is
 * somewhat less with few of them.
 */
function nineOfTen(errors: readonly number[]): [number, number] {
  const last = errors.length - 1;
  const low = Math.max(0, Math.floor(0.05 * (errors.length + 1)) - 1);
  const high = Math.min(last, Math.ceil(0.95 * (errors.length + 1)) - 1);
  return [errors[low] as number, errors[high] as number];
}

/** Standard deviation that a behavior is taken to have around the rule. */
const SPREAD = 0.14;
/** What each parameter is taken to be before any training was seen, how far it may be from that, and its limits. */
const parameters = [
  { name: "gate", prior: 0.15, spread: 0.2, min: 0, max: 0.95 },
  { name: "curve", prior: 1, spread: 1, min: 0.1, max: 4 },
  { name: "shift", prior: 1, spread: 2, min: 0, max: 4 },
  { name: "contrast", prior: 1, spread: 3, min: 0, max: 10 },
  { name: "end", prior: 1, spread: 0.5, min: 0, max: 1 },
  { name: "slope", prior: 0, spread: 0.5, min: -1, max: 1 },
] as const;

/**
 * The parameters with the least squared error of both the behavior after training with each prompt and the one after
 * usual training, each base model counting as much as another, plus the squared distance from the priors: with few
 * outcomes a parameter stays where it is expected.
 */
function fitRule(outcomes: readonly Outcome[]): RuleParameters {
  const known = outcomes.flatMap(({ screened: { strongest } }) => (strongest === null ? [] : [strongest]));
  const usualGain = mean(known) ?? 0;
  const ruleOf = (values: readonly number[]): RuleParameters => {
    const named = Object.fromEntries(parameters.map(({ name }, index) => [name, values[index]]));
    return { ...(named as Omit<RuleParameters, "usualGain">), usualGain };
  };
  const bases = distinct(outcomes.map(({ base }) => base));
  const prompts = new Map(bases.map((base) => [base, outcomes.filter((outcome) => outcome.base === base).length]));
  const errors = outcomes.flatMap(({ base, screened, behavior, end }) => {
    const weight = Math.sqrt(outcomes.length / bases.length / (prompts.get(base) as number)) / SPREAD;
    return [
      (rule: RuleParameters) => weight * (behaviorAfter(screened, rule) - behavior),
      (rule: RuleParameters) => Math.SQRT1_2 * weight * (endOf(screened, rule) - end),
    ];
  });
  const distances = parameters.map(
    ({ name, prior, spread }) =>
      (rule: RuleParameters) =>
        (rule[name] - prior) / spread,
  );
  const residuals = [...errors, ...distances];
  const { parameterValues } = levenbergMarquardt(
    { x: residuals.map((_, index) => index), y: residuals.map(() => 0) },
    (values) => {
      const rule = ruleOf(values);
      return (index) => (residuals[index] as (typeof residuals)[number])(rule);
    },
    {
      initialValues: parameters.map(({ prior }) => prior),
      minValues: parameters.map(({ min }) => min),
      maxValues: parameters.map(({ max }) => max),
      gradientDifference: 1e-4,
      centralDifference: true,
      damping: 0.01,
      maxIterations: 150,
      errorTolerance: 0,
      improvementThreshold: 1e-9,
    },
  );
  return ruleOf(parameterValues);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
