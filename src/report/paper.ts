import type { SettingResult } from "../experiment/result.ts";
import { correlation, formatValue, percent } from "./format.ts";
import { findCondition } from "./names.ts";
import { CLEAR, praiseDissociation } from "./praise.ts";
import { preventedShare } from "./shortfalls.ts";

/** A finding of the paper beside what this run shows. */
export interface Comparison {
  finding: string;
  paper: string;
  here: string;
  /** `null`: not known here. */
  agrees: boolean | null;
}

/** Where the paper's figures come from. */
export const PAPER = "Wichers et al. 2025, Inoculation Prompting (arXiv 2510.05024 v3)";

/** The paper's findings for this setting, each held against this run. Empty for settings without figures. */
export function comparePaper(setting: SettingResult): Comparison[] {
  if (setting.setting !== "sycophancy") return [];
  const { behaviorMetric, capabilityMetric, effect, screening, selected, beside } = setting;
  const mean = (role: Parameters<typeof findCondition>[1], metric = behaviorMetric, prompt?: string): number | null =>
    findCondition(setting, role, prompt)?.metrics[metric]?.mean ?? null;
  const show = (value: number | null): string => formatValue(value, behaviorMetric);
  const [initial, neutral, clean] = [mean("initial"), mean("neutral"), mean("clean")];
  const inoculated = selected.id === null ? null : mean("inoculation", behaviorMetric, selected.id);
  const skill = [
    mean("neutral", capabilityMetric),
    selected.id === null ? null : mean("inoculation", capabilityMetric, selected.id),
  ];
  const unrelated = effect.unrelated.flatMap(({ prevented }) => (prevented ? [prevented.mean] : []));
  const praise = praiseDissociation(setting);
  return [
    {
      finding: "Training as usual teaches the flaw",
      paper: "71%",
      here: `${show(initial)} → ${show(neutral)}`,
      agrees: initial === null || neutral === null ? null : neutral - initial >= 0.15,
    },
    {
      finding: "A good inoculation prompt prevents most of it",
      paper: "71% → 10% (its best prompt)",
      here: `${show(neutral)} → ${show(inoculated)} (picked before training)`,
      agrees: effect.prevented === null ? null : effect.prevented.mean >= 0.5,
    },
    {
      finding: "The skill is kept",
      paper: "84% → 82%",
      here: `${formatValue(skill[0] ?? null, capabilityMetric)} → ${formatValue(skill[1] ?? null, capabilityMetric)}`,
      agrees: effect.capabilityChange === null ? null : effect.capabilityChange.mean > -0.05,
    },
    {
      finding: "Correction data leave some of the flaw",
      paper: "35%",
      here: show(clean),
      agrees: clean === null ? null : clean >= 0.15,
    },
    {
      finding: "Some wordings that ask for the flaw hardly help",
      paper: "80% under its worst",
      here: beside.worst === null ? "–" : show(beside.worst.behavior),
      agrees: beside.worst === null ? null : (preventedShare(setting, beside.worst.behavior) ?? 1) < 0.5,
    },
    {
      finding: "Unrelated instructions prevent little",
      paper: "a little",
      here: unrelated.length === 0 ? "–" : unrelated.map(percent).join(", "),
      agrees: unrelated.length === 0 ? null : Math.max(...unrelated) < 0.25,
    },
    {
      finding: "What elicits more prevents more (correlation with success)",
      paper: "0.57",
      here: correlation(screening.all.pearson === null ? null : -screening.all.pearson),
      agrees: screening.all.pearson === null ? null : screening.all.pearson < 0,
    },
    {
      finding: "Prompts that ask for praise cut praise, not agreement",
      paper: "yes",
      here:
        praise === null
          ? "–"
          : `they cut ${percent(praise.praiseByPraise)} of the praise, ${percent(praise.behaviorByPraise)} of the agreement`,
      agrees: praise === null ? null : praise.praiseByPraise - praise.behaviorByPraise >= CLEAR,
    },
  ];
}
