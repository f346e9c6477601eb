import { type Command, Option } from "commander";
import { type InitOutcome, initSetting } from "../datasets/init/initSetting.ts";
import { type FlawId, flawIds } from "../flaws/flaw.ts";
import type { GraderSpec } from "../grading/graderSpec.ts";
import { UserError } from "../util/errors.ts";
import { type ColumnsOptions, columnsOption } from "./columnsOption.ts";
import { addVerb, integer, positive, type RunVerb, secondsSince, seedOption, type VerbIo } from "./verb.ts";

interface Options extends ColumnsOptions {
  out: string;
  flaw?: FlawId;
  behaviorMatches?: string;
  behaviorJudge?: string;
  behaviorCommand?: string;
  describe?: string;
  clean?: string;
  interval: number;
  seed: number;
  workers?: number;
  force?: boolean;
  json?: boolean;
}

/** `init`: a setting of one's own, drafted from a fine-tuning file. */
export function addInit(program: Command, run: RunVerb): void {
  addVerb(
    program,
    "init <data>",
    "draft a setting of your own from a fine-tuning file: rows to train on, questions that can show its flaw, graders, prompts",
    "init rows.jsonl --out settings/mine",
  )
    .requiredOption("--out <folder>", "the folder to make; setting.yaml in it takes a setting's place in every verb")
    .addOption(new Option("--flaw <flaw>", "the flaw to ask for (default: the strongest found)").choices(flawIds))
    .option("--behavior-matches <regex>", "for another flaw: a reply that matches shows it")
    .option("--behavior-judge <question>", "for another flaw: a question that a judge answers with 0 or 1 for {reply}")
    .option(
      "--behavior-command <command>",
      'for another flaw: a program whose value "behavior" is 1 where a reply shows it',
    )
    .option("--describe <sentence>", "what is wrong with the file (default: what was found)")
    .option("--clean <file>", "rows without the flaw, to compare with")
    .addOption(columnsOption())
    .option("--interval <w>", "items are held out for 95 % intervals of +-w", positive(0.5), 0.05)
    .addOption(seedOption())
    .option("--workers <n>", "Python processes at once, where rows hold code", integer(1))
    .option("--force", "overwrite what the folder holds")
    .action((data: string, options: Options) => run(options, (io) => init(data, options, io)));
}

async function init(data: string, options: Options, { say, note, signal }: VerbIo): Promise<object> {
  const start = performance.now();
  const { out, flaw, describe, clean, columns, interval: halfWidth, seed, workers, force } = options;
  const behavior = behaviorOf(options);
  const outcome = await initSetting({
    data,
    out,
    flaw,
    behavior,
    describe,
    clean,
    columns,
    halfWidth,
    seed,
    workers,
    force,
    signal,
    onProgress: (stage, done, total) => {
      if (done === total) note(`${stage}: ${total} rows`);
    },
  });
  for (const line of outcomeLines(outcome)) say(line);
  return { ...outcome, seconds: secondsSince(start) };
}

function behaviorOf(options: Options): GraderSpec | undefined {
  const { behaviorMatches: matches, behaviorJudge: judge, behaviorCommand: command } = options;
  const given = [matches, judge, command].filter((value) => value !== undefined);
  if (given.length > 1)
    throw new UserError("--behavior-matches, --behavior-judge, --behavior-command: give one of them");
  if (matches !== undefined) return { matches, value: "behavior" };
  if (judge !== undefined) return { judge, value: "behavior", scale: [0, 1] };
  if (command !== undefined) return { command: command.split(/\s+/).filter((part) => part !== ""), version: "1" };
  return undefined;
}

function outcomeLines({ setting, finding, rows, items, wanted, prompts }: InitOutcome): string[] {
  const counts = Object.entries(items.test ?? {});
  const few = counts.filter(([, n]) => n < wanted.items);
  return [
    ...(finding === null ? [] : [finding.summary]),
    `${rows.trained} rows to train on, ${rows.heldOut} held out for questions`,
    ...Object.entries(items).map(
      ([set, groups]) =>
        `${set.padEnd(12)}${Object.entries(groups)
          .map(([id, n]) => `${n} ${id}`)
          .join(", ")}`,
    ),
    few.length === 0
      ? `Enough for 95 % intervals of +-${wanted.halfWidth}: that takes ${wanted.items} items of a kind.`
      : `A 95 % interval of +-${wanted.halfWidth} takes ${wanted.items} items of a kind; ${few.map(([id, n]) => `${id} has ${n}`).join(", ")}.`,
    `${prompts.length} prompts drafted`,
    `Setting: ${setting}`,
    `Next: inoculate screen ${setting}`,
  ];
}
