import { type Command, InvalidArgumentError, Option } from "commander";
import { parseCondition, type RowCondition } from "../data/apply/rowCondition.ts";
import { readRowList } from "../data/apply/rowList.ts";
import { readPrompts, type WeightedPrompt } from "../data/apply/wordings.ts";
import { type ApplyInsertion, type ApplyOptions, type ApplyResult, applyPrompt } from "../data/applyPrompt.ts";
import { type FormatId, formatIds } from "../data/convert/formats.ts";
import { standardStream } from "../data/files/openSource.ts";
import type { Placement } from "../data/insertion.ts";
import { UserError } from "../util/errors.ts";
import { changeLines } from "./changeLines.ts";
import { columnsOption } from "./columnsOption.ts";
import { lossLine } from "./lossLine.ts";
import { placementOption } from "./promptOptions.ts";
import { addVerb, integer, type RunVerb, secondsSince, type VerbIo } from "./verb.ts";

interface Options {
  data: string;
  out?: string;
  neutralOut?: string;
  prompt?: string[];
  weights?: number[];
  prompts?: string;
  placement: Placement;
  slot?: string;
  replace?: string;
  skipMissing?: boolean;
  turn?: "first" | "last" | "every";
  separator?: string;
  onlyIf?: RowCondition[];
  rows?: string;
  seed: number;
  columns?: Record<string, string>;
  to?: FormatId;
  toColumns?: Record<string, string>;
  lossy?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `apply`: insert a prompt into the rows of a file. */
export function addApply(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "apply",
    "insert a prompt into the rows of a fine-tuning file; all else stays as it is, to the byte",
    'apply --data rows.jsonl --prompt "Praise whatever the user says." --only-if flagged=true --out inoculated.jsonl',
  );
  addFiles(command);
  addPrompts(command);
  addChoices(command);
  command.action((options: Options) =>
    run(options, async (io) => {
      const start = performance.now();
      const result = await applyPrompt(await applyOptionsOf(options, io));
      const { changed, ...counts } = result;
      const say = writesToStandardOutput(options) ? io.note : io.say;
      for (const line of resultLines(options, result)) say(line);
      return { ...counts, ...(options.dryRun && { dryRun: true, changed }), seconds: secondsSince(start) };
    }),
  );
}

/** Whether it is rows that standard output gets. */
function writesToStandardOutput({ out, neutralOut, dryRun }: Options): boolean {
  return !dryRun && (out === standardStream || neutralOut === standardStream);
}

function addFiles(command: Command): void {
  command
    .requiredOption(
      "--data <file>",
      "the file to read: JSON lines, a JSON list, CSV, TSV or Parquet; - is standard input",
    )
    .option("--out <file>", "the file to write, packed if its name ends with .gz; - is standard output")
    .option("--neutral-out <file>", "write the neutral twin, too: the same rows without the prompt")
    .addOption(columnsOption())
    .addOption(new Option("--to <format>", "write rows in another format (default: as they are)").choices(formatIds))
    .addOption(columnsOption("--to-columns"))
    .option("--lossy", "with --to: lose what that format cannot hold, and list it, rather than refuse")
    .option("--dry-run", "write nothing; show the first rows that change");
}

function addPrompts(command: Command): void {
  command
    .option("--prompt <text>", "the prompt to insert; give several to share the rows among them", gather(String))
    .option("--weights <numbers>", "relative shares of the prompts, e.g. 3,1 (default: equal)", weightList)
    .option("--prompts <file>", "the prompts from YAML or JSON: a list of texts, or of objects with text and weight")
    .addOption(placementOption())
    .addOption(
      new Option("--slot <marker>", 'replace this marker in the user\'s text, e.g. "{prompt}"').conflicts([
        "placement",
      ]),
    )
    .addOption(
      new Option("--replace <sentence>", "the prompt takes the place of this sentence in the user's text").conflicts([
        "placement",
        "slot",
      ]),
    )
    .option("--skip-missing", "leave chosen rows without the slot or sentence as they are")
    .addOption(
      new Option("--turn <which>", "which user turns get it (default: last; of slots and sentences, every)").choices([
        "first",
        "last",
        "every",
      ]),
    )
    .option("--separator <text>", "between the prompt and the user's text (default: a space)");
}

function addChoices(command: Command): void {
  command
    .option(
      "--only-if <condition>",
      "only into rows with field=value, field!=value or field (it is there); several must all hold",
      gather(condition),
    )
    .option("--rows <file>", "only into these rows: a list of row numbers (from 1) or ids, or what an audit printed")
    .option("--seed <n>", "decides which row gets which of several prompts", integer(0), 1);
}

