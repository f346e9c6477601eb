import type { ModelRef } from "../backends/backend.ts";
import type { GradedItem, Setting, TrainPrompt } from "../settings/setting.ts";
import { InoculateError, UserError } from "../util/errors.ts";
import { behaviorInData } from "./dataLevels.ts";
import { gradedItems, metricsOf } from "./evaluate.ts";
import { hashOf } from "./identity.ts";
import { lossContrast, lossGain } from "./lossGain.ts";
import { type EvaluationSpec, evaluationIdOf, type Identity, type RunSpec } from "./materials.ts";
import { metricById } from "./metricById.ts";
import { pairedChange } from "./pairedChange.ts";
import { groupsOf, type ItemCounts } from "./plan.ts";
import type { Pool } from "./pool.ts";
import type { Calibrations } from "./prediction/calibrations.ts";
import { type Arm, INITIAL_SEED, metricInterval, rowsFor } from "./resample.ts";
import type { Estimate, Interval, ScreenedPoint } from "./result.ts";
import { type Scores, storedScores } from "./score.ts";
import type { Store, StoredEvaluation } from "./store.ts";

/** Training rows of each kind on which the loss gain is measured. */
const SCORED_ROWS = 64;

/** The kinds of prompts that are screened: all that a model may be trained with. */
export const screenedKinds: readonly TrainPrompt["kind"][] = [
  "neutral",
  "inoculation",
  "unrelated",
  "praise",
  "demonstration",
];

/** One setting on one initial model, with what it takes to work on it. */
export interface Study {
  setting: Setting;
  base: ModelRef;
  identity: Identity;
  items: ItemCounts;
  store: Store;
  pool: Pool;
  /** What predictions are calibrated with. */
  calibrations: Calibrations;
}

export interface Screening {
  /** Name in the store: equal prompts, items and model give an equal name. */
  id: string;
  /** Screen items that elicitation was measured on. */
  items: number;
  /** Level of the behavior in the flawed data, 0 to 1. */
  dataLevel: number;
  points: ScreenedPoint[];
  /** True when nothing had to be sampled. */
  reused: boolean;
}

/** The setting's prompts that a model may be trained with, the neutral one first. */
export function screenedPrompts(setting: Setting): TrainPrompt[] {
  return screenedKinds.flatMap((kind) => setting.prompts.filter((prompt) => prompt.kind === kind));
}

/**
 * Screens prompts on the initial model, before any training: how often each elicits the behavior on the screen items
 * and how far it moves the skill there, and how much likelier it makes flawed training replies, alone and against clean
 * ones. The first prompt must be the neutral one.
 *
 * The loss gain is measured on training rows: they are what training will fit, every dataset has them, and they need
 * no sampled or graded reply. What a prompt explains of them, training need not teach.
 */
