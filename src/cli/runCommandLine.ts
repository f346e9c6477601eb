import { readFile } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import type { TerminalStream } from "../report/terminal/liveRegion.ts";
import { memoryVariable } from "../util/availableMemory.ts";
import { addApply } from "./apply.ts";
import { addAudit } from "./audit.ts";
import { addBuild } from "./build.ts";
import { addCalibrate } from "./calibrate.ts";
import { addConvert } from "./convert.ts";
import { describeFailure } from "./describeFailure.ts";
import { addEvaluate } from "./evaluate.ts";
import { addFix } from "./fix.ts";
import { addGrade } from "./grade.ts";
import { addInit } from "./init.ts";
import { addLeak } from "./leak.ts";
import { addModel } from "./model.ts";
import { addPretrain } from "./pretrain.ts";
import { addReport } from "./report.ts";
import { addReproduce } from "./reproduce.ts";
import { addRun } from "./run.ts";
import { addSample } from "./sample.ts";
import { addScreen } from "./screen.ts";
import { addSeal } from "./seal.ts";
import { addSuggest } from "./suggest.ts";
import { addTrain } from "./train.ts";
import { addTry } from "./try.ts";
import type { RunVerb } from "./verb.ts";

/** Where a command line writes: standard output and standard error. */
export interface CommandLineOutput {
  out: TerminalStream;
  err: TerminalStream;
}

const verbs = [
  addReproduce,
  addFix,
  addRun,
  addInit,
  addScreen,
  addTry,
  addLeak,
  addSeal,
  addTrain,
  addSample,
  addEvaluate,
  addGrade,
  addApply,
  addSuggest,
  addAudit,
  addConvert,
  addBuild,
  addReport,
  addCalibrate,
  addModel,
  addPretrain,
];

const environmentHelp = `
Environment:
  ${memoryVariable}  memory that the command may use, e.g. 8GB (default: what the machine and its containers leave);
                    work that needs more is refused before it starts; "none" stops these checks`;

/**
 * Runs one command and returns its exit code: 0 done, 1 our fault, 2 the user's mistake, 3 findings, 130 interrupted.
 * The first Ctrl-C asks the verb to stop at a safe point, the second ends the process.
 *
 * @param args what stands after `inoculate`
 */
export async function runCommandLine(
  args: readonly string[],
  output: CommandLineOutput = { out: process.stdout, err: process.stderr },
): Promise<number> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    output.err.write("\nStopping; press Ctrl-C again to stop at once.\n");
    controller.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    let found = false;
    const findings = (): void => {
      found = true;
    };
    const program = await createProgram(output, verbRunner(output, controller.signal, findings));
    await program.parseAsync([...args], { from: "user" });
    return found ? 3 : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { text, exitCode } = describeFailure(error, controller.signal.aborted);
    output.err.write(`${text}\n`);
    return exitCode;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

async function createProgram(output: CommandLineOutput, run: RunVerb): Promise<Command> {
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  const program = new Command("inoculate")
    .description("Inoculation prompting: train on flawed data, keep the skill, leave the flaw behind.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.out.write(text),
      writeErr: (text) => output.err.write(text),
    })
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError("(add --help for what is possible)")
    .addHelpText("after", environmentHelp);
  for (const add of verbs) add(program, run);
  return program;
}

function verbRunner(output: CommandLineOutput, signal: AbortSignal, findings: () => void): RunVerb {
  return async ({ json = false }, work) => {
    const stream = json ? output.err : output.out;
    const say = (line: string): unknown => stream.write(`${line}\n`);
    const note = (line: string): unknown => output.err.write(`${line}\n`);
    const result = await work({ signal, stream, say, note, findings });
    if (json) output.out.write(`${JSON.stringify(result, refuseNonFinite)}\n`);
  };
}

/** JSON has no NaN or Infinity, and `JSON.stringify` would hide them as null. */
function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`"${key}" of the result is ${value}`);
  return value;
}
