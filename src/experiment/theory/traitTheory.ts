import type { Metric, Setting } from "../../settings/setting.ts";
import { inoculationFactor } from "../../stats/inoculationFactor.ts";
import { mean } from "../../stats/mean.ts";
import { correlationInterval, pearson } from "../../stats/pearson.ts";
import { InoculateError } from "../../util/errors.ts";
import { neutralPrompt } from "../condition.ts";
import { metricById } from "../metricById.ts";
import { type PairedChange, pairedChange } from "../pairedChange.ts";
import { type Arm, metricInterval, rowsFor } from "../resample.ts";
import type { ScreeningPoint } from "../result.ts";
import { theoryChoices } from "./theoryChoice.ts";
import type { TheoryFit, TheoryPoint, TheoryResult, TheoryTrait } from "./theoryResult.ts";
import { levelOf } from "./traitLevels.ts";

export interface TheoryInput {
  setting: Setting;
  /** T*: level of each trait in the flawed data, by metric. */
  dataLevels: Readonly<Record<string, number>>;
  /** Graded test items of each condition, by its id. */
  arms: ReadonlyMap<string, Arm>;
  /** What screening measured before training. */
  screened: readonly ScreeningPoint[];
  /** The prompt that screening picked; `null` where it abstained. */
  selected: string | null;
  /** Of each interval. */
  resamples?: number | undefined;
}

/** A point with k's numerator and denominator per seed. */
type MeasuredPoint = Omit<TheoryPoint, "predicted" | "neutralChange" | "promptedChange"> & {
  neutralChange: PairedChange;
  promptedChange: PairedChange;
};

/**
 * Tests the inoculation prompting paper's theory on a pair of traits (Wichers et al., arXiv 2510.05024, equations 4 and
 * 5). With T(M, C) the level of a trait in model M under eval prompt C, M_0 the initial model, M_p the one trained with
 * p, and T* the level in the flawed data:
 * - k = [T(M_p, neutral) - T(M_0, neutral)] / [T(M_p, p) - T(M_0, p)], over prompts and traits;
 * - the effect of training in the neutral context is predicted as k (T* - T(M_0, p));
 * - the prompt to choose leaves the least of the unwanted trait to be learned, and the most of the wanted one.
 *
 * k and the measured effects come from the same trainings, so the prediction is no forecast; how close it comes without
 * a fitted number is seen from k itself, which the theory expects near 1. `null` until one prompt's models are evaluated.
 */
export function traitTheory(input: TheoryInput): TheoryResult | null {
  const { setting, arms, screened, selected, resamples } = input;
  const neutral = neutralPrompt(setting).id;
  const initial = arms.get(`none/none/${neutral}`);
  const traits = initial === undefined ? [] : theoryTraits(input, initial);
  const measured = traits.flatMap((trait) => pointsOf(trait, input, neutral));
  if (initial === undefined || measured.length === 0) return null;

  const factorOf = (points: readonly MeasuredPoint[]): TheoryResult["factor"]["all"] =>
    inoculationFactor(
      points.map(({ prompt, neutralChange, promptedChange }) => ({
        neutralChanges: neutralChange.perSeed,
        promptedChanges: promptedChange.perSeed,
        promptedInterval: promptedChange.interval,
        group: prompt,
      })),
      { resamples, seed: 0 },
    );
  const factor = { all: factorOf(measured), inoculation: factorOf(measured.filter(isInoculation)) };
  const levels = new Map(traits.map(({ metric, dataLevel }) => [metric, dataLevel]));
  const points = measured.map(({ neutralChange, promptedChange, ...point }): TheoryPoint => {
    const left = (levels.get(point.trait) as number) - point.elicited.mean;
    return {
      ...point,
      neutralChange: estimateOf(neutralChange),
      promptedChange: estimateOf(promptedChange),
      predicted: factor.all.k === null ? null : factor.all.k * left,
    };
  });
  const levelAfterTraining = (prompt: string, trait: string): number | null => {
    const arm = arms.get(`flawed/${prompt}/${neutral}`);
    return arm === undefined ? null : levelOf(metricById(setting, trait), arm);
  };
  const choices = theoryChoices(traits, screened, levelAfterTraining);
  return {
    traits,
    points,
    factor,
    fit: { all: fitOf(points), taught: fitOf(points.filter(({ role }) => role !== "other")) },
    choices,
    chosen: { oneSided: selected, twoSided: choices[0]?.prompt ?? null },
    seeds: Math.max(...measured.map(({ neutralChange }) => neutralChange.perSeed.length)),
    items: itemsOf(metricById(setting, (traits[0] as TheoryTrait).metric), initial),
  };
}

