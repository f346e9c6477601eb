import { existsSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { stringify } from "yaml";
import { writeWhole } from "../files.ts";
import type { FixOptions } from "./fixOptions.ts";

export interface FixPlanOptions extends Pick<FixOptions, "base" | "seeds" | "items"> {
  /** Absolute path of the folder that the plan is written to. */
  out: string;
  /** Absolute path of the setting file. */
  setting: string;
  /** Id of the selected prompt; `null`: none. */
  selected: string | null;
  /** Id of the unrelated prompt; `null`: none. */
  unrelated: string | null;
  /** Enough rows are left without the flagged ones. */
  filterable: boolean;
}

/** Writes everything that a decision takes as a plan, which can be read, repeated and changed. Returns its path. */
export function writeFixPlan(options: FixPlanOptions): string {
  const { out, setting, base, seeds = 3, items = 300, selected, unrelated, filterable } = options;
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
    // A plan's folders are relative to the plan.
    ...(base !== undefined && { bases: existsSync(base) ? resolve(base) : base }),
    seeds,
    items,
    arms,
  };
  writeWhole(file, stringify(content, { lineWidth: 120 }));
  return file;
}
