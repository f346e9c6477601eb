import { basename, dirname, join } from "node:path";
import type { ModelRef } from "../../backends/backend.ts";
import { isSlot } from "../../data/insertion.ts";
import { readYaml, type YamlSource } from "../../data/yamlSource.ts";
import { type Recipe, recipeSchema } from "../../engine/train/recipe.ts";
import { modelFolder } from "../../hub/modelFolder.ts";
import type { Setting, TrainPrompt } from "../../settings/setting.ts";
import { UserError } from "../../util/errors.ts";
import { dataArm } from "../dataArm.ts";
import type { ItemCounts } from "../plan.ts";
import { defaultItems, embeddedModel, firstLookItems } from "../study.ts";
import { type Arm, type TrainingCell, trainingCells } from "./planArms.ts";
import { promptsNamed } from "./planPrompts.ts";
import { type ArmFile, type PlanFile, planSchema } from "./planSchema.ts";

/** One setting of a plan with its arms, every name looked up. */
export interface PlannedSetting {
  setting: Setting;
  arms: Arm[];
  /** Metrics that the tables show. */
  metrics: string[];
}

/** A plan that was validated whole. */
export interface ValidPlan {
  /** As it was named. */
  file: string;
  title: string;
  settings: PlannedSetting[];
  bases: { name: string; model: ModelRef }[];
  seeds: number[];
  /** Absent: each setting's own number. */
  rows: number | undefined;
  items: ItemCounts;
  /** Whether the plan names its metrics: then they are asked for under every eval prompt. */
  namesMetrics: boolean;
}

/**
 * Reads a plan and checks all of it.
 * @throws UserError with every mistake, each with file, line and column
 */
export function readPlan(file: string, getSetting: (id: string) => Setting): ValidPlan {
  const { value: plan, source } = readYaml(file, planSchema, "a plan");
  const settings = unique(plan.settings).flatMap((id) => {
    const setting = attempt(source, ["settings", plan.settings.indexOf(id)], () => getSetting(settingNamed(id, file)));
    return setting ? [setting] : [];
  });
  const bases = unique(plan.bases).flatMap((name) => {
    const model = attempt(source, ["bases", plan.bases.indexOf(name)], () => baseNamed(name, file));
    return model ? [{ name, model }] : [];
  });
  source.check();
  checkMetrics(source, plan, settings);
  checkOwnPrompts(source, plan, settings);
  const valid = settings.map((setting) => plannedSetting(source, plan, setting));
  source.check();
  for (const planned of valid) checkData(source, plan, planned);
  source.check();
  return {
    file,
    title: plan.title ?? basename(file).replace(/\.ya?ml$/, ""),
    settings: valid,
    bases,
    seeds: plan.seeds,
    rows: plan.rows,
    items: { ...defaultItems, ...firstLookItems, ...defined(plan.items ?? {}) },
    namesMetrics: plan.metrics !== undefined,
  };
}

/** The value, or `undefined` after noting the user's mistake at its place. */
function attempt<T>(source: YamlSource, path: PropertyKey[], make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    source.problem(path, error.message);
    return undefined;
  }
}

/** A setting file is named relative to the plan. */
function settingNamed(name: string, planFile: string): string {
  return /\.ya?ml$/.test(name) ? join(dirname(planFile), name) : name;
}

function baseNamed(name: string, planFile: string): ModelRef {
  return { base: name === "embedded" ? embeddedModel() : modelFolder(name, dirname(planFile)) };
}

function plannedSetting(source: YamlSource, plan: PlanFile, setting: Setting): PlannedSetting {
  const recipes = new Map<string, Recipe>([["default", setting.recipe]]);
  for (const name of Object.keys(plan.recipes)) recipes.set(name, recipeNamed(source, plan, setting, name));
  const arms = plan.arms.flatMap((file, index) => {
    for (const [place, id] of (file.settings ?? []).entries()) {
      if (!plan.settings.includes(id)) {
        const message = `the plan has no setting "${id}"; it has ${plan.settings.join(", ")}`;
        source.problem(["arms", index, "settings", place], message);
      }
    }
    const here = file.settings?.map((name) => settingNamed(name, source.file));
    if (here && !here.includes(setting.id)) return [];
    return [armOf(source, plan, { setting, recipes }, index)];
  });
  const chosen = plan.metrics?.filter((id) => setting.metrics.some((metric) => metric.id === id));
  return { setting, arms, metrics: chosen?.length ? chosen : [setting.behaviorMetric, setting.capabilityMetric] };
}

/** A metric must be known to at least one of the settings; the others leave it out. */
function checkMetrics(source: YamlSource, plan: PlanFile, settings: readonly Setting[]): void {
  for (const [index, id] of (plan.metrics ?? []).entries()) {
    if (settings.some(({ metrics }) => metrics.some((metric) => metric.id === id))) continue;
    const known = settings.map((setting) => `"${setting.id}" has ${setting.metrics.map((own) => own.id).join(", ")}`);
    source.problem(["metrics", index], `no setting of the plan has a metric "${id}"; ${known.join("; ")}`);
  }
}