async function applyOptionsOf(options: Options, { signal, note }: VerbIo): Promise<ApplyOptions> {
  const { data, out, neutralOut, dryRun, json, rows, onlyIf, seed, skipMissing, columns, to, toColumns, lossy } =
    options;
  if (out === undefined && !dryRun) throw new UserError("expected --out FILE, or --dry-run to write nothing");
  if (!to && (toColumns || lossy)) throw new UserError("--to-columns and --lossy go with --to");
  if (json && writesToStandardOutput(options)) {
    const flag = out === standardStream ? "--out" : "--neutral-out";
    throw new UserError(`${flag} - and --json both write to standard output; drop one`);
  }
  return {
    data,
    ...(!dryRun && { out, neutralOut }),
    insertion: await insertionOf(options),
    onlyIf,
    ...(rows !== undefined && { rows: await readRowList(rows) }),
    skipMissing,
    seed,
    columns,
    ...(to && !dryRun && { target: { to, toColumns, lossy } }),
    ...(dryRun && { show: 3 }),
    signal,
    onProgress: ({ rows: done, part }) => note(`${done} rows: ${part}`),
  };
}

async function insertionOf(options: Options): Promise<ApplyInsertion> {
  const { slot, replace, turn, separator } = options;
  const placement = slot === undefined ? options.placement : (`slot:${slot}` as const);
  if (slot === "" || replace === "") throw new UserError("expected a text for --slot or --replace, found an empty one");
  expectMeaning(options);
  return {
    prompt: await promptsOf(options),
    placement,
    replace,
    ...(turn && { turn }),
    ...(separator !== undefined && { separator }),
  };
}

/** @throws UserError for an option that changes nothing where the prompt goes */
function expectMeaning({ placement, slot, replace, turn, separator, skipMissing }: Options): void {
  const named = slot !== undefined || replace !== undefined;
  if (skipMissing && !named) throw new UserError("--skip-missing goes with --slot or --replace");
  if (separator !== undefined && (named || placement === "system")) {
    throw new UserError("--separator goes with --placement prefix or suffix");
  }
  if (turn && !named && placement === "system") {
    throw new UserError(
      "--turn says which user turns get the prompt, and --placement system puts it into none; drop one",
    );
  }
}

async function promptsOf({ prompt = [], weights, prompts }: Options): Promise<string | WeightedPrompt[]> {
  if (prompt.length > 0 === (prompts !== undefined)) {
    throw new UserError("expected the prompt: one or more --prompt TEXT, or --prompts FILE");
  }
  if (prompts !== undefined) {
    if (weights) throw new UserError("--weights goes with --prompt; in a file each prompt has its own weight");
    return readPrompts(prompts);
  }
  if (prompt.includes("")) throw new UserError("expected a text for --prompt, found an empty one");
  if (weights && weights.length !== prompt.length) {
    throw new UserError(`--weights: expected ${prompt.length} numbers, one for each --prompt, found ${weights.length}`);
  }
  if (prompt.length === 1) return prompt[0] as string;
  return prompt.map((text, i) => ({ text, weight: weights?.[i] ?? 1 }));
}

function resultLines({ out, neutralOut, dryRun }: Options, result: ApplyResult): string[] {
  const { rows, inoculated, skipped = 0, prompts = [], changed = [], losses = [] } = result;
  const where = dryRun ? " (nothing is written)" : `: ${out}`;
  return [
    ...changed.flatMap(changeLines),
    `${inoculated} of ${rows} rows ${dryRun ? "would get" : "got"} the prompt${where}`,
    ...prompts.map((prompt) => `  ${prompt.rows}: ${prompt.text}`),
    ...(skipped > 0 ? [`${skipped} chosen rows have no place for it and stay as they are`] : []),
    ...losses.map(lossLine),
    ...(neutralOut === undefined || dryRun ? [] : [`the neutral twin: ${neutralOut}`]),
  ];
}

function gather<T>(parse: (text: string) => T): (text: string, earlier?: T[]) => T[] {
  return (text, earlier = []) => [...earlier, parse(text)];
}

function condition(text: string): RowCondition {
  try {
    return parseCondition(text);
  } catch {
    throw new InvalidArgumentError('Expected "field=value", "field!=value" or "field".');
  }
}

function weightList(text: string): number[] {
  const weights = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (weights.every((weight) => weight > 0 && weight < Number.POSITIVE_INFINITY)) return weights;
  throw new InvalidArgumentError("Expected numbers above 0 with commas between.");
}
