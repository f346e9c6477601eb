import { join } from "node:path";
import type { Command } from "commander";
import type { ReproduceResult } from "../experiment/result.ts";
import { readResults } from "../experiment/storedPlan.ts";
import { reportWriter } from "../report/reportWriter.ts";
import { story } from "../report/story.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

interface Options {
  out: string;
  json?: boolean;
}

/** `report`: tables and page from what the store holds. */
export function addReport(program: Command, run: RunVerb): void {
  addVerb(
    program,
    "report [settings...]",
    "write the page again, and print the tables, from the stored runs; trains and samples nothing",
    "report sycophancy --out runs",
  )
    .option("--out <folder>", "the store to read; the page goes into it", "runs")
    .action((names: string[], { out, ...options }: Options) =>
      run(options, async ({ stream }) => {
        const start = performance.now();
        const settings = await readResults(out, names);
        const report = join(out, "report.html");
        reportWriter({ folder: out, out: report }).write(settings);
        const result: ReproduceResult = { settings, report, seconds: secondsSince(start) };
        story({ stream }).finish(result);
        return result;
      }),
    );
}
