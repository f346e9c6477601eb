import { UserError } from "../../util/errors.ts";
import type { PromptRef } from "../result.ts";
import type { Study } from "../screen.ts";
import { firstLookItems, type StudyOptions } from "../study.ts";
import { withStudy } from "../withStudy.ts";
import { compareLeaks, type JudgedTable, judgedTable } from "./compareLeaks.ts";
import { type LeakModelOptions, type LeakModels, leakModels } from "./leakModels.ts";
import { leakPrompts } from "./leakPrompts.ts";

/** How far a part of the work has come. */
export interface LeakProgress {
  part: "training" | "sealing" | "evaluating";
  done: number;
  total: number;
}

export interface LeakOptions extends StudyOptions, LeakModelOptions {
  /** The largest excess that is let pass, between 0 and 1. @default 0.1 */
  threshold?: number | undefined;
  onProgress?: ((progress: LeakProgress) => void) | undefined;
}

/** A fine-tuned model that was compared. */
export interface ComparedModel {
  seed: number;
  /** Its training's identity; `null` for an adapter that is from no store. */
  trainingId: string | null;
  /** Folder of the adapter, or of the model where every weight was trained. */
  folder: string;
}

/** What was compared with what. */
export interface ComparedModels {
  setting: string;
  behaviorMetric: string;
  capabilityMetric: string;
  trainPrompt: PromptRef & { text: string };
  seeds: number[];
  inoculated: ComparedModel[];
  neutralTrained: ComparedModel[];
}

/**
 * What `leak --json` ends with, but for `seconds`. `rows`: prompts that do not ask for the behavior, the neutral one
 * first; they decide the gate. `compliance`: prompts that ask, which decide nothing.
 */
export type LeakResult = ComparedModels & JudgedTable;

/**
 * Does an inoculated model misbehave under prompts that do not ask for it? Evaluates it on the test items under a grid
 * of such prompts, beside the initial model and the neutral-trained one of the same seeds under the same prompts.
 * @throws UserError before any work, for what can be checked then; InterruptedError when stopped
 */
export async function leak(settingId: string, options: LeakOptions = {}): Promise<LeakResult> {
  const threshold = checkedThreshold(options);
  const { onProgress = () => undefined } = options;
  const items = { ...firstLookItems, ...options.items };
  return withStudy(settingId, { ...options, items }, async (study) => {
    const models = await leakModels(study, options, (done, total) => onProgress({ part: "training", done, total }));
    const { trainPrompt, inoculated, neutralTrained, initial } = models;
    const grid = leakPrompts(study.setting, trainPrompt);
    const comparison = await compareLeaks(
      study,
      { inoculated, neutralTrained, initial },
      { grid, trainPrompt },
      (done, total) => onProgress({ part: "evaluating", done, total }),
    );
    return { ...described(study, models), ...judgedTable(study.setting, comparison, "inoculated", threshold) };
  });
}

/** @throws UserError for numbers out of range, and for options that exclude each other */
export function checkedThreshold({ threshold = 0.1, seeds, adapter }: LeakOptions): number {
  if (!(threshold > 0 && threshold < 1)) {
    throw new UserError(`threshold: expected a number above 0 and below 1, got ${threshold}`);
  }
  if (seeds !== undefined && (!Number.isInteger(seeds) || seeds < 1)) {
    throw new UserError(`seeds: expected a whole number from 1 on, got ${seeds}`);
  }
  if (adapter !== undefined && seeds !== undefined) {
    throw new UserError("seeds: an adapter is one model of one seed; leave out the number of seeds, or the adapter");
  }
  return threshold;
}

/** What was compared, by name. */
export function described({ setting }: Study, models: LeakModels): ComparedModels {
  const { id, kind, text } = models.trainPrompt;
  return {
    setting: setting.id,
    behaviorMetric: setting.behaviorMetric,
    capabilityMetric: setting.capabilityMetric,
    trainPrompt: { id, kind, text },
    seeds: models.seeds,
    inoculated: listed(models.inoculated),
    neutralTrained: listed(models.neutralTrained),
  };
}

/** The models as a result names them. */
export function listed(models: LeakModels["inoculated"]): ComparedModel[] {
  return [...models].map(([seed, { id, model }]) => ({
    seed,
    trainingId: id,
    folder: model.adapter ?? model.base,
  }));
}