/** The rated traits with T* and T(M_0, neutral). @throws InoculateError where the data's level of one is not given */
function theoryTraits({ setting, dataLevels }: TheoryInput, initial: Arm): TheoryTrait[] {
  return (setting.traits ?? []).flatMap((trait) => {
    const dataLevel = dataLevels[trait.metric];
    if (dataLevel === undefined) throw new InoculateError(`the level of ${trait.metric} in the flawed data is missing`);
    const initialLevel = levelOf(metricById(setting, trait.metric), initial);
    return initialLevel === null ? [] : [{ ...trait, dataLevel, initialLevel }];
  });
}

/** One point for each prompt that was trained with and evaluated in both contexts on at least one seed. */
function pointsOf(
  { metric: trait, role, dataLevel }: TheoryTrait,
  { setting, arms, resamples }: TheoryInput,
  neutral: string,
): MeasuredPoint[] {
  const metric = metricById(setting, trait);
  const before = arms.get(`none/none/${neutral}`);
  return setting.prompts.flatMap(({ id: prompt, kind }): MeasuredPoint[] => {
    const prompted = arms.get(`none/none/${prompt}`);
    const [inNeutral, inPrompt] = [arms.get(`flawed/${prompt}/${neutral}`), arms.get(`flawed/${prompt}/${prompt}`)];
    if (kind === "neutral" || !before || !prompted || !inNeutral || !inPrompt) return [];
    const seeds = [...inNeutral.keys()].filter((seed) => inPrompt.has(seed));
    const level = levelOf(metric, prompted);
    const neutralChange = pairedChange(metric, before, ofSeeds(inNeutral, seeds), resamples);
    const promptedChange = pairedChange(metric, prompted, ofSeeds(inPrompt, seeds), resamples);
    const rows = [...prompted.values()].flatMap((graded) => rowsFor(metric, graded));
    const interval = metricInterval(metric, rows);
    if (level === null || interval === null || neutralChange === null || promptedChange === null) return [];
    const elicited = { mean: level, interval };
    const [low, high] = promptedChange.interval;
    const overInoculated = role !== "other" && elicited.interval[0] > dataLevel;
    const kept = low > 0 || high < 0;
    return [{ prompt, kind, trait, role, elicited, neutralChange, promptedChange, kept, overInoculated }];
  });
}

function fitOf(points: readonly TheoryPoint[]): TheoryFit {
  const known = points.flatMap(({ predicted, neutralChange }) =>
    predicted === null ? [] : [{ predicted, measured: neutralChange.mean }],
  );
  const found = pearson(
    known.map(({ predicted }) => predicted),
    known.map(({ measured }) => measured),
  );
  return {
    n: known.length,
    pearson: found,
    pearsonInterval: found === null ? null : correlationInterval(found, known.length),
    meanAbsoluteError: mean(known.map(({ predicted, measured }) => Math.abs(measured - predicted))),
  };
}

function isInoculation({ kind }: { kind: string }): boolean {
  return kind === "inoculation";
}

function ofSeeds(arm: Arm, seeds: readonly number[]): Arm {
  return new Map([...arm].filter(([seed]) => seeds.includes(seed)));
}

function estimateOf({ mean, interval }: PairedChange): TheoryPoint["neutralChange"] {
  return { mean, interval };
}

function itemsOf(metric: Metric, arm: Arm): number {
  const [rows = []] = arm.values();
  return rowsFor(metric, rows).length;
}
