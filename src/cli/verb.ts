import { type Command, InvalidArgumentError, Option } from "commander";
import type { TerminalStream } from "../report/terminal/liveRegion.ts";

/** What a verb can tell the world, and how the world tells it to stop. */
export interface VerbIo {
  /** Aborts on Ctrl-C. */
  signal: AbortSignal;
  /** Where the result in words goes: standard output, or standard error with `--json`. */
  stream: TerminalStream;
  /** A line of the result in words, to `stream`. */
  say(line: string): unknown;
  /** Progress and remarks: always standard error. */
  note(line: string): unknown;
  /** The verb found what it looks for, a leak say: the command ends with exit code 3. */
  findings(): void;
}

/** Does a verb's work and prints the object it returns as the last line of standard output when `--json` is given. */
export type RunVerb = (options: { json?: boolean }, work: (io: VerbIo) => Promise<object>) => Promise<void>;

/** Adds a verb to the program, with `--json` and an example below its help. */
export function addVerb(program: Command, usage: string, description: string, example: string): Command {
  return program
    .command(usage)
    .description(description)
    .option("--json", "end with one JSON object on the last line of standard output")
    .addHelpText("after", `\nExample:\n  $ inoculate ${example}`);
}

/** The seed that decides data order, adapter initialisation and sampling. */
export function seedOption(): Option {
  return new Option("--seed <n>", "decides data order, initialisation and sampling").argParser(integer(0)).default(1);
}

/** Parser of an option that takes a whole number of at least `least`. */
export function integer(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}

/** Parser of an option that takes a number above 0 and, where an end is given, below it. */
export function positive(below = Number.POSITIVE_INFINITY): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value > 0 && value < below) return value;
    const end = Number.isFinite(below) ? ` and below ${below}` : "";
    throw new InvalidArgumentError(`Expected a number above 0${end}.`);
  };
}

/** Seconds since `performance.now()` was `start`. */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
