import type { Command } from "commander";
import { finiteJson, writeWhole } from "../experiment/files.ts";
import { calibrate } from "../experiment/prediction/calibrate.ts";
import { readResults } from "../experiment/storedPlan.ts";
import { number } from "./numbers.ts";
import { addVerb, type RunVerb } from "./verb.ts";

interface Options {
  out: string;
  json?: boolean;
}

/** `calibrate`: from finished trainings on several base models to predictions with intervals. */
export function addCalibrate(program: Command, run: RunVerb): void {
  addVerb(
    program,
    "calibrate <stores...>",
    "learns from the stored runs of three or more base models how predictions turn out; other verbs take it with --calibration",
    "calibrate runs/model-a runs/model-b runs/model-c --out calibration.json",
  )
    .requiredOption("--out <file>", "where the calibration is written")
    .action((stores: string[], { out, ...options }: Options) =>
      run(options, async ({ say }) => {
        const results = await Promise.all(stores.map((store) => readResults(store)));
        const calibrations = calibrate(results.flat());
        writeWhole(out, `${finiteJson(calibrations, 2)}\n`);
        const rows = [...Object.entries(calibrations.settings), ["any other", calibrations.other] as const];
        for (const [setting, { bases, prompts, meanAbsoluteError, errors }] of rows) {
          say(
            `${setting}: ${prompts} prompts on ${bases} base models; on one left out, the behavior is off by ` +
              `${number(meanAbsoluteError)}, 90 % between ${errors.map((error) => number(error)).join(" and ")}`,
          );
        }
        say(out);
        return { ...calibrations, file: out };
      }),
    );
}
