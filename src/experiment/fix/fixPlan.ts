import { join, relative, sep } from "node:path";
import { stringify } from "yaml";
import type { DraftPrompt } from "../../datasets/suggest/suggestPrompts.ts";
import { writeWhole } from "../files.ts";
import type { ArmConditions } from "./evidence.ts";
import type { FixOptions } from "./fix.ts";

export interface FixPlanOptions extends Pick<FixOptions, "base" | "seeds" | "items"> {
  /** Absolute path of the folder that the plan is written to. */
  out: string;
  /** Absolute path of the setting file. */
  setting: string;
  drafts: readonly DraftPrompt[];
  /** Id of the selected prompt; `null`: none. */
  selected: string | null;
  /** Enough rows are left without the flagged ones. */
  filterable: boolean;
}

/** A plan for `run`, and the conditions of it that a decision rests on. */
export interface FixPlan {
  file: string;
  arms: ArmConditions;
  /** Under the training prompt itself. */
  asked: Record<"initial" | "neutral" | "inoculated", string | null>;
}

/** Writes everything that a decision takes as a plan, which can be read, repeated and changed. */
export function writeFixPlan(options: FixPlanOptions): FixPlan {
  const { out, setting, base, seeds = 3, items = 300, drafts, selected, filterable } = options;
  // Of those, the one of the selected prompt's form comes first.
  const unrelated = drafts.find(({ kind }) => kind === "unrelated")?.id ?? null;
  const file = join(out, "plan.yaml");
  const trained = [selected, unrelated].filter((id) => id !== null);
  const arms = [
    { trainData: ["none", "flawed"] },
    ...(trained.length > 0 ? [{ prompts: trained }] : []),
    ...(filterable ? [{ trainData: "filtered" }] : []),
    ...(selected === null
      ? []
      : [
          { trainData: ["none", "flawed"], prompts: selected, evalPrompts: "same" },
          { prompts: "neutral", evalPrompts: selected },
        ]),
  ];
  const content = {
    title: "The file as it is, with a prompt, with an unrelated one, without its flagged rows",
    settings: relative(out, setting).split(sep).join("/"),
    ...(base !== undefined && { bases: base }),
    seeds,
    items,
    arms,
  };
  const inoculated = selected === null ? null : `flawed/${selected}/neutral`;
  writeWhole(file, stringify(content, { lineWidth: 120 }));
  return {
    file,
    arms: {
      initial: "none/none/neutral",
      neutral: "flawed/neutral/neutral",
      inoculated,
      unrelated: unrelated === null ? null : `flawed/${unrelated}/neutral`,
      filtered: filterable ? "filtered/neutral/neutral" : null,
    },
    asked: {
      initial: selected === null ? null : `none/none/${selected}`,
      neutral: selected === null ? null : `flawed/neutral/${selected}`,
      inoculated: selected === null ? null : `flawed/${selected}/${selected}`,
    },
  };
}
