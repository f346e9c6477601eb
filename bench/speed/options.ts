import { parseArgs } from "node:util";
import { UserError } from "../../src/util/errors.ts";
import { shapes } from "../shapes.ts";
import { executors } from "./executors.ts";
import type { Workload } from "./workloads.ts";

const kinds = ["training", "sampling"] as const;

export interface SpeedOptions {
  shapes: string[];
  threads: number[];
  kinds: Workload["kind"][];
  /** @default all that run on this machine */
  executors?: string[];
  /** @default each workload's own */
  rounds?: number;
  help: boolean;
}

export const usage = `Speed, memory and start of inoculate beside PyTorch and beside transformers + PEFT + TRL.

Usage: npx tsx bench/speed.ts [options]
  --shapes NAMES      of ${Object.keys(shapes).join(", ")} (default tiny,smollm)
  --threads NUMBERS   each measured by itself (default 1,2)
  --only KIND         training or sampling (default both)
  --executors NAMES   of ${Object.keys(executors).join(", ")} (default all that run here)
  --rounds N          processes of every side, in turns (default 2)

Example: INOCULATE_PYTHON=.venv/bin/python npx tsx bench/speed.ts --shapes tiny --threads 1`;

/** @throws UserError naming the option, what was expected and what came */
export function parseSpeedOptions(args: string[]): SpeedOptions {
  const values = parse(args);
  const only = values.only === undefined ? kinds : listOf("--only", values.only, kinds);
  return {
    shapes: listOf("--shapes", values.shapes ?? "tiny,smollm", Object.keys(shapes)),
    threads: (values.threads ?? "1,2").split(",").map((text) => wholeNumber("--threads", text)),
    kinds: [...only],
    ...(values.executors !== undefined && {
      executors: listOf("--executors", values.executors, Object.keys(executors)),
    }),
    ...(values.rounds !== undefined && { rounds: wholeNumber("--rounds", values.rounds) }),
    help: values.help ?? false,
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args,
      options: {
        shapes: text,
        threads: text,
        only: text,
        executors: text,
        rounds: text,
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UserError(`${(error as Error).message}\n\n${usage}`);
  }
}

function listOf<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  return text.split(",").map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found === undefined) throw new UserError(`${option}: expected names of ${known.join(", ")}, got "${name}"`);
    return found;
  });
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UserError(`${option}: expected whole numbers above 0, got "${text}"`);
  return value;
}
