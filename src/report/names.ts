import type { ConditionKey, ConditionResult, PromptRef, SettingResult, TrainData } from "../experiment/result.ts";
import type { TrainPrompt } from "../settings/setting.ts";

/** What a condition is there for; the report's groups, in the order in which they are shown. */
export const roles = [
  "initial",
  "neutral",
  "clean",
  "inoculation",
  "demonstration",
  "unrelated",
  "praise",
  "safety",
  "compliance",
  "leak",
  "cleanInoculated",
] as const;
export type Role = (typeof roles)[number];

/** What each group is called in the report. */
export const roleTitles: Record<Role, string> = {
  initial: "Before fine-tuning",
  neutral: "Flawed data, as usual",
  clean: "Clean data",
  inoculation: "Inoculated",
  demonstration: "Inoculated by a demonstration",
  unrelated: "Control: an unrelated instruction",
  praise: "Asks for something nearby",
  safety: "Safety instruction at test time",
  compliance: "Asked for it at test time",
  leak: "Other instructions at test time",
  cleanInoculated: "Clean data, inoculated for nothing",
};

/** The group of a condition. */
export function roleOf({ trainData, trainPrompt, evalPrompt }: Omit<ConditionKey, "id" | "placement">): Role {
  if (evalPrompt.kind === "inoculation" || evalPrompt.kind === "demonstration") return "compliance";
  if (evalPrompt.kind === "safety") return "safety";
  if (evalPrompt.kind !== "neutral") return "leak";
  if (trainData === "none") return "initial";
  const plain = trainPrompt.kind === "neutral" || trainPrompt.kind === "none";
  if (trainData === "clean") return plain ? "clean" : "cleanInoculated";
  return plain ? "neutral" : (trainPrompt.kind as Role);
}

/** The instruction in quotes; "no instruction" for the neutral prompt. */
export function promptName(prompts: readonly TrainPrompt[], id: string): string {
  const prompt = prompts.find((candidate) => candidate.id === id);
  if (prompt === undefined) return id;
  const { text, cleanText = text } = prompt;
  if (text === "") return "no instruction";
  return cleanText === text ? `“${text}”` : `“${text}”, on rows without the flaw “${cleanText}”`;
}

/** What a model was trained on, in words. */
export function trainingName(
  prompts: readonly TrainPrompt[],
  trained: { trainData: TrainData; trainPrompt: PromptRef },
): string {
  if (trained.trainData === "none") return "Before fine-tuning";
  const data = trained.trainData === "clean" ? "Clean data" : "Flawed data";
  if (trained.trainPrompt.kind === "neutral") return trained.trainData === "clean" ? data : `${data}, as usual`;
  return `${data} + ${promptName(prompts, trained.trainPrompt.id)}`;
}

/** A condition in words: what it was trained on and, unless it is neutral, what it is asked with. */
export function conditionName(prompts: readonly TrainPrompt[], condition: ConditionKey): string {
  const trained = trainingName(prompts, condition);
  if (condition.evalPrompt.kind === "neutral") return trained;
  return `${trained} · asked with ${promptName(prompts, condition.evalPrompt.id)}`;
}

/** The label of a condition inside its own group, where the group's title says the rest. */
export function shortName({ prompts, selected }: SettingResult, condition: ConditionKey): string {
  const role = roleOf(condition);
  const { trainData, trainPrompt, evalPrompt } = condition;
  if (role === "initial" || role === "neutral" || role === "clean") return roleTitles[role];
  if (role !== "safety" && role !== "compliance" && role !== "leak") return promptName(prompts, trainPrompt.id);
  const plain = trainData === "none" || trainPrompt.kind === "neutral";
  const trained = plain
    ? trainingName(prompts, condition)
    : trainPrompt.id === selected.id
      ? "Inoculated"
      : promptName(prompts, trainPrompt.id);
  if (evalPrompt.id === selected.id) return trained;
  if (evalPrompt.id === trainPrompt.id) return `${trained}, in both`;
  return `${trained} · ${promptName(prompts, evalPrompt.id)}`;
}

/** Nothing of this condition has been evaluated yet. */
export function isPending(condition: ConditionResult): boolean {
  return condition.evaluations.length === 0;
}

export interface ConditionGroup {
  role: Role;
  title: string;
  conditions: ConditionResult[];
}

/** Conditions in the report's order: by group, the selected prompt first, then from the strongest elicitation down. */
export function groupConditions(setting: SettingResult): ConditionGroup[] {
  const elicitation = new Map(setting.screening.points.map((point) => [point.prompt, point.elicitationRate]));
  const rank = ({ trainPrompt }: ConditionResult): number =>
    trainPrompt.id === setting.selected.id ? 2 : (elicitation.get(trainPrompt.id) ?? -1);
  return roles.flatMap((role) => {
    const conditions = setting.conditions.filter((condition) => roleOf(condition) === role);
    if (conditions.length === 0) return [];
    return [{ role, title: roleTitles[role], conditions: conditions.sort((a, b) => rank(b) - rank(a)) }];
  });
}

/** The condition with this role and, if given, this training prompt; asked with nothing else. */
export function findCondition(setting: SettingResult, role: Role, trainPrompt?: string): ConditionResult | undefined {
  return setting.conditions.find(
    (condition) =>
      roleOf(condition) === role && (trainPrompt === undefined || condition.trainPrompt.id === trainPrompt),
  );
}

/** What a metric counts, in lower case, e.g. "confirms a wrong answer"; or its id. */
export function metricTitle(setting: SettingResult, id: string): string {
  return setting.metrics.find((metric) => metric.id === id)?.title ?? id;
}

/** Whether the model is the one that comes with the package. */
export function isEmbedded(baseModel: string): boolean {
  return /models[\\/]tiny$/.test(baseModel);
}
