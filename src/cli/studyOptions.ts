import type { Command } from "commander";
import type { StudyOptions } from "../experiment/study.ts";
import { integer } from "./verb.ts";

/** What the options of every verb that works on a setting give. */
export interface StudyVerbOptions {
  model?: string;
  out: string;
  workers?: number;
  items?: number;
  calibration?: string;
}

/** Adds `--model`, `--out`, `--workers` and `--items`. */
export function addStudyOptions(command: Command): Command {
  return addModelOption(command)
    .option("--out <folder>", "the store: models, replies, grades; what it holds is not done again", "runs")
    .option("--workers <n>", "processes at once; results don't depend on it (default: the cores)", integer(1))
    .option("--items <n>", "items per group in every set (default: enough for the claims)", integer(1))
    .option("--calibration <file>", "what `calibrate` wrote (default: what other embedded models taught)");
}

/** Adds `--model`. */
export function addModelOption(command: Command): Command {
  return command.option(
    "--model <model>",
    "the initial model: a folder in Hugging Face format, or the id of a model that `model pull` fetched (default: the embedded one)",
  );
}

/** The options as the library takes them. */
export function studyOptionsOf(
  { model, out, workers, items, calibration }: StudyVerbOptions,
  signal: AbortSignal,
): StudyOptions {
  const counts = items && { screen: items, validation: items, test: items, testCapability: items, testOther: items };
  return { base: model, folder: out, workers, calibration, ...(counts && { items: counts }), signal };
}
