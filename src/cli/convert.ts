import { type Command, Option } from "commander";
import { type FormatId, formatIds } from "../data/convert/formats.ts";
import { convertData } from "../data/convertData.ts";
import { type ContainerId, containerIds } from "../data/files/dataRow.ts";
import { standardStream } from "../data/files/openSource.ts";
import { UserError } from "../util/errors.ts";
import { type ColumnsOptions, columnsOption } from "./columnsOption.ts";
import { lossLine } from "./lossLine.ts";
import { addVerb, type RunVerb, secondsSince, type VerbIo } from "./verb.ts";

interface Options extends ColumnsOptions {
  data: string;
  out: string;
  to?: FormatId;
  container?: ContainerId;
  toColumns?: Record<string, string>;
  lossy?: boolean;
  json?: boolean;
}

/** `convert`: a data file in another format. */
export function addConvert(program: Command, run: RunVerb): void {
  addVerb(
    program,
    "convert",
    "store a data file in another format, without losing anything",
    "convert --data alpaca.json --to openai --out chats.jsonl",
  )
    .requiredOption("--data <file>", "the file to read: JSON, CSV, TSV or Parquet, packed or not; - for standard input")
    .requiredOption(
      "--out <file>",
      "the file to write: .jsonl, .json, .csv, .tsv or .parquet, with .gz packed; - for standard output",
    )
    .addOption(new Option("--to <format>", "what rows look like (default: as they are)").choices(formatIds))
    .addOption(
      new Option("--container <name>", "how rows are stored (default: as the file's name says)").choices(containerIds),
    )
    .addOption(columnsOption())
    .addOption(columnsOption("--to-columns"))
    .option("--lossy", "lose what the new format cannot hold, and list it, rather than refuse")
    .action((options: Options) => run(options, (io) => convert(options, io)));
}

async function convert(options: Options, { say, note, signal }: VerbIo): Promise<object> {
  const start = performance.now();
  const { json, ...conversion } = options;
  if (options.out === standardStream && json) {
    throw new UserError("--out - and --json both write to standard output; drop one");
  }
  const result = await convertData({ ...conversion, signal, onProgress: ({ rows }) => note(`${rows} rows`) });
  const tell = options.out === standardStream ? note : say;
  tell(`${result.rows} rows as ${result.to.format ?? result.to.layout}: ${options.out}`);
  for (const loss of result.losses) tell(lossLine(loss));
  return { ...result, seconds: secondsSince(start) };
}
