import { availableParallelism } from "node:os";
import type { Recipe } from "../engine/train/recipe.ts";
import type { Setting } from "../settings/setting.ts";
import { UserError } from "../util/errors.ts";
import { sparingly } from "../util/sparingly.ts";
import { Collector } from "./collect.ts";
import { type ConditionSet, conditionsOf } from "./condition.ts";
import { dataLevels } from "./dataLevels.ts";
import type { OnEvent } from "./events.ts";
import { groupsOf, type Plan, runRef, runsOf } from "./plan.ts";
import { seal } from "./prediction/seal.ts";
import type { ReproduceResult, SealedPredictions, SettingResult } from "./result.ts";
import { runAll } from "./runAll.ts";
import { type Screening, type Study, screenedPrompts, screenPrompts } from "./screen.ts";
import { savePlan } from "./storedPlan.ts";
import { firstLookItems, type StudyOptions } from "./study.ts";
import { shownRows, summarize } from "./summarize.ts";
import { withStudy } from "./withStudy.ts";

/** Resamples of the intervals that are shown while runs are still going on. */
const INTERIM_RESAMPLES = 300;
/** Share of the time that such summaries may take: with many runs they would cost a good part of the work itself. */
const SUMMARY_SHARE = 0.03;

export interface ReproduceOptions extends StudyOptions {
  /** @default "core" */
  conditions?: ConditionSet | undefined;
  /** Training seeds 1 to N. @default 3 */
  seeds?: number | undefined;
  /** In place of the setting's own. */
  recipe?: Recipe | undefined;
  /** Training rows, in place of the setting's own number. */
  rows?: number | undefined;
  /** The command that was given, for the report. */
  command?: string | undefined;
  onEvent?: OnEvent | undefined;
}

/**
 * The main job: for each setting, screen the prompts on the initial model, seal what that predicts, then run the
 * conditions x seeds in worker processes and compute the effect. What the store holds already is not done again;
 * stopping at any moment and starting again gives the same numbers.
 * @throws UserError before any work, for what can be checked then; InterruptedError when stopped
 */
export async function reproduce(
  settingIds: readonly string[],
  options: ReproduceOptions = {},
): Promise<ReproduceResult> {
  const started = performance.now();
  const { seeds = 3 } = options;
  if (!Number.isInteger(seeds) || seeds < 1)
    throw new UserError(`seeds: expected a whole number from 1 on, got ${seeds}`);
  if (settingIds.length === 0) throw new UserError("no setting was named: name at least one");
  const results: SettingResult[] = [];
  for (const id of settingIds) results.push(await reproduceSetting(id, options));
  const seconds = (performance.now() - started) / 1000;
  options.onEvent?.({ type: "done", results, seconds });
  return { settings: results, report: null, seconds };
}

async function reproduceSetting(settingId: string, options: ReproduceOptions): Promise<SettingResult> {
  const { onEvent = () => undefined } = options;
  const items = { ...(options.conditions !== "all" && firstLookItems), ...options.items };
  return withStudy(settingId, { ...options, items }, async (study, stopping) => {
    expectItems(study.setting);
    announce(study, draft(study, options, null, null, null), options, true, 0);

    const screening = await screenPrompts(study, screenedPrompts(study.setting), (done, total) =>
      onEvent({ type: "screening", setting: settingId, done, total }),
    );
    const { store } = study;
    const sealed = await seal(screening, study);
    const points = screening.points.map((point) => ({ ...point, behaviorAfterTraining: null }));
    onEvent({ type: "screened", setting: settingId, points, sealed, reused: screening.reused });

    const plan = draft(study, options, sealed.selected, sealed.hash, screening);
    const collector = new Collector(runsOf(plan, study.setting), study);
    const complete = collector.collect().filter((run) => run.complete).length;
    announce(study, plan, options, false, complete);
    const input = { ...study, plan, screening, sealed, dataLevels: await dataLevels(study.setting, plan) };
    savePlan(store, input);
    const onFinished = sparingly(
      () => onEvent({ type: "summary", result: summarize(collector, input, INTERIM_RESAMPLES) }),
      { share: SUMMARY_SHARE },
    );
    await runAll(study, collector.collect(), { ...options, stopping, onFinished });
    return summarize(collector, input);
  });
}

/** Screening comes first and may take long: what is asked after it has to be there. @throws UserError of the setting */
function expectItems(setting: Setting): void {
  setting.items("test", { perGroup: 1 });
  setting.items("validation", { perGroup: 1, groups: Object.keys(groupsOf(setting, setting.behaviorMetric, 1)) });
}

function announce(study: Study, plan: Plan, options: ReproduceOptions, provisional: boolean, complete: number): void {
  const { setting, store } = study;
  const { onEvent = () => undefined, workers = availableParallelism() } = options;
  onEvent({
    type: "plan",
    provisional,
    setting: setting.id,
    title: setting.title,
    flaw: setting.flaw,
    sensitive: setting.sensitive ?? false,
    behaviorMetric: setting.behaviorMetric,
    capabilityMetric: setting.capabilityMetric,
    prompts: setting.prompts,
    trainExamples: shownRows(setting),
    trainRows: plan.rows,
    conditions: plan.conditions,
    runs: runsOf(plan, setting).map(({ spec }) => runRef(spec)),
    seeds: plan.seeds,
    workers,
    complete,
    folder: store.folder,
  });
}

function draft(
  { setting, base, items }: Study,
  { conditions = "core", seeds = 3, recipe, rows, command }: ReproduceOptions,
  selected: SealedPredictions["selected"],
  sealedPredictions: string | null,
  screening: Screening | null,
): Plan {
  return {
    setting: setting.id,
    base,
    conditions: conditionsOf(setting, conditions, selected, screening?.points ?? []),
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    rows: rows ?? setting.trainRows,
    recipe: recipe ?? setting.recipe,
    recipeName: recipe === undefined ? "default" : "custom",
    items,
    selected,
    sealedPredictions,
    validate: true,
    ...(command !== undefined && { command }),
  };
}
