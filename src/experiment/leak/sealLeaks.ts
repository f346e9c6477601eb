import { InoculateError, UserError } from "../../util/errors.ts";
import type { NamedModel } from "../evaluateModel.ts";
import { metricById } from "../metricById.ts";
import { pairedChange } from "../pairedChange.ts";
import type { Estimate } from "../result.ts";
import type { Study } from "../screen.ts";
import { firstLookItems } from "../study.ts";
import { withStudy } from "../withStudy.ts";
import { compareLeaks, type JudgedTable, judgedTable } from "./compareLeaks.ts";
import {
  type ComparedModel,
  type ComparedModels,
  checkedThreshold,
  described,
  type LeakOptions,
  listed,
} from "./leak.ts";
import { type LeakModels, leakModels } from "./leakModels.ts";
import { type LeakPrompt, leakPrompts, roleOf } from "./leakPrompts.ts";
import type { SealedModel, SealSpec } from "./sealModel.ts";

export interface SealOptions extends LeakOptions {
  /** Questions that the model answers to be sealed with. @default as many as the rows it was trained on */
  sealRows?: number | undefined;
  /** Passes over its answers. @default 1 */
  sealEpochs?: number | undefined;
  /**
   * Whose questions: those of the clean training data, in which the behavior can go either way, or those of the flawed
   * one, in which it may not (where every user is right, nothing shows whether a model flatters). @default "clean"
   */
  questions?: SealSpec["questions"] | undefined;
  /**
   * Also train on the model's own replies under the training prompt, so that it still does what that asks. Without it
   * sealing may take the behavior away even there. @default false
   */
  keepCompliance?: boolean | undefined;
}

/** A model that was sealed. */
export interface SealedSummary extends ComparedModel {
  /** Training identity of the model that it goes on from. */
  parent: string | null;
  /** Rows trained on, and questions left out since their answer was empty or did not end. */
  rows: number;
  dropped: number;
}

/**
 * What `seal --json` ends with, but for `seconds`. `before` and `after` are the tables of the inoculated and of the
 * sealed model over the neutral prompt and the held-out ones; nothing in them was sealed with, except for the neutral
 * prompt.
 */
export interface SealResult extends ComparedModels {
  questions: SealSpec["questions"];
  prompts: { sealing: LeakPrompt[]; heldOut: LeakPrompt[] };
  sealed: SealedSummary[];
  before: JudgedTable;
  after: JudgedTable;
  /** Sealed minus inoculated, under the neutral prompt, with 95 % intervals. */
  change: { behavior: Estimate | null; capability: Estimate | null };
}

/**
 * Seals inoculated models and measures what that does: consistency training on the model's own answers to training
 * questions (see `sealModel`), then the leak table before and after on prompts of families that no sealing prompt is
 * from (see `roleOf` in `leakPrompts`).
 * @throws UserError before any work, for what can be checked then; InterruptedError when stopped
 */
export async function sealLeaks(settingId: string, options: SealOptions = {}): Promise<SealResult> {
  const threshold = checkedThreshold(options);
  checkSealOptions(options);
  const { onProgress = () => undefined, questions = "clean" } = options;
  const items = { ...firstLookItems, ...options.items };
  return withStudy(settingId, { ...options, items }, async (study) => {
    const { setting } = study;
    const models = await leakModels(study, options, (done, total) => onProgress({ part: "training", done, total }));
    const { trainPrompt, inoculated, neutralTrained, initial } = models;
    const prompts = leakPrompts(setting, trainPrompt);
    const of = (role: "sealing" | "held-out"): LeakPrompt[] => prompts.filter(({ family }) => roleOf(family) === role);
    const [sealing, heldOut] = [of("sealing"), of("held-out")];

    const sealed = await sealAll(study, models, sealing, options);
    const grid = [...prompts.filter(({ family }) => family === "neutral"), ...heldOut];
    const named = new Map([...sealed].map(([seed, { id, model }]): [number, NamedModel] => [seed, { id, model }]));
    const comparison = await compareLeaks(
      study,
      { inoculated, sealed: named, neutralTrained, initial },
      { grid, trainPrompt },
      (done, total) => onProgress({ part: "evaluating", done, total }),
    );
    const change = (metric: string): Estimate | null => {
      const [before, after] = [comparison.arms.inoculated[0], comparison.arms.sealed[0]];
      return before && after ? pairedChange(metricById(setting, metric), before, after) : null;
    };
    return {
      ...described(study, models),
      questions,
      prompts: { sealing, heldOut },
      sealed: summaries(named, sealed, inoculated),
      before: judgedTable(setting, comparison, "inoculated", threshold),
      after: judgedTable(setting, comparison, "sealed", threshold),
      change: { behavior: change(setting.behaviorMetric), capability: change(setting.capabilityMetric) },
    };
  });
}

/** Seals every inoculated model, each with its own answers. */
async function sealAll(
  { setting, pool }: Study,
  { trainPrompt, recipe, rows, inoculated }: LeakModels,
  sealing: readonly LeakPrompt[],
  options: SealOptions,
): Promise<Map<number, SealedModel>> {
  const {
    questions = "clean",
    sealRows = rows,
    sealEpochs = 1,
    keepCompliance = false,
    onProgress = () => undefined,
  } = options;
  let done = 0;
  const seal = async ([seed, parent]: [number, NamedModel]): Promise<[number, SealedModel]> => {
    const spec: SealSpec = {
      id: `${setting.id}/sealed/${trainPrompt.id}/seed-${seed}`,
      setting: setting.id,
      placement: setting.placement,
      seed,
      parent,
      questions,
      rows: sealRows,
      prompts: [
        ...sealing.map(({ id, text }) => ({ id, text })),
        ...(keepCompliance ? [{ id: trainPrompt.id, text: trainPrompt.text, asked: true }] : []),
      ],
      recipe: { ...recipe, epochs: sealEpochs },
      label: { setting: setting.id, trainData: "own", trainPrompt: trainPrompt.id, placement: setting.placement },
    };
    const result = await pool.submit({ kind: "seal", spec });
    if (result.kind !== "seal") throw new InoculateError("a sealing answers as a sealing");
    onProgress({ part: "sealing", done: ++done, total: inoculated.size });
    return [seed, result.sealed];
  };
  return new Map(await Promise.all([...inoculated].map(seal)));
}

function summaries(
  named: ReadonlyMap<number, NamedModel>,
  sealed: ReadonlyMap<number, SealedModel>,
  inoculated: LeakModels["inoculated"],
): SealedSummary[] {
  return listed(named).map((model) => {
    const { rows = 0, dropped = 0 } = sealed.get(model.seed) ?? {};
    return { ...model, parent: inoculated.get(model.seed)?.id ?? null, rows, dropped };
  });
}

function checkSealOptions({ sealRows = 1, sealEpochs = 1 }: SealOptions): void {
  if (!Number.isInteger(sealRows) || sealRows < 1) {
    throw new UserError(`seal rows: expected a whole number from 1 on, got ${sealRows}`);
  }
  if (!(sealEpochs > 0 && Number.isFinite(sealEpochs))) {
    throw new UserError(`seal epochs: expected a number above 0, got ${sealEpochs}`);
  }
}
