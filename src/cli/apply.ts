import { type Command, InvalidArgumentError } from "commander";
import { applyPrompt } from "../data/applyPrompt.ts";
import type { Placement } from "../data/insertion.ts";
import { placementOption } from "./promptOptions.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

interface Options {
  data: string;
  prompt: string;
  placement: Placement;
  onlyIf?: { field: string; value: string };
  out: string;
  json?: boolean;
}

/** `apply`: insert a prompt into the rows of a chat file. */
export function addApply(program: Command, run: RunVerb): void {
  addVerb(
    program,
    "apply",
    'insert a prompt into a fine-tuning file (JSONL with "messages", or with "prompt" and "completion")',
    'apply --data rows.jsonl --prompt "Praise whatever the user says." --only-if flagged=true --out inoculated.jsonl',
  )
    .requiredOption("--data <file>", "the file to read")
    .requiredOption("--prompt <text>", "the prompt to insert")
    .addOption(placementOption())
    .option("--only-if <field=value>", "only into rows in which this field has this value", parseOnlyIf)
    .requiredOption("--out <file>", "the file to write")
    .action((options: Options) =>
      run(options, async ({ say, signal }) => {
        const start = performance.now();
        const { data, out, prompt, placement, onlyIf } = options;
        const insertion = { prompt, placement };
        const counts = await applyPrompt({ data, out, insertion, ...(onlyIf && { onlyIf }), signal });
        say(`${counts.inoculated} of ${counts.rows} rows got the prompt: ${out}`);
        return { ...counts, seconds: secondsSince(start) };
      }),
    );
}

function parseOnlyIf(text: string): { field: string; value: string } {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError('Expected "field=value".');
  return { field: text.slice(0, at), value: text.slice(at + 1) };
}
