import { readFile } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import { addApply } from "./apply.ts";
import { describeFailure } from "./describeFailure.ts";
import { addSample } from "./sample.ts";
import { addTrain } from "./train.ts";
import type { RunVerb, VerbIo } from "./verb.ts";

/** Where a command line writes. */
export interface CommandLineOutput {
  out(text: string): void;
  err(text: string): void;
}

const standardOutput: CommandLineOutput = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
};

const verbs = [addTrain, addSample, addApply];

/**
 * Runs one command and returns its exit code: 0 done, 1 our fault, 2 the user's mistake, 3 findings, 130 interrupted.
 * The first Ctrl-C asks the verb to stop at a safe point, the second ends the process.
 *
 * @param args what stands after `inoculate`
 */
export async function runCommandLine(args: readonly string[], output = standardOutput): Promise<number> {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    output.err("\nStopping; press Ctrl-C again to stop at once.\n");
    controller.abort();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const program = await createProgram(output, verbRunner(output, controller.signal));
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { text, exitCode } = describeFailure(error, controller.signal.aborted);
    output.err(`${text}\n`);
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
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .configureHelp({ showGlobalOptions: false })
    .showHelpAfterError("(add --help for what is possible)");
  for (const add of verbs) add(program, run);
  return program;
}

function verbRunner(output: CommandLineOutput, signal: AbortSignal): RunVerb {
  return async ({ json = false }, work) => {
    const note = (line: string): void => output.err(`${line}\n`);
    const io: VerbIo = { signal, json, note, say: json ? note : (line) => output.out(`${line}\n`) };
    const result = await work(io);
    if (json) output.out(`${JSON.stringify(result, refuseNonFinite)}\n`);
  };
}

/** JSON has no NaN or Infinity, and `JSON.stringify` would hide them as null. */
function refuseNonFinite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`"${key}" of the result is ${value}`);
  return value;
}
