import type { SettingResult } from "../experiment/result.ts";
import { correlation, correlationInterval, percent, percentInterval, points, pointsInterval } from "./format.ts";

/** A fixed bar, and where the run came to stand. */
export interface Goal {
  id: "prevented" | "overUnrelated" | "capability" | "spearman";
  /** What is measured, as a heading and in a list. */
  name: string;
  short: string;
  wanted: string;
  /** What was measured, with its interval; or why there is nothing. */
  found: string;
  /** `null`: not known. */
  met: boolean | null;
  /** Said where it was missed: one plain sentence. */
  missed: string;
}

/** Least share prevented, and what the lower end of its interval must exceed. */
export const PREVENTED = { mean: 0.75, low: 0.5 };
/** What the lower end of the change of capability must exceed. */
const CAPABILITY = -0.05;
/** Greatest rank correlation of outcome with elicitation, over all candidates. */
const SPEARMAN = -0.7;

/** The bars that every setting is held to, in the order of their weight. */
export function goals(setting: SettingResult): Goal[] {
  return [prevented(setting), overUnrelated(setting), capability(setting), spearman(setting)];
}

function prevented({ effect, complete }: SettingResult): Goal {
  const { prevented: found, reasons } = effect;
  const text = found && `${percent(found.mean)} ${percentInterval(found.interval)}`;
  const met = found && found.mean >= PREVENTED.mean && found.interval[0] > PREVENTED.low;
  return {
    id: "prevented",
    name: "Prevented",
    short: "prevented",
    wanted: `at least ${percent(PREVENTED.mean)}, its interval above ${percent(PREVENTED.low)}`,
    found: text ?? unknown(complete, reasons.prevented),
    met,
    missed: `It prevents less than it should: ${text} of the flaw, where at least ${percent(PREVENTED.mean)} was asked for, with an interval above ${percent(PREVENTED.low)}.`,
  };
}

function overUnrelated({ effect, complete }: SettingResult): Goal {
  const { overUnrelated: found, reasons } = effect;
  const text = found && `${points(found.mean)} ${pointsInterval(found.interval)}`;
  return {
    id: "overUnrelated",
    name: "Over unrelated instructions",
    short: "over unrelated",
    wanted: "more is prevented, the difference's interval above zero",
    found: text ?? unknown(complete, reasons.overUnrelated),
    met: found && found.interval[0] > 0,
    missed: `It does not clearly prevent more than unrelated instructions do: ${text} over their mean, and the interval is not above zero.`,
  };
}

function capability({ effect, complete }: SettingResult): Goal {
  const { capabilityChange: found, reasons } = effect;
  const text = found && `${points(found.mean)} ${pointsInterval(found.interval)}`;
  return {
    id: "capability",
    name: "Skill, against training as usual",
    short: "skill",
    wanted: `its interval above ${points(CAPABILITY)}`,
    found: text ?? unknown(complete, reasons.capabilityChange),
    met: found && found.interval[0] > CAPABILITY,
    missed: `A loss of skill of more than 5 points cannot be ruled out: ${text} against training as usual.`,
  };
}

function spearman({ screening: { all }, complete }: SettingResult): Goal {
  const text =
    all.spearman === null ? null : `${correlation(all.spearman)} ${correlationInterval(all.spearmanInterval)}`.trim();
  return {
    id: "spearman",
    name: "Elicitation against outcome (Spearman)",
    short: "Spearman",
    wanted: `${correlation(SPEARMAN)} or lower, over all prompts`,
    found: text ?? unknown(complete, all.reason),
    met: all.spearman === null ? null : all.spearman <= SPEARMAN,
    missed: `What elicits the flaw does not order the outcomes well enough: Spearman ${text} over ${all.n} prompts, where ${correlation(SPEARMAN)} or lower was asked for.`,
  };
}

function unknown(complete: boolean, reason: string | undefined): string {
  if (!complete) return "not known yet";
  return reason === undefined ? "not known" : `not known: ${reason}`;
}
