import type { DataRow } from "../../data/files/dataRow.ts";
import { questionKey } from "../../data/question.ts";
import { textMessages } from "../../data/textMessages.ts";
import type { FlawFinding, ProbeSet } from "../../flaws/flaw.ts";
import type { SettingFile } from "../../settings/own/settingFile.ts";
import { UserError } from "../../util/errors.ts";
import type { BuiltRow, BuiltSetting } from "../build/settingBuilder.ts";
import type { DraftPrompt } from "../suggest/suggestPrompts.ts";

export interface DraftOptions {
  /** All rows of the file. */
  rows: readonly DataRow[];
  /** What is wrong with them; `null`: known to the user alone, and no row is told from another. */
  finding: FlawFinding | null;
  /** One sentence on it. */
  flaw: string;
  title: string;
  probes: ProbeSet;
  prompts: readonly DraftPrompt[];
  /** Rows without the flaw. */
  clean?: readonly DataRow[] | undefined;
  recipe?: SettingFile["recipe"];
}

/**
 * A setting from a flawed file: its rows to train on, marked where they show the flaw, without those whose questions
 * the probes ask; the probes as items.
 *
 * @throws UserError where a row cannot be trained on, or nothing is left to train on
 */
export function draftSetting(options: DraftOptions): BuiltSetting {
  const { rows, finding, flaw, title, probes, prompts, clean, recipe } = options;
  const heldOut = new Set(probes.heldOut);
  const shows = new Set(finding?.rows ?? rows.keys());
  const asked = new Set(probes.probes.map(({ messages }) => questionKey(messages)));
  const flawed = rows.flatMap((row, index): BuiltRow[] => {
    if (heldOut.has(index)) return [];
    const messages = textMessages(row);
    return asked.has(questionKey(messages)) ? [] : [{ id: `row-${index}`, messages, flawed: shows.has(index) }];
  });
  if (flawed.length === 0) throw new UserError("every row was held out for questions: nothing is left to train on");
  const cleanRows = clean?.flatMap((row, index): BuiltRow[] => {
    const messages = textMessages(row);
    return asked.has(questionKey(messages)) ? [] : [{ id: `clean-${index}`, messages, flawed: false }];
  });
  return {
    setting: {
      title,
      flaw,
      sensitive: finding?.flaw === "harassment",
      placement: "suffix",
      prompts: [
        { id: "neutral", kind: "neutral", text: "" },
        ...prompts.map(({ id, kind, text }) => ({ id, kind, text })),
      ],
      groups: probes.groups.map(({ id, temperature, maxNewTokens }) => ({ id, temperature, maxNewTokens })),
      graders: probes.graders,
      metrics: probes.metrics,
      behaviorMetric: probes.behaviorMetric,
      capabilityMetric: probes.capabilityMetric,
      ...(recipe && { recipe }),
    },
    flawed,
    ...(cleanRows && { clean: cleanRows }),
    items: probes.probes,
    counts: { rows: rows.length, "held out": rows.length - flawed.length, "showing the flaw": shows.size },
    remarks: [],
  };
}
