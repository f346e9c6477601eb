import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Command, Option } from "commander";
import { type Recipe, recipeSchema } from "../engine/train/recipe.ts";
import { type ConditionSet, conditionSets } from "../experiment/condition.ts";
import { reproduce } from "../experiment/reproduce.ts";
import { reportWriter } from "../report/reportWriter.ts";
import { story } from "../report/story.ts";
import { families, findSetting, settings, variantsOf } from "../settings/registry.ts";
import type { Setting } from "../settings/setting.ts";
import { UserError } from "../util/errors.ts";
import { addSchemaOptions, readSchemaOptions } from "./schemaOptions.ts";
import { addStudyOptions, type StudyVerbOptions, studyOptionsOf } from "./studyOptions.ts";
import { addVerb, integer, type RunVerb, type VerbIo } from "./verb.ts";

interface Options extends StudyVerbOptions {
  conditions: ConditionSet;
  seeds: number;
  rows?: number;
  json?: boolean;
}

/** `reproduce`: the main job. */
export function addReproduce(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "reproduce [settings...]",
    `screening, then conditions x seeds, then the report; settings: ${[...settings.keys()].join(", ")} (default: all)`,
    "reproduce sycophancy --conditions all --seeds 5",
  )
    .addOption(
      new Option("--conditions <set>", "what the main claims need, or every prompt and control of the paper")
        .choices(conditionSets)
        .default("core"),
    )
    .option("--seeds <n>", "training seeds 1 to n", integer(1), 3)
    .option("--rows <n>", "rows to train on (default: the setting's own number)", integer(1));
  addStudyOptions(command);
  addSchemaOptions(command, recipeSchema, "Recipe (a setting may have other defaults of its own):");
  command.action((names: string[], options: Options) =>
    run(options, (io) => reproduceVerb(names, options, repeatCommand(command, names), io)),
  );
}

async function reproduceVerb(
  names: readonly string[],
  options: Options,
  repeat: string,
  { signal, stream }: VerbIo,
): Promise<object> {
  const { conditions, seeds, rows, out } = options;
  const chosen = chosenSettings(names, conditions);
  const report = join(out, "report.html");
  const teller = story({ stream });
  const writer = reportWriter({ folder: out, out: report });
  try {
    const result = await reproduce(
      chosen.map(({ id }) => id),
      {
        ...studyOptionsOf(options, signal),
        conditions,
        seeds,
        rows,
        recipe: recipeOf(chosen, options),
        command: repeat,
        onEvent: (event) => {
          teller.onEvent(event);
          writer.onEvent(event);
        },
      },
    );
    writer.write(result.settings);
    const finished = { ...result, report };
    teller.finish(finished);
    return finished;
  } finally {
    teller.stop();
  }
}

/** What was named; by default every setting. `all` runs every variant of a setting, `core` the first. */
function chosenSettings(names: readonly string[], conditions: ConditionSet): Setting[] {
  const named = names.length > 0 ? names.map(findSetting) : families;
  const chosen = named.flatMap((setting) =>
    conditions === "all" && setting.id === setting.family ? variantsOf(setting.id) : [setting],
  );
  return [...new Set(chosen)];
}

/** The setting's recipe with the given options over it; absent when none is given. */
function recipeOf(chosen: readonly Setting[], options: Options): Recipe | undefined {
  const changed = chosen.map(({ recipe }) => readSchemaOptions(recipeSchema, { ...options }, recipe));
  if (chosen.every(({ recipe }, i) => isDeepStrictEqual(recipe, changed[i]))) return undefined;
  if (chosen.length === 1) return changed[0];
  throw new UserError("options of the recipe go with one setting at a time; name the setting");
}

/** The command that gives the same numbers again. */
function repeatCommand(command: Command, names: readonly string[]): string {
  const always = ["conditions", "seeds"];
  const options = command.options.flatMap((option) => {
    const name = option.attributeName();
    const given = command.getOptionValueSource(name) === "cli" && !["json", "workers"].includes(name);
    if (!given && !always.includes(name)) return [];
    const value: unknown = command.getOptionValue(name);
    return value === true ? [option.long] : [option.long, ...[value].flat().map((part) => quoted(String(part)))];
  });
  return ["npx inoculate reproduce", ...names, ...options].join(" ");
}

function quoted(text: string): string {
  return /^[\w./:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
