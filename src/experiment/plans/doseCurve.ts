import type { Metric } from "../../settings/setting.ts";
import { drawIndices, everyIndex } from "../../stats/drawIndices.ts";
import { percentileInterval } from "../../stats/percentileInterval.ts";
import { random } from "../../util/random.ts";
import type { CollectedRun } from "../collect.ts";
import type { Finished } from "../conditionResult.ts";
import { preventedShare } from "../effect.ts";
import { canonicalJson } from "../identity.ts";
import { type Arm, INITIAL_SEED, type ResampledMetric, resampled, rowsFor } from "../resample.ts";
import type { Estimate, PromptRef } from "../result.ts";
import type { PlanCondition } from "./planRuns.ts";

/** Inoculation has worn off where it prevents less than this share. */
const WORN_OFF = 0.5;
const RESAMPLES = 1000;

/** How inoculation fares along one training, checkpoint by checkpoint. */
export interface DoseCurve {
  /** Of the finished model's condition. */
  id: string;
  trainPrompt: PromptRef;
  /**
   * Share prevented, against neutral training with equal data and recipe at the same step, and clean data at the same
   * step or else the initial model; null where neutral training has induced too little yet. 95 % intervals over seeds
   * and items.
   */
  points: { step: number; prevented: Estimate | null }[];
  wearsOff: WearingOff;
}

/** Where the share prevented falls below a half for good, linearly between checkpoints; null: it does not up to the end. */
export interface WearingOff {
  step: number | null;
  /** 95 %, over seeds and items; an end that is null lies beyond the last checkpoint. Null: too little to tell. */
  interval: [number | null, number | null] | null;
  /** Share of the resamples in which it wears off at all. */
  probability: number;
}

/** The dose curves of a plan's conditions: one for each prompt and recipe that was evaluated at checkpoints. */
export function doseCurves(
  behavior: Metric,
  conditions: readonly PlanCondition[],
  finished: ReadonlyMap<string, Finished[]>,
  runs: readonly CollectedRun[],
): DoseCurve[] {
  const plain = conditions.filter(({ evalPrompt }) => evalPrompt.kind === "neutral");
  const inoculated = plain.filter(
    ({ trainData, trainPrompt }) => trainData === "flawed" && trainPrompt.kind !== "neutral",
  );
  const ends = inoculated.filter((end) => end.step === "last" && inoculated.some((own) => isCheckpoint(own, end)));
  const stepOf = stepsOf(runs);
  return ends.flatMap((end): DoseCurve[] => {
    const points = inoculated.filter((own) => own === end || isCheckpoint(own, end));
    const steps = points.flatMap((own) => comparison(own, plain, stepOf) ?? []);
    const curve = curveOf(behavior, steps, finished);
    return curve === null ? [] : [{ id: end.id, trainPrompt: end.trainPrompt, ...curve }];
  });
}

/** What trainings on the same rows have in common, whatever the prompt. */
const trainingOf = ({ recipe, placement, data }: PlanCondition): string => canonicalJson({ recipe, placement, data });

function isCheckpoint(own: PlanCondition, end: PlanCondition): boolean {
  return own.step !== "last" && own.trainPrompt.id === end.trainPrompt.id && trainingOf(own) === trainingOf(end);
}

type StepOf = (condition: PlanCondition) => number | undefined;

/** The optimizer step of a condition; of a finished model's it is known once it is trained. */
function stepsOf(runs: readonly CollectedRun[]): StepOf {
  const last = new Map(
    runs.flatMap(({ planned, curve }) =>
      planned.conditions.map((condition) => [condition?.id, curve?.at(-1)?.step] as const),
    ),
  );
  return ({ id, step }) => (step === "last" ? last.get(id) : step);
}

/** A checkpoint with the conditions that it is compared with; null where the plan lacks one. */
function comparison(own: PlanCondition, plain: readonly PlanCondition[], stepOf: StepOf): Step | null {
  const step = stepOf(own);
  const beside = plain.filter(
    (other) => other.trainPrompt.kind === "neutral" && other.recipe === own.recipe && stepOf(other) === step,
  );
  const neutral = beside.find((other) => other.trainData === "flawed" && trainingOf(other) === trainingOf(own));
  const floor =
    beside.find(({ trainData }) => trainData === "clean") ?? plain.find(({ trainData }) => trainData === "none");
  if (step === undefined || neutral === undefined || floor === undefined) return null;
  return { step, inoculated: own.id, neutral: neutral.id, floor: floor.id };
}

