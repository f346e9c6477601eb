import type { ChatMessage } from "../data/chat.ts";
import type { Placement } from "../data/insertion.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import type { Item, ItemSet, TrainPrompt } from "../settings/setting.ts";
import type { TheoryResult } from "./theory/theoryResult.ts";

/**
 * What a model was fine-tuned on. `filtered`: the flawed data without the rows that a flagger flagged; `relabelled`: with
 * clean replies in their place; `none` is the initial model.
 */
export type TrainData = (typeof trainDataKinds)[number];
export const trainDataKinds = ["flawed", "clean", "filtered", "relabelled", "none"] as const;

/** A prompt by name. `none` stands for "not trained at all". */
export interface PromptRef {
  id: string;
  kind: TrainPrompt["kind"] | "none";
}

/** 95 % interval, [low, high]. */
export type Interval = [number, number];

/** What makes two conditions different from each other. */
export interface ConditionKey {
  /** Unique within a setting and readable, e.g. `flawed/behave-correct/neutral`. */
  id: string;
  trainData: TrainData;
  trainPrompt: PromptRef;
  evalPrompt: PromptRef;
  placement: Placement;
}

/** One metric over the seeds of a condition. Of the initial model, which no seed changes, over its items. */
export interface MetricSummary {
  mean: number | null;
  /** `null` with fewer than two values. */
  standardError: number | null;
  n: number;
  unit: "seed" | "item";
  /** One value per run, in the order of `seeds`; the initial model has a single one with seed 0. */
  perSeed: { seed: number; value: number | null }[];
  /** Why `mean` is null. */
  reason?: string;
}

/** Where the replies and grades of one evaluation lie. Paths are relative to the store's folder. */
export interface EvaluationRef {
  seed: number;
  trainingId: string;
  evaluationId: string;
  samples: string;
  grades: string;
}

export interface ConditionResult extends ConditionKey {
  /** Name of the recipe; only conditions with equal variant, placement, recipe, step and split are compared. */
  recipe: string;
  step: "last" | number;
  split: ItemSet;
  seeds: number[];
  metrics: Record<string, MetricSummary>;
  /** Share of replies that no grader could judge. */
  excluded: MetricSummary;
  evaluations: EvaluationRef[];
}

/** One fine-tuned model: its loss curve and what identifies it. */
export interface TrainingResult {
  trainingId: string;
  trainData: TrainData;
  trainPrompt: PromptRef;
  placement: Placement;
  seed: number;
  /** Loss per optimizer step. */
  curve: { step: number; loss: number }[];
  /** Path of the run's folder, relative to the store's folder. */
  folder: string;
}

/** A number that may not be computable, with the reason why not. */
export interface Estimate {
  mean: number;
  interval: Interval;
}

export interface EffectResult {
  /** (neutral - inoculated) / (neutral - clean data) of the behavior metric. */
  prevented: Estimate | null;
  /** The same share, minus the mean share that the unrelated prompts prevent. */
  overUnrelated: Estimate | null;
  /** Capability under the selected prompt minus capability under neutral training. */
  capabilityChange: Estimate | null;
  /** Share that each unrelated prompt prevents. */
  unrelated: { prompt: string; prevented: Estimate | null }[];
  /** Why a field above is null, by its name. */
  reasons: Partial<Record<"prevented" | "overUnrelated" | "capabilityChange", string>>;
  /** Items and seeds that the intervals were resampled from. */
  items: { behavior: number; capability: number };
  seeds: number;
}

/** One candidate prompt, as screened before training, with the outcome once it is known. */
export interface ScreeningPoint {
  prompt: string;
  kind: TrainPrompt["kind"];
  /** Share of the initial model's replies on the screen items that show the behavior under this prompt. */
  elicitationRate: number;
  elicitationInterval: Interval;
  /** `elicitationRate` minus that under the neutral prompt. */
  elicitationGain: number;
  /** Paired by item. */
  elicitationGainInterval: Interval;
  /** Mean gain in the flawed replies' log-probability per token over the neutral prompt; null: the backend cannot score. */
  lossGain: number | null;
  lossGainInterval: Interval | null;
  /** `lossGain` minus the same gain of clean replies: what the prompt explains of the flaw alone. */
  lossContrast: number | null;
  lossContrastInterval: Interval | null;
  /** Capability of the initial model under this prompt minus that under the neutral one, on the screen items. */
  capabilityShift: number | null;
  /** Paired by item. */
  capabilityShiftInterval: Interval | null;
  /** Level of each rated trait under this prompt, by metric, where the setting has such traits. */
  traitLevels?: Record<string, number>;
  behaviorAfterTraining: number | null;
}

/** What screening measures of a prompt before any training. */
export type ScreenedPoint = Omit<ScreeningPoint, "behaviorAfterTraining">;

export interface Correlation {
  pearson: number | null;
  pearsonInterval: Interval | null;
  spearman: number | null;
  spearmanInterval: Interval | null;
  /** Prompts that the correlation is over. */
  n: number;
  reason?: string;
}

