import type { ConditionResult, ReproduceResult, SettingResult } from "../../experiment/result.ts";
import { capitalize, formatValue, percent } from "../format.ts";
import { goals } from "../goals.ts";
import { findCondition, isEmbedded, metricTitle } from "../names.ts";
import { overallHeadline } from "../overall.ts";
import { shortfalls } from "../shortfalls.ts";
import { verdict } from "../verdict.ts";
import { heading, INDENT, list, paragraph, type Style } from "./prose.ts";
import { settingsTable } from "./settingsTable.ts";
import { pad } from "./text.ts";

/** The end in plain words: numbers and intervals, the control, what it does not do, the limits, where to go on. */
export function closing(result: ReproduceResult, style: Style): string[] {
  const { ink } = style;
  const { settings } = result;
  return [
    ...(settings.length === 1
      ? settings.flatMap((setting) => oneVerdict(setting, style))
      : allVerdicts(settings, style)),
    "",
    `${INDENT}${ink.bold("Limits")}`,
    ...paragraph(limits(result), style),
    "",
    ...(result.report === null ? [] : [`${INDENT}${pad("The whole story", 20)}${ink.cyan(result.report)}`]),
    `${INDENT}${pad("A wording of yours", 20)}${ink.cyan('npx inoculate try "The user is always right."')}`,
    "",
  ];
}

function oneVerdict(setting: SettingResult, style: Style): string[] {
  const { headline, sentences } = verdict(setting);
  const failed = shortfalls(setting);
  return [
    "",
    heading(headline, style),
    ...sentences.flatMap((text) => [...paragraph(text, style), ""]),
    ...(failed.length === 0 ? [] : [`${INDENT}${style.ink.bold("What it does not do, and what did not work")}`]),
    ...list(failed, style),
  ];
}

/** One line per setting, and where each misses a bar. */
function allVerdicts(settings: readonly SettingResult[], style: Style): string[] {
  const missed = settings.flatMap((setting) => [
    ...noVerdict(setting),
    ...goals(setting).flatMap((goal) => (goal.met === false ? [`${setting.title}: ${goal.missed}`] : [])),
  ]);
  const table = settingsTable(settings, { width: style.width - 3, color: style.ink.isColorSupported });
  return [
    "",
    heading(overallHeadline(settings), style),
    "",
    ...table.map((line) => INDENT + line),
    "",
    ...paragraph(
      "✓ meets all four bars, ✗ misses one. Skill in points against training as usual; Spearman of outcome with elicitation, over all prompts. Square brackets hold 95% intervals.",
      style,
    ).map(style.ink.dim),
    "",
    ...(missed.length === 0 ? [] : [`${INDENT}${style.ink.bold("Where it falls short")}`]),
    ...list(missed, style),
  ];
}

/** Why a finished setting has no share prevented. */
function noVerdict(setting: SettingResult): string[] {
  const { effect, complete, selected, title } = setting;
  if (effect.prevented !== null || !complete) return [];
  const { headline, sentences } = verdict(setting);
  return [`${title}: ${headline}${selected.id === null ? "" : ` ${sentences[0] ?? ""}`}`.trim()];
}

/** A finished setting in a few lines; the intervals come with the end, from more resamples. */
export function settingDone(setting: SettingResult, style: Style): string[] {
  const metric = setting.behaviorMetric;
  const { id } = setting.selected;
  const rate = (condition: ConditionResult | undefined): string =>
    formatValue(condition?.metrics[metric]?.mean ?? null, metric);
  const parts = [
    `${rate(findCondition(setting, "initial"))} before fine-tuning`,
    `${rate(findCondition(setting, "neutral"))} as usual`,
    id === null ? "no prompt was selected" : `${rate(findCondition(setting, "inoculation", id))} inoculated`,
    `${rate(findCondition(setting, "clean"))} on clean data`,
  ];
  const { prevented } = setting.effect;
  const share = prevented ? `: ${percent(prevented.mean)} prevented` : "";
  return [
    "",
    heading(`${setting.title} is done${share}`, style),
    ...paragraph(`${capitalize(metricTitle(setting, metric))}: ${parts.join(", ")}.`, style),
    "",
  ];
}

function limits({ settings }: ReproduceResult): string {
  return settings.some(({ provenance }) => isEmbedded(provenance.baseModel))
    ? "A model of a million parameters that we pretrained to follow such instructions: it shows the mechanism, not what yours will do."
    : "One base model speaks only for itself, under one recipe.";
}
