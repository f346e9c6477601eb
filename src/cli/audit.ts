import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { standardStream } from "../data/files/openSource.ts";
import type { Placement } from "../data/insertion.ts";
import type { AuditResult } from "../datasets/audit/auditData.ts";
import { UserError } from "../util/errors.ts";
import { auditLines } from "./auditLines.ts";
import { type ColumnsOptions, columnsOption } from "./columnsOption.ts";
import { addPromptOptions } from "./promptOptions.ts";
import { addVerb, integer, positive, type RunVerb, secondsSince, seedOption, type VerbIo } from "./verb.ts";

interface Options extends ColumnsOptions {
  test?: string;
  slot?: string;
  prompt?: string;
  placement: Placement;
  model?: string;
  maxTokens?: number;
  epochs: number;
  pricePerMillion?: number;
  out?: string;
  flagged?: string;
  show?: boolean;
  workers: number;
  seed: number;
  json?: boolean;
}

/** `audit`: what is wrong with a fine-tuning file. */
export function addAudit(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "audit <data>",
    "say what is wrong with a fine-tuning file before money is spent on it; ends with 3 where something must be fixed",
    'audit rows.jsonl --test heldout.jsonl --prompt "Praise whatever the user says." --max-tokens 2048',
  );
  command.option("--test <file>", "held-out rows; none of them may be in the file");
  addPromptOptions(command)
    .addOption(new Option("--slot <marker>", "the prompt goes in place of this marker").conflicts(["placement"]))
    .option("--model <model>", "the model to train, a folder or a fetched id: its tokenizer and template are asked")
    .option("--max-tokens <n>", "most tokens of a row (default: the model's context)", integer(1))
    .option("--epochs <n>", "passes over the file, for the estimate", integer(1), 1)
    .option("--price-per-million <price>", "of training tokens, for the estimate", positive())
    .addOption(columnsOption())
    .option("--out <file>", "write the findings as JSON")
    .option("--flagged <file>", "write the numbers of rows that show a flaw, one a line; apply --rows takes it")
    .option("--show", "show texts that insult, too")
    .option("--workers <n>", "Python processes at once, where rows hold code with tests", integer(1), 1)
    .addOption(seedOption())
    .action((data: string, options: Options) => run(options, (io) => audit(data, options, io)));
}

async function audit(data: string, options: Options, { say, note, signal, findings }: VerbIo): Promise<object> {
  const start = performance.now();
  expectOptionsFit(data, options);
  const { prompt, slot, model, out, flagged, ...rest } = options;
  const placement = slot === undefined ? options.placement : (`slot:${slot}` as const);
  const { auditData } = await import("../datasets/audit/auditData.ts");
  const { modelFolder } = await import("../hub/modelFolder.ts");
  const result = await auditData({
    ...rest,
    data,
    insertion: prompt === undefined ? undefined : { prompt, placement },
    model: model === undefined ? undefined : modelFolder(model),
    signal,
    onProgress: progressLines(note),
  });
  await writeFiles(result, out, flagged);
  for (const line of auditLines(result)) say(line);
  if (result.counts.error > 0) findings();
  return { ...result, seconds: secondsSince(start) };
}

/** @throws UserError where options contradict each other, or a file that is read would be overwritten */
function expectOptionsFit(data: string, { prompt, slot, test, out, flagged }: Options): void {
  if (prompt === "" || slot === "") throw new UserError("expected a text for --prompt and --slot, found an empty one");
  if (slot !== undefined && prompt === undefined) throw new UserError("--slot goes with --prompt");
  if (data === standardStream && test === standardStream) {
    throw new UserError("the rows and --test both come from standard input; name a file for one of them");
  }
  const taken = new Map([data, ...(test === undefined ? [] : [test])].map((name) => [resolve(name), "is read"]));
  for (const [flag, name] of [["--out", out] as const, ["--flagged", flagged] as const]) {
    if (name === undefined) continue;
    if (name === "" || name === standardStream) {
      throw new UserError(`${flag}: expected the name of a file to write, found "${name}"`);
    }
    const use = taken.get(resolve(name));
    if (use) throw new UserError(`${flag} ${name}: this file ${use}, too; choose another name`);
    taken.set(resolve(name), "is written");
  }
}

/** A line for every ten thousand rows: the flaws' detectors together look at each row several times. */
function progressLines(note: VerbIo["note"]): (work: "read" | "flaws", rows: number) => void {
  let [last, told] = ["", 0];
  return (work, rows) => {
    if (work !== last) [last, told] = [work, 0];
    if (rows < told + 10_000) return;
    told = rows;
    note(
      work === "read" ? `${rows.toLocaleString("en")} rows read` : `looking for flaws: ${rows.toLocaleString("en")}`,
    );
  };
}

async function writeFiles(result: AuditResult, out: string | undefined, flagged: string | undefined): Promise<void> {
  const { writeAtomically } = await import("../engine/model/files.ts");
  if (out !== undefined) await writeAtomically(out, `${JSON.stringify(result, null, 2)}\n`);
  if (flagged !== undefined) await writeAtomically(flagged, result.flagged.map((row) => `${row}\n`).join(""));
}