/** A prompt of the plan's own may be made of one setting's prompts; it must be possible in at least one of them. */
function checkOwnPrompts(source: YamlSource, plan: PlanFile, settings: readonly Setting[]): void {
  for (const name of Object.keys(plan.prompts)) {
    const refusals = settings.flatMap((setting): string[] => {
      try {
        promptsNamed(setting, plan.prompts, name);
        return [];
      } catch (error) {
        if (error instanceof UserError) return [error.message];
        throw error;
      }
    });
    if (refusals.length === settings.length) source.problem(["prompts", name], refusals[0] as string);
  }
}

function recipeNamed(source: YamlSource, plan: PlanFile, setting: Setting, name: string): Recipe {
  if (name === "default") source.problem(["recipes"], 'the recipe "default" is the setting\'s own; rename yours', name);
  const fields = plan.recipes[name] as Partial<Recipe>;
  const lora = { ...setting.recipe.lora, ...fields.lora };
  const parsed = recipeSchema.safeParse({ ...setting.recipe, ...fields, lora });
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) source.problem(["recipes", name, ...path], message);
  return setting.recipe;
}

function armOf(
  source: YamlSource,
  plan: PlanFile,
  { setting, recipes }: { setting: Setting; recipes: ReadonlyMap<string, Recipe> },
  index: number,
): Arm {
  const file = plan.arms[index] as ArmFile;
  const at = ["arms", index];
  const prompts = (names: readonly string[], path: PropertyKey[]): TrainPrompt[] =>
    names.flatMap((name, place) =>
      name === "same" && path.at(-1) === "evalPrompts"
        ? []
        : (attempt(source, [...path, place], () => promptsNamed(setting, plan.prompts, name)) ?? []),
    );
  const evalPath = file.evalPrompts ? [...at, "evalPrompts"] : ["evalPrompts"];
  const trainPrompts = prompts(file.prompts, [...at, "prompts"]);
  const names = file.evalPrompts ?? plan.evalPrompts;
  const same = names.includes("same") ? (["same"] as const) : [];
  const asked = prompts(names, evalPath);
  const mixture = [...asked, ...(same.length > 0 ? trainPrompts : [])].find(({ wordings }) => wordings !== undefined);
  if (mixture) source.problem(evalPath, `"${mixture.id}" has several wordings, which only training can use`);
  const chosen = file.recipe.flatMap((name, place) => {
    const recipe = recipes.get(name);
    if (recipe) return [{ name, recipe: withCheckpoints(recipe, file) }];
    source.problem([...at, "recipe", place], `no recipe "${name}"; there are ${[...recipes.keys()].join(", ")}`);
    return [];
  });
  checkArm(source, file, at, chosen);
  if (file.placement && isSlot(setting.placement)) {
    source.problem([...at, "placement"], `setting "${setting.id}" has a slot for its prompts; leave placement out`);
  }
  return {
    trainPrompts,
    evalPrompts: [...asked, ...same],
    placements: file.placement ?? [setting.placement],
    recipes: chosen,
    file,
  };
}

function withCheckpoints(recipe: Recipe, { checkpointsEvery }: ArmFile): Recipe {
  return checkpointsEvery === undefined ? recipe : { ...recipe, checkpointEvery: checkpointsEvery };
}

/** What no single field says: combinations that mean nothing. */
function checkArm(source: YamlSource, file: ArmFile, at: PropertyKey[], recipes: Arm["recipes"]): void {
  const decaying = recipes.find(({ recipe }) => recipe.schedule !== "constant");
  if (file.checkpointsEvery !== undefined && decaying) {
    source.problem(
      [...at, "checkpointsEvery"],
      `recipe "${decaying.name}" has the schedule ${decaying.recipe.schedule}: a checkpoint under a falling learning rate is no shorter run; use a recipe with "schedule: constant"`,
    );
  }
  const others = file.trainData.filter((data) => data !== "flawed" && data !== "none");
  if (file.insertInto.includes("flagged") && others.length > 0) {
    source.problem(
      [...at, "insertInto"],
      `inserting into flagged rows goes with trainData "flawed", not with ${others.join(", ")}; use another arm for those`,
    );
  }
}

/** Builds the rows of every way to treat the data, for one seed: shares, flaggers and twins that cannot be had show here. */
function checkData(source: YamlSource, plan: PlanFile, { setting, arms }: PlannedSetting): void {
  const tried = new Set<string>();
  const [seed = 1] = plan.seeds;
  for (const arm of arms) {
    const cells = trainingCells(setting, arm).map(({ cell }) => cell);
    for (const { trainData, data } of cells) {
      const key = JSON.stringify([trainData, data]);
      if (trainData === "none" || tried.has(key)) continue;
      tried.add(key);
      const at = ["arms", plan.arms.indexOf(arm.file), placeOf(trainData, data)];
      attempt(source, at, () => dataArm(setting, { ...data, trainData, seed, rows: plan.rows ?? setting.trainRows }));
    }
  }
}

/** The key of an arm that its data's trouble most likely comes from. */
function placeOf(trainData: TrainingCell["trainData"], data: TrainingCell["data"]): string {
  if (trainData === "relabelled") return "trainData";
  if (data?.flagger !== undefined) return "flagger";
  return data?.flawedShare === undefined ? "generalShare" : "flawedShare";
}

function defined<T extends object>(fields: T): { [Name in keyof T]: NonNullable<T[Name]> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Name in keyof T]: NonNullable<T[Name]> };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
