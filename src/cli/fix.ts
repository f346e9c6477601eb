import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { recipeSchema } from "../engine/train/recipe.ts";
import { writeWhole } from "../experiment/files.ts";
import { type FixResult, fix } from "../experiment/fix/fix.ts";
import { type FlawId, flawIds } from "../flaws/flaw.ts";
import { planReport } from "../report/planReport.ts";
import { planPreviewLines, planTableLines } from "../report/planTable.ts";
import { type ColumnsOptions, columnsOption } from "./columnsOption.ts";
import { planProgress } from "./planProgress.ts";
import { addSchemaOptions, readSchemaOptions } from "./schemaOptions.ts";
import { addModelOption, type StudyVerbOptions } from "./studyOptions.ts";
import { addVerb, integer, type RunVerb, type VerbIo } from "./verb.ts";

interface Options extends ColumnsOptions, Pick<StudyVerbOptions, "model" | "device" | "workers"> {
  out: string;
  flaw?: FlawId;
  prompt?: string[];
  seeds: number;
  items: number;
  dryRun?: boolean;
  json?: boolean;
}

const RECIPE_HEADING =
  "Recipe (default: what teaches the flaw gently to the embedded model; for others 1e-4, one epoch):";

/** `fix`: from a flawed file to one decision. */
export function addFix(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "fix <data>",
    "from a flawed fine-tuning file to one decision: use this prompt, delete the flagged rows, or neither; with reasons, the rewritten file, an adapter and its card",
    "fix rows.jsonl --out fixed",
  );
  addModelOption(command)
    .option("--out <folder>", "everything that is written; what it holds is not done again", "fixed")
    .addOption(new Option("--flaw <flaw>", "the flaw to fix (default: the strongest found)").choices(flawIds))
    .option("--prompt <text...>", "wordings of your own, beside those that are drafted")
    .addOption(columnsOption())
    .option("--seeds <n>", "training seeds 1 to n", integer(1), 3)
    .option("--items <n>", "test items of each kind, as far as the file has them", integer(20), 300)
    .option(
      "--workers <n>",
      "processes at once; results don't depend on it (default: the cores; 1 on a GPU)",
      integer(1),
    )
    .option("--dry-run", "only audit, draft and screen, then say what the rest would cost");
  addSchemaOptions(command, recipeSchema, RECIPE_HEADING);
  command.action((data: string, options: Options) =>
    run(options, (io) => fixVerb(data, options, givenRecipe(command, options), io)),
  );
}

/** The recipe, where an option of it was given. */
function givenRecipe(command: Command, options: Options) {
  const schema = Object.keys(recipeSchema.shape);
  const given = command.options.some((option) => {
    const name = option.attributeName();
    const isRecipe = schema.some((field) => name === field || name.startsWith("lora"));
    return isRecipe && command.getOptionValueSource(name) === "cli";
  });
  return given ? readSchemaOptions(recipeSchema, { ...options }) : undefined;
}

async function fixVerb(
  data: string,
  options: Options,
  recipe: ReturnType<typeof givenRecipe>,
  { say, note, signal, stream }: VerbIo,
): Promise<object> {
  const { model: base, device, workers, out, flaw, prompt: prompts, columns, seeds, items, dryRun } = options;
  const result = await fix({
    data,
    base,
    device,
    workers,
    out,
    flaw,
    prompts,
    columns,
    seeds,
    items,
    recipe,
    dryRun,
    signal,
    onStage: note,
    onPreview: (preview) => {
      for (const line of planPreviewLines(preview)) note(line);
    },
    onEvent: planProgress(note),
  });
  const { table, files } = result;
  for (const line of resultLines(result)) say(line);
  const report = join(out, "report.html");
  if (table === null || files.plan === undefined) {
    // An earlier file's, in which a flaw was found.
    if (result.decision !== null) rmSync(report, { force: true });
    return { ...result, report: null };
  }
  for (const line of planTableLines(table, { color: stream.isTTY === true })) say(line);
  writeWhole(
    report,
    planReport({
      title: `${data}: ${result.flaw?.flaw}`,
      plan: files.plan,
      settings: [table],
      ...(result.decision && { decision: { verdict: verdictText(result), reasons: result.decision.reasons } }),
      command: `npx inoculate fix ${data} --out ${out}`,
    }),
  );
  say(`Report: ${report}`);
  return { ...result, report };
}

const verdicts = {
  "use-prompt": "Use this prompt",
  filter: "Filter instead",
  dont: "Don't",
} as const;

/** "Use this prompt: ..." */
function verdictText({ decision, prompt }: Pick<FixResult, "decision" | "prompt">): string {
  const heading = verdicts[decision?.verdict ?? "dont"];
  return decision?.verdict === "use-prompt" ? `${heading}: ${prompt?.text}` : `${heading}.`;
}

function resultLines({ flaw, otherFlaws, prompt, decision, files }: FixResult): string[] {
  const others = otherFlaws.map((other) => `Not looked into: ${other.summary}; --flaw ${other.flaw} fixes that.`);
  if (decision === null) {
    return [prompt === null ? "Screening selects no prompt." : `Screening selects: ${prompt.text}`, ...others];
  }
  return [
    ...(flaw === null ? [] : [flaw.summary]),
    ...others,
    verdictText({ decision, prompt }),
    ...decision.reasons.map((reason) => `- ${reason}`),
    ...(["data", "adapter", "regression", "decision"] as const).flatMap((name) =>
      files[name] === undefined ? [] : [`${name.padEnd(12)}${files[name]}`],
    ),
  ];
}
