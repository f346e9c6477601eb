import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import { recipeSchema } from "../engine/train/recipe.ts";
import type { LeakOptions, LeakProgress } from "../experiment/leak/leak.ts";
import { findSetting } from "../settings/registry.ts";
import { addSchemaOptions, readSchemaOptions } from "./schemaOptions.ts";
import { addStudyOptions, type StudyVerbOptions, studyOptionsOf } from "./studyOptions.ts";
import { integer, positive, type VerbIo } from "./verb.ts";

/** What the options of `leak` and `seal` give. */
export interface LeakVerbOptions extends StudyVerbOptions {
  trainPrompt?: string;
  seeds?: number;
  seed?: number;
  adapter?: string;
  rows?: number;
  threshold?: number;
  json?: boolean;
}

/** Adds what says which models are compared, and the gate's threshold. */
export function addLeakOptions(command: Command): Command {
  command
    .option("--train-prompt <prompt>", "inoculated with: a prompt's id, a wording, or selected (default: selected)")
    .option("--seeds <n>", "training seeds 1 to n (default: 3)", integer(1))
    .option("--adapter <folder>", "an inoculated model, from a store or in PEFT format, in place of training one")
    .option("--seed <n>", "of the models beside an adapter that is from no store (default: 1)", integer(0))
    .option("--rows <n>", "rows to train on (default: the setting's own number)", integer(1))
    .option("--threshold <share>", "largest excess over either reference that passes (default: 0.1)", positive(1));
  addStudyOptions(command);
  return addSchemaOptions(command, recipeSchema, "Recipe (a setting may have other defaults of its own):");
}

/** The options as the library takes them. */
export function leakOptionsOf(settingId: string, options: LeakVerbOptions, { signal, note }: VerbIo): LeakOptions {
  const { trainPrompt, seeds, seed, adapter, rows, threshold } = options;
  const own = findSetting(settingId).recipe;
  const given = readSchemaOptions(recipeSchema, { ...options }, own);
  const recipe = isDeepStrictEqual(given, own) ? undefined : given;
  const study = studyOptionsOf(options, signal);
  return { ...study, trainPrompt, seeds, seed, adapter, rows, threshold, recipe, onProgress: progressNotes(note) };
}

const parts: Readonly<Record<LeakProgress["part"], string>> = {
  training: "models trained or found",
  sealing: "models sealed",
  evaluating: "evaluations",
};

/** A line per finished model, and per tenth of the evaluations. */
function progressNotes(note: VerbIo["note"]): (progress: LeakProgress) => void {
  let told = 0;
  return ({ part, done, total }) => {
    const tenth = Math.floor((10 * done) / total);
    if (part === "evaluating" && tenth === told) return;
    if (part === "evaluating") told = tenth;
    note(`${done} of ${total} ${parts[part]}`);
  };
}
