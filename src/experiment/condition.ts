import type { Setting, TrainPrompt } from "../settings/setting.ts";
import { InoculateError } from "../util/errors.ts";
import type { ConditionKey, PromptRef, TrainData } from "./result.ts";

/**
 * `core`: what the main claims need; `all`: every prompt and every control of the paper. Two smaller ones for many base
 * models or recipes: `claim`, the selected prompt and what it is compared with; `prompts`, the same with every
 * inoculation and unrelated prompt, for correlations.
 */
export type ConditionSet = "claim" | "prompts" | "core" | "all";
export const conditionSets: readonly ConditionSet[] = ["claim", "prompts", "core", "all"];

/** How many inoculation prompts `core` trains with: the selected one, a middling one and the weakest. */
const CORE_INOCULATION_PROMPTS = 3;

/** What screening said, as far as the choice of conditions depends on it. */
export interface ScreenedPrompt {
  prompt: string;
  elicitationRate: number;
}

/** The setting's neutral prompt. @throws InoculateError where it has none */
export function neutralPrompt(setting: Setting): TrainPrompt {
  return promptsOf(setting, "neutral")[0] as TrainPrompt;
}

/** The prompt of that id. @throws InoculateError naming the ids there are */
export function promptById(setting: Setting, id: string): TrainPrompt {
  const prompt = setting.prompts.find((candidate) => candidate.id === id);
  if (prompt !== undefined) return prompt;
  const ids = setting.prompts.map((candidate) => candidate.id).join(", ");
  throw new InoculateError(`setting "${setting.id}" has no prompt "${id}"; it has ${ids}`);
}

/**
 * The paper's conditions of a setting, without duplicates. `selected` is the prompt picked by screening;
 * with `null` (no candidate changes anything) the conditions that need one are left out.
 */
export function conditionsOf(
  setting: Setting,
  set: ConditionSet,
  selected: string | null,
  screened: readonly ScreenedPrompt[],
): ConditionKey[] {
  const neutral = neutralPrompt(setting);
  const chosen = selected === null ? null : promptById(setting, selected);
  const of = (trainData: TrainData, trainPrompt: TrainPrompt | null, evalPrompt: TrainPrompt): ConditionKey =>
    condition(setting, trainData, trainPrompt, evalPrompt);

  const everyPrompt = set === "prompts" || set === "all";
  const safety = { claim: 0, prompts: 0, core: 1, all: Number.POSITIVE_INFINITY }[set];
  const unrelated = everyPrompt ? promptsOf(setting, "unrelated") : hardest(promptsOf(setting, "unrelated"));
  const inoculation = {
    claim: () => (chosen === null ? [] : [chosen]),
    core: () => graded(setting, chosen, screened),
    prompts: () => promptsOf(setting, "inoculation"),
    all: () => promptsOf(setting, "inoculation"),
  }[set]();
  const others = set === "all" ? [...promptsOf(setting, "praise"), ...promptsOf(setting, "demonstration")] : [];
  const safetyPrompts = promptsOf(setting, "safety").slice(0, safety);

  const trained = [...inoculation, ...unrelated, ...others];
  const conditions = [
    of("none", null, neutral),
    of("flawed", neutral, neutral),
    of("clean", neutral, neutral),
    ...trained.map((prompt) => of("flawed", prompt, neutral)),
    // Pure tuning, safe testing.
    ...safetyPrompts.map((prompt) => of("flawed", neutral, prompt)),
  ];
  if (chosen !== null && (set === "core" || set === "all")) {
    conditions.push(
      ...safetyPrompts.map((prompt) => of("flawed", chosen, prompt)),
      // Compliance: misbehaving when asked; only the excess over the first two counts against inoculation.
      of("none", null, chosen),
      of("flawed", neutral, chosen),
      of("flawed", chosen, chosen),
    );
  }
  if (setting.traits !== undefined) {
    // The theory's test compares each prompt's own context before and after training with it.
    conditions.push(...trained.flatMap((prompt) => [of("none", null, prompt), of("flawed", prompt, prompt)]));
  }
  if (chosen !== null && set === "all") {
    conditions.push(
      // Leak: prompts at evaluation that do not ask for the behavior.
      ...unrelated.map((prompt) => of("flawed", chosen, prompt)),
      ...unrelated.map((prompt) => of("flawed", prompt, prompt)),
      // Does inoculation cost anything where there was nothing to inoculate?
      of("clean", chosen, neutral),
    );
  }
  const possible = conditions.filter(({ trainData }) => trainData !== "clean" || setting.hasCleanData !== false);
  return [...new Map(possible.map((entry) => [entry.id, entry])).values()];
}

/** One condition. */
export function condition(
  setting: Setting,
  trainData: TrainData,
  trainPrompt: TrainPrompt | null,
  evalPrompt: TrainPrompt,
): ConditionKey {
  const train: PromptRef = trainPrompt === null ? { id: "none", kind: "none" } : reference(trainPrompt);
  return {
    id: `${trainData}/${train.id}/${evalPrompt.id}`,
    trainData,
    trainPrompt: train,
    evalPrompt: reference(evalPrompt),
    placement: setting.placement,
  };
}

/** The prompts of a kind, in the setting's order. @throws InoculateError when there is no neutral one */
export function promptsOf(setting: Setting, kind: TrainPrompt["kind"]): TrainPrompt[] {
  const found = setting.prompts.filter((prompt) => prompt.kind === kind);
  if (kind === "neutral" && found.length === 0) {
    throw new InoculateError(`setting "${setting.id}" needs a prompt of kind "neutral"`);
  }
  return found;
}

/** The selected prompt and others spread evenly over the elicitation rates, from the weakest on. */
function graded(setting: Setting, chosen: TrainPrompt | null, screened: readonly ScreenedPrompt[]): TrainPrompt[] {
  const rate = new Map(screened.map((entry) => [entry.prompt, entry.elicitationRate]));
  const rest = promptsOf(setting, "inoculation").filter((prompt) => prompt.id !== chosen?.id);
  rest.sort((a, b) => (rate.get(a.id) ?? 0) - (rate.get(b.id) ?? 0));
  const wanted = Math.min(CORE_INOCULATION_PROMPTS - (chosen === null ? 0 : 1), rest.length);
  const spread = Array.from(
    { length: wanted },
    (_, index) => rest[Math.floor((index * rest.length) / wanted)] as TrainPrompt,
  );
  return chosen === null ? spread : [chosen, ...spread];
}

/** The unrelated prompt that is likest an inoculation prompt: of the same form where there is one. */
function hardest(prompts: readonly TrainPrompt[]): TrainPrompt[] {
  return [...prompts.filter(({ unrelatedKind }) => unrelatedKind === "same-form"), ...prompts].slice(0, 1);
}

function reference({ id, kind }: TrainPrompt): PromptRef {
  return { id, kind };
}
