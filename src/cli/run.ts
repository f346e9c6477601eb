import { join, parse } from "node:path";
import { type Command, Option } from "commander";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { writeWhole } from "../experiment/files.ts";
import { planHelp } from "../experiment/plans/planKeys.ts";
import { runPlan } from "../experiment/plans/runPlan.ts";
import { planReport } from "../report/planReport.ts";
import { planPreviewLines, planTableLines } from "../report/planTable.ts";
import { planProgress } from "./planProgress.ts";
import { deviceOption } from "./studyOptions.ts";
import { addVerb, integer, type RunVerb } from "./verb.ts";

interface Options {
  out: string;
  workers?: number;
  device?: DeviceChoice;
  dryRun?: boolean;
  json?: boolean;
}

/** `run`: any grid of experiments, from a file. */
export function addRun(program: Command, run: RunVerb): void {
  addVerb(program, "run <plan>", "any grid of experiments, from a YAML file; checked whole before it starts", example)
    .addOption(new Option("--dry-run", "only check the plan and show what it would do"))
    .option("--out <folder>", "the store: models, replies, grades; what it holds is not done again", "runs")
    .option(
      "--workers <n>",
      "processes at once; results don't depend on it (default: the cores; 1 on a GPU)",
      integer(1),
    )
    .addOption(deviceOption())
    .addHelpText("after", () => `\nKeys of a plan (one value may stand for a list):\n${planHelp().join("\n")}`)
    .action((plan: string, options: Options) =>
      run(options, async ({ say, note, signal, stream }) => {
        const { out: folder, workers, device, dryRun } = options;
        const result = await runPlan(plan, {
          folder,
          workers,
          device,
          dryRun,
          signal,
          onPreview: (preview) => {
            for (const line of planPreviewLines(preview)) (dryRun ? say : note)(line);
          },
          onEvent: planProgress(note),
        });
        const color = stream.isTTY === true;
        if (!dryRun)
          for (const table of result.settings) for (const line of planTableLines(table, { color })) say(line);
        if (dryRun) return { ...result, report: null };
        const report = join(folder, `${parse(plan).name}.html`);
        writeWhole(report, planReport(result));
        say(`Report: ${report}`);
        return { ...result, report };
      }),
    );
}

const example = "run examples/first-plan.yaml --dry-run";