/** One checkpoint, and the ids of the conditions that it is compared with. */
interface Step {
  step: number;
  inoculated: string;
  neutral: string;
  floor: string;
}

function curveOf(
  behavior: Metric,
  unordered: readonly Step[],
  finished: ReadonlyMap<string, Finished[]>,
): Pick<DoseCurve, "points" | "wearsOff"> | null {
  const steps = unordered.toSorted((a, b) => a.step - b.step);
  const runsOf = (id: string): Finished[] => finished.get(id) ?? [];
  const trained = steps.flatMap(({ inoculated, neutral }) => [inoculated, neutral]);
  const seeds = runsOf(trained[0] ?? "")
    .map(({ seed }) => seed)
    .filter((seed) => trained.every((id) => runsOf(id).some((run) => run.seed === seed)));
  if (seeds.length === 0) return null;
  const armOf = (id: string): Arm =>
    new Map(
      seeds.map((seed) => {
        const run = runsOf(id).find((own) => own.seed === seed || own.seed === INITIAL_SEED);
        return [seed, rowsFor(behavior, run?.rows ?? [])];
      }),
    );
  const metricOf = (id: string): ResampledMetric => resampled(behavior, armOf(id), seeds);
  const shares = steps.map(({ inoculated, neutral, floor }) => {
    const [inoculatedOn, neutralOn, floorOn] = [inoculated, neutral, floor].map(metricOf) as [
      ResampledMetric,
      ResampledMetric,
      ResampledMetric,
    ];
    return (seedDraw: Int32Array, itemDraw: Int32Array): number | null =>
      preventedShare(neutralOn(seedDraw, itemDraw), inoculatedOn(seedDraw, itemDraw), floorOn(seedDraw, itemDraw));
  });
  const items = armOf(steps[0]?.inoculated ?? "").get(seeds[0] as number)?.length ?? 0;
  const whole = [everyIndex(seeds.length), everyIndex(items)] as const;
  const measured = shares.map((share) => share(...whole));
  const draws = drawn(seeds.length, items).map((draw) => shares.map((share) => share(...draw)));
  return {
    points: steps.map(({ step }, index) => ({ step, prevented: estimate(measured, draws, index) })),
    wearsOff: wearingOff(
      steps.map(({ step }) => step),
      measured,
      draws,
    ),
  };
}

/** Seeds and items, drawn with replacement; one draw serves all checkpoints. */
function drawn(seeds: number, items: number): [Int32Array, Int32Array][] {
  const stream = random(0, "dose curve", seeds, items);
  return Array.from({ length: RESAMPLES }, () => [
    drawIndices(stream, new Int32Array(seeds)),
    drawIndices(stream, new Int32Array(items)),
  ]);
}

function estimate(
  measured: readonly (number | null)[],
  draws: readonly (readonly (number | null)[])[],
  index: number,
): Estimate | null {
  const value = measured[index] ?? null;
  let next = 0;
  const interval = percentileInterval(() => draws[next++]?.[index] ?? null, draws.length);
  return value === null || interval === null ? null : { mean: value, interval };
}

function wearingOff(
  steps: readonly number[],
  measured: readonly (number | null)[],
  draws: readonly (readonly (number | null)[])[],
): WearingOff {
  const step = wornOffAt(steps, measured);
  const found = draws.map((shares) => wornOffAt(steps, shares)).filter((at) => at !== null);
  const sorted = found.toSorted((a, b) => a - b);
  const end = (probability: number): number | null => {
    const at = sorted[Math.floor(probability * (sorted.length - 1))] as number;
    return Number.isFinite(at) ? at : null;
  };
  return {
    step: step === null || !Number.isFinite(step) ? null : step,
    interval: sorted.length < 0.95 * draws.length ? null : [end(0.025), end(0.975)],
    probability: sorted.length === 0 ? 0 : sorted.filter(Number.isFinite).length / sorted.length,
  };
}

/** The step from which on the shares stay below a half; infinite where they don't, null where none is known. */
function wornOffAt(steps: readonly number[], shares: readonly (number | null)[]): number | null {
  const known = steps.flatMap((step, index) => {
    const share = shares[index] ?? null;
    return share === null ? [] : [{ step, share }];
  });
  if (known.length === 0) return null;
  const held = known.findLastIndex(({ share }) => share >= WORN_OFF);
  const [before, after] = [known[held], known[held + 1]];
  if (after === undefined) return Number.POSITIVE_INFINITY;
  if (before === undefined) return after.step;
  return before.step + ((before.share - WORN_OFF) / (before.share - after.share)) * (after.step - before.step);
}