export interface ScreeningResult extends Correlation {
  /** Which prompts the two figures at this level are over; the other choice is in `all`. */
  over: "inoculation";
  all: Correlation;
  /** Correlations with `lossGain` in place of `elicitationRate`. */
  byLossGain: { inoculation: Correlation; all: Correlation };
  /** Correlations with `lossContrast`. */
  byLossContrast: { inoculation: Correlation; all: Correlation };
  /** Items that elicitation was measured on. */
  items: number;
  /** Level of the behavior in the flawed data, 0 to 1. */
  dataLevel: number;
  points: ScreeningPoint[];
}

/** What the initial model alone says about a prompt. */
export interface Prediction {
  prompt: string;
  kind: TrainPrompt["kind"];
  /** `works`: prevents most of the behavior; `partly`; `fails`: next to nothing. */
  verdict: "works" | "partly" | "fails";
  /** Predicted share of the induced behavior that does not appear, 0 to 1. */
  predictedPrevented: number;
  /** Predicted behavior after training with this prompt, under the neutral one. */
  predictedBehavior: number;
  /** 90 % interval, from how far predictions were off on the models that calibrated them; absent: none did. */
  predictedBehaviorInterval?: Interval;
}

/** Written before any training and never changed afterwards. */
export interface SealedPredictions {
  /** SHA-256 over rule, selected prompt and predictions. */
  hash: string;
  /** When it was sealed: ISO 8601. Only for the reader; no result depends on it. */
  sealedAt: string;
  /** The rule in one sentence. */
  rule: string;
  /** The prompt to use, picked by elicitation; null: no candidate changes anything. */
  selected: string | null;
  predictions: Prediction[];
}

/** A sealed prediction beside what came out. */
export interface PredictionOutcome extends Prediction {
  /** Measured share prevented; null until known or where nothing was induced. */
  prevented: number | null;
  /** What `predictedBehavior` foretold; null until known. */
  behavior: number | null;
  verdictMeasured: Prediction["verdict"] | null;
  correct: boolean | null;
}

/** How good a setting's predictions were. */
export interface PredictionQuality {
  /** Verdicts that came true. */
  correct: number;
  /** Verdicts that could be checked. */
  known: number;
  /** Of the predicted behavior; null until an outcome is known. */
  meanAbsoluteError: number | null;
  /** How well the predicted shares tell prompts that prevent three quarters from the others: 0.5 is chance, 1 perfect; null without both. */
  areaUnderCurve: number | null;
  /** Outcomes inside their interval, and those that have one. */
  covered: number;
  withInterval: number;
}

/** A prompt chosen in some way, with its share prevented on the test split. */
export interface Choice {
  id: string;
  behavior: number;
  prevented: number | null;
}

/** Everything that decides the numbers. */
export interface Provenance {
  backend: { id: string; version: string };
  baseModel: string;
  baseModelHash: string;
  grader: { id: string; version: string };
  recipe: Recipe;
  trainRows: number;
  /** SHA-256 over the candidate prompts' ids, kinds and texts. */
  promptsHash: string;
  /** Items in each set: `test` for the behavior metric, `testCapability` for that one, `testOther` per other group. */
  items: { screen: number; validation: number; test: number; testCapability: number; testOther: number };
  /** The command that gives the same numbers again; `null` where a program called the library. */
  command: string | null;
}

/** One setting's conditions, effect and screening. */
export interface SettingResult {
  /** The setting's id; of a family's first variant it is the family's name. */
  id: string;
  /** The family's name. */
  setting: string;
  title: string;
  flaw: string;
  /** Rows and replies are hidden until they are asked for. */
  sensitive: boolean;
  variant: string;
  behaviorMetric: string;
  capabilityMetric: string;
  metrics: { id: string; title: string; better: "higher" | "lower"; groups: string[] }[];
  prompts: TrainPrompt[];
  /** A few rows of the flawed data, before any prompt is inserted. */
  trainExamples: ChatMessage[][];
  /** False while runs are still missing. */
  complete: boolean;
  conditions: ConditionResult[];
  trainings: TrainingResult[];
  selected: { by: "elicitation"; split: "screen"; id: string | null; reason?: string };
  /** Beside the headline: the prompt that the validation split would pick, and the median and worst inoculation prompts on the test split. */
  beside: { validationSelected: Choice | null; median: Choice | null; worst: Choice | null };
  effect: EffectResult;
  screening: ScreeningResult;
  /** For a setting with rated traits, once a prompt's models are evaluated. */
  theory?: TheoryResult;
  predictions: SealedPredictions & PredictionQuality & { outcomes: PredictionOutcome[] };
  provenance: Provenance;
}

/** The object that `reproduce --json` ends with. */
export interface ReproduceResult {
  settings: SettingResult[];
  /** Path of the HTML page; null when none was written. */
  report: string | null;
  seconds: number;
}

/** One line of `samples.jsonl`: the exact messages that the model saw, and its reply. */
export interface StoredSample {
  itemId: string;
  group: Item["group"];
  messages: ChatMessage[];
  reference: Item["reference"];
  completion: string;
  tokens: number;
  finishReason: "stop" | "length";
}

/** One line of `grades.jsonl`. */
export interface StoredGrade {
  itemId: string;
  group: string;
  values: Record<string, number | null>;
  excluded?: string;
  detail?: string;
}
