import { basename, join } from "node:path";
import type { DataRow } from "../../data/files/dataRow.ts";
import { openSettingFolder } from "../../datasets/build/writeSettingFolder.ts";
import { draftSetting } from "../../datasets/init/draftSetting.ts";
import { itemCounts } from "../../datasets/init/initSetting.ts";
import { type DraftPrompt, suggestPrompts } from "../../datasets/suggest/suggestPrompts.ts";
import { type Recipe, recipe as recipeOf } from "../../engine/train/recipe.ts";
import type { FlawFinding } from "../../flaws/flaw.ts";
import { findFlaw } from "../../flaws/registry.ts";
import type { FixOptions } from "./fixOptions.ts";

/** What a file is trained with on the embedded model, and on others, where nothing else is asked for. */
const usual = { embedded: recipeOf({ learningRate: 1e-3 }), other: recipeOf({ learningRate: 1e-4, epochs: 1 }) };

/** Decides held-out rows and the drafts' order. */
const SEED = 1;

export interface FixSetting {
  /** Absolute path of the setting file. */
  setting: string;
  drafts: DraftPrompt[];
  /** Rows that are trained on: all, and those without the flaw. */
  trained: { all: number; unflagged: number };
}

/** Writes the setting of a flawed file: its rows, questions that can show the flaw, and prompts to try. */
export async function writeFixSetting(
  rows: readonly DataRow[],
  finding: FlawFinding,
  { data, out, items = 300, prompts: own = [], base, recipe }: FixOptions & { out: string },
): Promise<FixSetting> {
  const probes = await findFlaw(finding.flaw).probes(finding, rows, { seed: SEED, perGroup: itemCounts(items) });
  const drafts = [...(await suggestPrompts({ findings: [finding], rows, seed: SEED })), ...own.map(ownPrompt)];
  const built = draftSetting({
    rows,
    finding,
    flaw: finding.summary,
    title: basename(data),
    probes,
    prompts: drafts,
    recipe: recipe ?? usualRecipe(base),
  });
  const folder = await openSettingFolder(join(out, "setting"), true);
  const left = built.flawed.filter(({ flawed }) => !flawed).length;
  return { setting: await folder.write(built), drafts, trained: { all: built.flawed.length, unflagged: left } };
}

function usualRecipe(base: string | undefined): Recipe {
  return base === undefined ? usual.embedded : usual.other;
}

function ownPrompt(text: string, index: number): DraftPrompt {
  return { id: `yours-${index + 1}`, kind: "inoculation", text, from: "user" };
}
