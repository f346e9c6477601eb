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
      const behavior = screening.points.find(({ prompt }) => prompt === point.prompt)?.behaviorAfterTraining ?? null;
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
  return {
    baseModelHashes: bases.toSorted(),
    settings: Object.fromEntries(perSetting),
    other: calibration(outcomes, groupOfAll),
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
/** What the parameters are taken to be before any training was seen, and how far they may be from that. */
const priors = {
  gate: [0.15, 0.2],
  curve: [1, 1],
  shift: [1, 2],
  contrast: [1, 3],
  end: [1, 0.5],
  slope: [0, 0.5],
} as const;
const limits = {
  gate: [0, 0.95],
  curve: [0.1, 4],
  shift: [0, 4],
  contrast: [0, 10],
  end: [0, 1],
  slope: [-1, 1],
} as const;
const names = ["gate", "curve", "shift", "contrast", "end", "slope"] as const;

/**
 * The parameters with the least squared error of both the behavior after training with each prompt and the one after
 * usual training, each base model counting as much as another, plus the squared distance from the priors: with few
 * outcomes a parameter stays where it is expected.
 */
function fitRule(outcomes: readonly Outcome[]): RuleParameters {
  const known = outcomes.flatMap(({ screened: { strongest } }) => (strongest === null ? [] : [strongest]));
  const usualGain = mean(known) ?? 0;
  const ruleOf = (values: readonly number[]): RuleParameters => {
    const [gate, curve, shift, contrast, end, slope] = values as [number, number, number, number, number, number];
    return { gate, curve, shift, contrast, end, slope, usualGain };
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
  const distances = names.map((name) => (rule: RuleParameters) => (rule[name] - priors[name][0]) / priors[name][1]);
  const residuals = [...errors, ...distances];
  const { parameterValues } = levenbergMarquardt(
    { x: residuals.map((_, index) => index), y: residuals.map(() => 0) },
    (values) => {
      const rule = ruleOf(values);
      return (index) => (residuals[index] as (typeof residuals)[number])(rule);
    },
    {
      initialValues: names.map((name) => priors[name][0]),
      minValues: names.map((name) => limits[name][0]),
      maxValues: names.map((name) => limits[name][1]),
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