export async function screenPrompts(
  study: Study,
  prompts: readonly TrainPrompt[],
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Screening> {
  if (prompts[0]?.kind !== "neutral")
    throw new InoculateError("screening compares with the neutral prompt: it comes first");
  const total = prompts.length * 3;
  let done = 0;
  const step = <T>(result: T): T => {
    onProgress(++done, total);
    return result;
  };
  const screened = await Promise.all(
    prompts.map(async (prompt): Promise<Screened> => {
      const [elicited, flawed, clean] = await Promise.all([
        elicit(study, prompt).then(step),
        scoreRows(study, prompt, "flawed").then(step),
        scoreRows(study, prompt, "clean").then(step),
      ]);
      return { ...elicited, prompt, flawed, clean };
    }),
  );
  const { setting } = study;
  const neutral = screened[0] as Screened;
  const evaluations = screened.map(({ evaluationId }) => evaluationId);
  return {
    id: hashOf({ kind: "screening", setting: setting.id, evaluations, prompts: prompts.map(({ id }) => id) }),
    items: rowsFor(metricById(setting, setting.behaviorMetric), neutral.rows).length,
    dataLevel: await behaviorInData(setting),
    points: screened.map((own) => pointOf(setting, own, neutral)),
    reused: screened.every(({ reused }) => reused),
  };
}

/** What the initial model does under one prompt. */
interface Screened extends Elicited {
  prompt: TrainPrompt;
  /** Scores of training replies; `null` where the backend cannot score. */
  flawed: Scores | null;
  clean: Scores | null;
}

function pointOf(setting: Setting, own: Screened, neutral: Screened): ScreenedPoint {
  const { id, kind } = own.prompt;
  const changeOf = (metric: string): Estimate | null =>
    pairedChange(metricById(setting, metric), initialArm(neutral.rows), initialArm(own.rows));
  const gain = changeOf(setting.behaviorMetric);
  if (gain === null) throw tooFewJudged(setting, own.prompt, own.rows);
  const shift = changeOf(setting.capabilityMetric);
  const onFlawed = { prompted: own.flawed, neutral: neutral.flawed };
  const explained = lossGain(onFlawed);
  const contrast = lossContrast(onFlawed, { prompted: own.clean, neutral: neutral.clean });
  return {
    prompt: id,
    kind,
    elicitationRate: own.rate,
    elicitationInterval: own.interval,
    elicitationGain: gain.mean,
    elicitationGainInterval: gain.interval,
    lossGain: explained?.mean ?? null,
    lossGainInterval: explained?.interval ?? null,
    lossContrast: contrast?.mean ?? null,
    lossContrastInterval: contrast?.interval ?? null,
    capabilityShift: shift?.mean ?? null,
    capabilityShiftInterval: shift?.interval ?? null,
    ...(own.traitLevels && { traitLevels: own.traitLevels }),
  };
}

interface Elicited {
  /** The graded items of behavior and capability. */
  rows: readonly GradedItem[];
  rate: number;
  interval: Interval;
  traitLevels: ScreenedPoint["traitLevels"];
  evaluationId: string;
  reused: boolean;
}

/** Replies of the initial model, which no seed changes. */
const initialArm = (rows: readonly GradedItem[]): Arm => new Map([[INITIAL_SEED, rows]]);

/** The initial model's behavior under one prompt, from the store or by a worker. */
async function elicit(study: Study, prompt: TrainPrompt): Promise<Elicited> {
  const { setting, base, identity, items, store, pool } = study;
  const perGroup = {
    ...groupsOf(setting, setting.capabilityMetric, items.screen),
    ...groupsOf(setting, setting.behaviorMetric, items.screen),
  };
  const asked: EvaluationSpec = { evalPrompt: prompt, split: "screen", perGroup };
  const spec: RunSpec = {
    id: `${setting.id}/screening/${prompt.id}`,
    setting: setting.id,
    trainData: "none",
    trainPrompt: null,
    placement: setting.placement,
    seed: 0,
    base,
    rows: 0,
    recipe: setting.recipe,
    sealedPredictions: null,
    evaluations: [asked],
  };
  const modelId = identity.baseModelHash;
  const evaluationId = evaluationIdOf(setting, spec, asked, modelId, identity);
  const read = (): StoredEvaluation | null => store.readEvaluation(modelId, "last", evaluationId);
  const before = read();
  if (before === null) await pool.submit({ kind: "run", spec });
  const stored = before ?? read();
  if (stored === null) throw new InoculateError(`the evaluation of ${spec.id} is gone from the store`);
  const metric = metricById(setting, setting.behaviorMetric);
  const graded = gradedItems(stored);
  const rows = rowsFor(metric, graded);
  const rate = metric.aggregate(rows);
  const interval = metricInterval(metric, rows);
  if (rate === null || interval === null) {
    throw tooFewJudged(setting, prompt, rows);
  }
  return {
    rows: graded,
    rate,
    interval,
    traitLevels: traitLevels(setting, graded),
    evaluationId,
    reused: before !== null,
  };
}

function tooFewJudged({ id, behaviorMetric }: Setting, prompt: TrainPrompt, rows: readonly GradedItem[]): UserError {
  const reasons = rows.flatMap(({ grade }) => grade.excluded ?? []);
  const why = reasons[0] === undefined ? "" : `, e.g. since ${reasons[0]}`;
  return new UserError(
    `${id}: too few replies under "${prompt.id}" could be judged to know ${behaviorMetric} (${reasons.length} of ${rows.length} were excluded${why}); look at the graders, or ask more items`,
  );
}

/** Level of each rated trait, by metric; nothing for a setting without such traits. */
function traitLevels(setting: Setting, rows: readonly GradedItem[]): ScreenedPoint["traitLevels"] {
  if (setting.traits === undefined) return undefined;
  const levels = metricsOf(setting, rows);
  return Object.fromEntries(
    setting.traits.flatMap(({ metric }) => (typeof levels[metric] === "number" ? [[metric, levels[metric]]] : [])),
  );
}

async function scoreRows(study: Study, prompt: TrainPrompt, data: "flawed" | "clean"): Promise<Scores | null> {
  const { setting, base, pool } = study;
  if (data === "clean" && setting.hasCleanData === false) return null;
  const spec = {
    id: `${setting.id}/scoring/${data}/${prompt.id}`,
    setting: setting.id,
    placement: setting.placement,
    base,
    prompt,
    data,
    rows: SCORED_ROWS,
  };
  const stored = storedScores(spec, study);
  if (stored !== null) return stored;
  const result = await pool.submit({ kind: "score", spec });
  return result.kind === "score" ? result.scores : null;
}
