import { type Command, Option } from "commander";
import { type DeviceChoice, deviceChoices } from "../engine/executors/device.ts";
import type { StudyOptions } from "../experiment/study.ts";
import { integer } from "./verb.ts";

/** What the options of every verb that works on a setting give. */
export interface StudyVerbOptions {
  model?: string;
  out: string;
  workers?: number;
  device?: DeviceChoice;
  items?: number;
  calibration?: string;
}

/** Adds `--model`, `--device`, `--out`, `--workers`, `--items` and `--calibration`. */
export function addStudyOptions(command: Command): Command {
  return addModelOption(command)
    .option("--out <folder>", "the store: models, replies, grades; what it holds is not done again", "runs")
    .option(
      "--workers <n>",
      "processes at once; results don't depend on it (default: the cores; 1 on a GPU)",
      integer(1),
    )
    .option("--items <n>", "items per group in every set (default: enough for the claims)", integer(1))
    .option("--calibration <file>", "what `calibrate` wrote (default: what other embedded models taught)");
}

/** Adds `--model` and `--device`. */
export function addModelOption(command: Command): Command {
  return command
    .option(
      "--model <model>",
      "the initial model: a folder in Hugging Face format, or the id of a model that `model pull` fetched (default: the embedded one)",
    )
    .addOption(deviceOption());
}

/** Where models are trained and sampled. */
export function deviceOption(): Option {
  return new Option(
    "--device <device>",
    "the processor in float32, its bfloat16 units, or a GPU through WebGPU; auto: bfloat16 from 10 million parameters on, where the processor has it",
  )
    .choices(deviceChoices)
    .default("auto");
}

/** The options as the library takes them. */
export function studyOptionsOf(
  { model, out, workers, device, items, calibration }: StudyVerbOptions,
  signal: AbortSignal,
): StudyOptions {
  const counts = items && { screen: items, validation: items, test: items, testCapability: items, testOther: items };
  return { base: model, folder: out, workers, device, calibration, ...(counts && { items: counts }), signal };
}
