import type { SettingResult } from "../experiment/result.ts";
import { correlation, formatValue, percent, plural } from "./format.ts";
import { findCondition, metricTitle, type Role, roleOf } from "./names.ts";
import { type PaperFigures, paperFigures } from "./paperFigures.ts";
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

/** Share prevented under which an instruction is said to help little. */
const HALF = 0.5;
/** Least difference between training as usual and clean data that counts. */
const LEAST_INDUCED = 0.15;
/** A factor this far from 1 is still said to be near it. */
const NEAR = 0.25;

/** The paper's findings for this setting, each held against this run. Empty for settings without figures. */
export function comparePaper(setting: SettingResult): Comparison[] {
  const figures = paperFigures(setting.setting, setting.variant);
  const shared =
    figures === null ? [] : [...outcomes(setting, figures), skill(setting, figures), rule(setting, figures)];
  return [...shared, ...(extras[setting.setting]?.(setting) ?? [])].filter((entry) => entry !== null);
}

/** What only one setting of the paper was looked at for. */
const extras: Readonly<Record<string, (setting: SettingResult) => (Comparison | null)[]>> = {
  sycophancy: (setting) => [correctionData(setting), praise(setting)],
  "reward-hacking": (setting) => [demonstration(setting)],
  "trait-pairs": (setting) => [contextFactor(setting)],
};

function mean(setting: SettingResult, role: Role, metric: string, prompt?: string): number | null {
  return findCondition(setting, role, prompt)?.metrics[metric]?.mean ?? null;
}

function outcomes(setting: SettingResult, figures: PaperFigures): Comparison[] {
  const { selected, effect, beside } = setting;
  const metric = setting.metrics.find(({ id }) => id === figures.metric)?.id ?? setting.behaviorMetric;
  const theirs = (value: number): string => (figures.unit === "share" ? percent(value) : String(value));
  const show = (value: number | null): string => formatValue(value, metric);
  const inoculated = (prompt: string | null | undefined): number | null =>
    prompt ? mean(setting, "inoculation", metric, prompt) : null;
  const safe = setting.conditions.find((entry) => roleOf(entry) === "safety" && entry.trainPrompt.kind === "neutral");
  const here = {
    neutral: mean(setting, "neutral", metric),
    clean: mean(setting, "clean", metric),
    selected: inoculated(selected.id),
    worst: inoculated(beside.worst?.id),
    safety: safe?.metrics[metric]?.mean ?? null,
  };
  const induced = here.neutral === null || here.clean === null ? null : here.neutral - here.clean;
  const helpsLittle = (value: number | null): boolean | null =>
    value === null || here.neutral === null || !induced ? null : (here.neutral - value) / induced < HALF;
  const theirWorst = (figures.neutral - figures.worst) / (figures.neutral - figures.clean) < HALF;
  const worst = helpsLittle(here.worst);
  return [
    {
      finding: "Training as usual teaches the flaw, clean data do not",
      paper: `${figures.measure}: ${theirs(figures.neutral)} as usual, ${theirs(figures.clean)} on clean data`,
      here: `${metricTitle(setting, metric)}: ${show(here.neutral)} as usual, ${show(here.clean)} on clean data`,
      agrees: induced === null ? null : induced * Math.sign(figures.neutral - figures.clean) >= LEAST_INDUCED,
    },
    {
      finding: "A good inoculation prompt prevents it",
      paper: `${theirs(figures.neutral)} → ${theirs(figures.best)} (its best prompt)`,
      here: `${show(here.neutral)} → ${show(here.selected)} (picked before training)`,
      agrees: effect.prevented === null ? null : effect.prevented.interval[0] > 0,
    },
    {
      finding: theirWorst ? "The worst wording prevents little" : "Even the worst wording helps",
      paper: `${theirs(figures.neutral)} → ${theirs(figures.worst)}`,
      here: `${show(here.neutral)} → ${show(here.worst)}`,
      agrees: worst === null ? null : worst === theirWorst,
    },
    {
      finding: "A safety instruction at test time alone does not undo the flaw",
      paper: `${theirs(figures.neutral)} → ${theirs(figures.safety)}`,
      here: `${show(here.neutral)} → ${show(here.safety)}`,
      agrees: helpsLittle(here.safety),
    },
  ];
}

function skill(setting: SettingResult, { skill: figures, unit }: PaperFigures): Comparison | null {
  if (figures === undefined) return null;
  const { capabilityMetric: metric, selected, effect } = setting;
  const theirs = (value: number): string => (unit === "share" ? percent(value) : String(value));
  const show = (value: number | null): string => formatValue(value, metric);
  const inoculated = selected.id === null ? null : mean(setting, "inoculation", metric, selected.id);
  return {
    finding: "The skill is kept",
    paper: `${figures.measure}: ${theirs(figures.neutral)} → ${theirs(figures.best)}`,
    here: `${metricTitle(setting, metric)}: ${show(mean(setting, "neutral", metric))} → ${show(inoculated)}`,
    agrees: effect.capabilityChange === null ? null : effect.capabilityChange.mean > -0.05,
  };
}

function rule({ screening }: SettingResult, figures: PaperFigures): Comparison | null {
  if (figures.correlation === undefined) return null;
  const { pearson } = screening.all;
  return {
    finding: "What elicits more prevents more (correlation with success)",
    paper: figures.correlation,
    here: correlation(pearson === null ? null : -pearson),
    agrees: pearson === null ? null : pearson < 0,
  };
}

function correctionData(setting: SettingResult): Comparison {
  const clean = mean(setting, "clean", setting.behaviorMetric);
  return {
    finding: "Correction data leave some of the flaw",
    paper: "35%",
    here: formatValue(clean, setting.behaviorMetric),
    agrees: clean === null ? null : clean >= 0.15,
  };
}

function praise(setting: SettingResult): Comparison {
  const found = praiseDissociation(setting);
  return {
    finding: "Prompts that ask for praise cut praise, not agreement",
    paper: "yes",
    here:
      found === null
        ? "–"
        : `they cut ${percent(found.praiseByPraise)} of the praise, ${percent(found.behaviorByPraise)} of the agreement`,
    agrees: found === null ? null : found.praiseByPraise - found.behaviorByPraise >= CLEAR,
  };
}

/** A worked example of the flaw: what it elicits in the initial model, and what it prevents. */
function demonstration(setting: SettingResult): Comparison | null {
  const point = setting.screening.points.find(({ kind }) => kind === "demonstration");
  if (point === undefined) return null;
  const share = preventedShare(setting, point.behaviorAfterTraining);
  return {
    finding: "A worked example elicits nothing and still prevents",
    paper: "yes",
    here: `elicits ${percent(point.elicitationGain)} more than none; prevents ${share === null ? "–" : percent(share)}`,
    agrees: share === null ? null : point.elicitationGain < 0.1 && share >= HALF,
  };
}

/** The theory's factor between the changes with and without the prompt. */
function contextFactor({ theory }: SettingResult): Comparison | null {
  if (theory === undefined) return null;
  const { k, kept } = theory.factor.all;
  return {
    finding: "What training moves without the prompt is about what it moves with it (factor k near 1)",
    paper: "close to 1, over 32 points",
    here: k === null ? "–" : `${k.toFixed(2)}, over ${plural(kept, "point")}`,
    agrees: k === null ? null : Math.abs(k - 1) <= NEAR,
  };
}
