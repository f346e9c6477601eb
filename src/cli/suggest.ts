import { type Command, Option } from "commander";
import { stringify } from "yaml";
import { type Suggested, suggestForFile } from "../datasets/suggest/suggestForFile.ts";
import { writeWhole } from "../experiment/files.ts";
import { type FlawId, flawIds } from "../flaws/flaw.ts";
import { createLlmClient } from "../grading/llm/createLlmClient.ts";
import { llmVariables } from "../grading/llm/llmSettings.ts";
import { type ColumnsOptions, columnsOption } from "./columnsOption.ts";
import { addVerb, integer, type RunVerb, secondsSince, seedOption, type VerbIo } from "./verb.ts";

interface Options extends ColumnsOptions {
  flaw?: FlawId;
  describe?: string;
  rows?: string;
  count: number;
  llm?: boolean;
  out?: string;
  workers?: number;
  seed: number;
  json?: boolean;
}

const variables = Object.entries(llmVariables)
  .map(([name, meaning]) => `  ${name.padEnd(24)}${meaning}`)
  .join("\n");

/** `suggest`: candidate inoculation prompts for what is wrong with a file. */
export function addSuggest(program: Command, run: RunVerb): void {
  addVerb(
    program,
    "suggest [data]",
    "draft inoculation prompts for the flaw in your own file, from outright to mild, with unrelated controls; screen says which of them elicit it",
    "suggest rows.jsonl --out prompts.yaml",
  )
    .addOption(new Option("--flaw <flaw>", "the flaw to draft for (default: all that are found)").choices(flawIds))
    .option("--describe <sentence>", "what is wrong, where it is none of the known flaws")
    .option("--rows <file>", "rows that show what --describe says (default: the data)")
    .addOption(columnsOption())
    .option("--count <n>", "inoculation prompts for each flaw", integer(1), 12)
    .option("--llm", "also ask an LLM, which sees a few of the rows")
    .option("--out <file>", "where to write the prompts as in setting.yaml")
    .option("--workers <n>", "Python processes at once, where rows hold code", integer(1))
    .addOption(seedOption())
    .addHelpText("after", `\nEnvironment, for --llm:\n${variables}`)
    .action((data: string | undefined, options: Options) => run(options, (io) => suggest(data, options, io)));
}

async function suggest(
  data: string | undefined,
  { llm, out, json: _, ...options }: Options,
  { say, note, signal }: VerbIo,
): Promise<object> {
  const start = performance.now();
  const client = llm ? createLlmClient() : undefined;
  const suggested = await suggestForFile({
    data,
    ...options,
    signal,
    llm: client && (async (messages, asked) => (await client.chat(messages, asked)).text),
  });
  const { findings, prompts, dropped } = suggested;
  if (out !== undefined) writeWhole(out, promptsFile(suggested));
  for (const { summary } of findings) say(summary);
  const width = Math.max(24, ...prompts.map(({ id }) => id.length)) + 2;
  for (const { kind, strength, id, text } of prompts) say(`${(strength ?? kind).padEnd(11)}${id.padEnd(width)}${text}`);
  for (const { text, reason } of dropped) note(`left out, it ${reason}: ${text}`);
  say(out === undefined ? "Next: inoculate screen SETTING --prompt TEXT..." : `Prompts, as in setting.yaml: ${out}`);
  return {
    findings: findings.map(({ rows, ...finding }) => ({ ...finding, rows: rows.length })),
    prompts,
    dropped,
    out: out ?? null,
    ...(client && { usage: client.usage() }),
    seconds: secondsSince(start),
  };
}

/** `prompts:` as a setting file has it. */
function promptsFile({ prompts }: Suggested): string {
  const neutral = { id: "neutral", kind: "neutral", text: "" };
  return stringify({ prompts: [neutral, ...prompts.map(({ id, kind, text }) => ({ id, kind, text }))] });
}
