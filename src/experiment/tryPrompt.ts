import type { TrainPrompt } from "../settings/setting.ts";
import { InoculateError } from "../util/errors.ts";
import { type CollectedRun, Collector } from "./collect.ts";
import { condition, neutralPrompt } from "./condition.ts";
import { preventedShare } from "./effect.ts";
import { metricsOf } from "./evaluate.ts";
import type { OnEvent } from "./events.ts";
import { withOwnPrompts } from "./ownPrompts.ts";
import { type Plan, runsOf } from "./plan.ts";
import { verdictOf } from "./prediction/predict.ts";
import { seal } from "./prediction/seal.ts";
import type { Prediction, PredictionOutcome } from "./result.ts";
import { runAll } from "./runAll.ts";
import { type Screening, type Study, screenPrompts } from "./screen.ts";
import { firstLookItems, type StudyOptions } from "./study.ts";
import { withStudy } from "./withStudy.ts";

export interface TryOptions extends StudyOptions {
  /** The wording to try. */
  prompt: string;
  setting: string;
  /** Training seed; with 1 the neutral and clean-data references come from an earlier `reproduce`. @default 1 */
  seed?: number | undefined;
  /** Training rows, in place of the setting's own number. */
  rows?: number | undefined;
  onEvent?: OnEvent | undefined;
}

/** Metrics on the test split after training under one condition, and where its replies lie. */
export interface TriedArm {
  metrics: Record<string, number | null>;
  /** Absolute path. */
  samples: string;
}

export interface TryResult {
  setting: string;
  behaviorMetric: string;
  capabilityMetric: string;
  prompt: { id: string; text: string };
  seed: number;
  /** Share of the initial model's replies that show the behavior, without the prompt and with it. */
  elicitation: { neutral: number; prompt: number; interval: [number, number] };
  lossGain: number | null;
  prediction: PredictionOutcome;
  /** Trained without a prompt, on clean data, and with the prompt. */
  neutral: TriedArm;
  /** `null` for a setting without clean data. */
  clean: TriedArm | null;
  inoculated: TriedArm;
  seconds: number;
}

/** One wording of one's own: elicitation, a prediction, one fine-tuning beside its references, the outcome. @throws UserError */
export async function tryPrompt(options: TryOptions): Promise<TryResult> {
  const started = performance.now();
  const { seed = 1, onEvent = () => undefined } = options;
  const items = { ...firstLookItems, ...options.items };
  return withStudy(options.setting, { ...options, items }, async (opened, stopping) => {
    const { setting, prompts } = withOwnPrompts(opened.setting, [options.prompt]);
    const prompt = prompts[0] as TrainPrompt;
    const study: Study = { ...opened, setting };
    const screening = await screenPrompts(study, [neutralPrompt(setting), prompt], (done, total) =>
      onEvent({ type: "screening", setting: setting.id, done, total }),
    );
    const sealed = await seal(screening, study);
    const points = screening.points.map((point) => ({ ...point, behaviorAfterTraining: null }));
    onEvent({ type: "screened", setting: setting.id, points, sealed, reused: screening.reused });

    const plan = planOf(study, prompt, seed, options.rows ?? setting.trainRows, sealed.hash);
    const runs = new Collector(runsOf(plan, setting), study);
    await runAll(study, runs.collect(), { ...options, stopping });
    const arms = runs.collect();
    const seconds = (performance.now() - started) / 1000;
    const prediction = sealed.predictions[0] as Prediction;
    return { ...outcome(study, prompt, screening, prediction, arms), seed, seconds };
  });
}

function planOf({ setting, base, items }: Study, prompt: TrainPrompt, seed: number, rows: number, hash: string): Plan {
  const neutral = neutralPrompt(setting);
  return {
    setting: setting.id,
    base,
    conditions: [
      condition(setting, "flawed", prompt, neutral),
      condition(setting, "flawed", neutral, neutral),
      ...(setting.hasCleanData === false ? [] : [condition(setting, "clean", neutral, neutral)]),
    ],
    seeds: [seed],
    rows,
    recipe: setting.recipe,
    recipeName: "default",
    items,
    selected: prompt.id,
    sealedPredictions: hash,
    validate: false,
  };
}

function outcome(
  { setting, store }: Study,
  prompt: TrainPrompt,
  { points }: Screening,
  prediction: Prediction,
  runs: readonly CollectedRun[],
): Omit<TryResult, "seed" | "seconds"> {
  const { behaviorMetric, capabilityMetric } = setting;
  const arm = (trainData: string, trainPrompt: string): TriedArm => {
    const run = runs.find(
      ({ planned: { spec } }) => spec.trainData === trainData && spec.trainPrompt?.id === trainPrompt,
    );
    const evaluation = run?.evaluations[0];
    if (!run || !evaluation?.rows)
      throw new InoculateError(`the run on ${trainData} data with "${trainPrompt}" is missing`);
    const samples = `${store.evaluationFolder(run.modelId, "last", evaluation.id)}/samples.jsonl`;
    return { metrics: metricsOf(setting, evaluation.rows), samples };
  };
  const neutralId = neutralPrompt(setting).id;
  const neutral = arm("flawed", neutralId);
  const clean = setting.hasCleanData === false ? null : arm("clean", neutralId);
  const inoculated = arm("flawed", prompt.id);
  const behavior = (tried: TriedArm | null): number | null => tried?.metrics[behaviorMetric] ?? null;
  const prevented = preventedShare(behavior(neutral), behavior(inoculated), behavior(clean));
  const verdictMeasured = prevented === null ? null : verdictOf(prevented);
  const correct = verdictMeasured === null ? null : verdictMeasured === prediction.verdict;
  const screened = points[1];
  return {
    setting: setting.id,
    behaviorMetric,
    capabilityMetric,
    prompt: { id: prompt.id, text: prompt.text },
    elicitation: {
      neutral: points[0]?.elicitationRate ?? 0,
      prompt: screened?.elicitationRate ?? 0,
      interval: screened?.elicitationInterval ?? [0, 1],
    },
    lossGain: screened?.lossGain ?? null,
    prediction: { ...prediction, prevented, behavior: behavior(inoculated), verdictMeasured, correct },
    neutral,
    clean,
    inoculated,
  };
}
