import type { SettingResult } from "../experiment/result.ts";
import { capitalize, plural } from "./format.ts";
import { goals } from "./goals.ts";
import { outcomeOf } from "./verdict.ts";

/** Two or three words for what came out of a setting. */
export function verdictWord(setting: SettingResult): string {
  const word = outcomeWord(setting);
  return setting.complete ? word : `so far: ${word}`;
}

function outcomeWord({ selected, predictions, effect, complete }: SettingResult): string {
  if (selected.id === null && predictions.predictions.length > 0) return "no prompt selected";
  switch (outcomeOf(effect)) {
    case "works":
      return "worked";
    case "helps":
      return "helped";
    case "not-specific":
      return "no more than the control";
    case "no-effect":
      return "no effect shown";
    case "worse":
      return "made it worse";
    default:
      return complete ? "no verdict" : "no numbers yet";
  }
}

/** The bars that a setting misses, by name; `null` while some are not known. */
export function missedBars(setting: SettingResult): string[] | null {
  const all = goals(setting);
  const missed = all.filter(({ met }) => met === false).map(({ short }) => short);
  return missed.length === 0 && all.some(({ met }) => met === null) ? null : missed;
}

/** All settings in one sentence: where it worked, where that cost the skill, and how many met every fixed bar. */
export function overallHeadline(settings: readonly SettingResult[]): string {
  const worked = settings.filter(({ effect }) => outcomeOf(effect) === "works");
  const costly = worked.filter((setting) => goals(setting).some(({ id, met }) => id === "capability" && met === false));
  const all = plural(settings.length, "setting");
  const share = worked.length === settings.length ? `all ${all}` : `${worked.length} of ${all}`;
  const cost = costly.length === 0 ? "" : `, though in ${costly.length} the skill may have suffered`;
  const met = settings.filter((setting) => missedBars(setting)?.length === 0).length;
  const bars = met === settings.length ? "" : `; ${met === 0 ? "none" : met} of them met every bar`;
  const sentence = `inoculation worked in ${share}${cost}${bars}.`;
  return settings.every(({ complete }) => complete) ? capitalize(sentence) : `So far ${sentence}`;
}
