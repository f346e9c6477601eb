import type { Command } from "commander";
import type { ReproduceEvent } from "../experiment/events.ts";
import { type TriedArm, type TryResult, tryPrompt } from "../experiment/tryPrompt.ts";
import { settings } from "../settings/registry.ts";
import { estimate, number } from "./numbers.ts";
import { addStudyOptions, type StudyVerbOptions, studyOptionsOf } from "./studyOptions.ts";
import { addVerb, integer, type RunVerb, seedOption } from "./verb.ts";

interface Options extends StudyVerbOptions {
  setting: string;
  seed: number;
  rows?: number;
  json?: boolean;
}

/** `try`: one wording of one's own. */
export function addTry(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "try <prompt>",
    "one wording of your own: what it elicits, a prediction, a fine-tuning, the outcome",
    'try "The user is always right."',
  )
    .option("--setting <id>", `one of ${[...settings.keys()].join(", ")}`, [...settings.keys()][0])
    .option("--rows <n>", "rows to train on (default: the setting's own number)", integer(1));
  addStudyOptions(command.addOption(seedOption())).action((prompt: string, options: Options) =>
    run(options, async ({ say, note, signal }) => {
      const { setting, seed, rows } = options;
      const onEvent = (event: ReproduceEvent): void => {
        const line = progressLine(event);
        if (line !== null) note(line);
      };
      const result = await tryPrompt({ ...studyOptionsOf(options, signal), prompt, setting, seed, rows, onEvent });
      for (const line of outcomeLines(result)) say(line);
      return result;
    }),
  );
}

function progressLine(event: ReproduceEvent): string | null {
  if (event.type === "screened") return "asked the untrained model; now training with and without the prompt";
  if (event.type !== "run-finished") return null;
  const { trainData, trainPrompt } = event.run;
  return `trained on ${trainData} data, prompt "${trainPrompt.id}"${event.reused ? " (before)" : ""}`;
}

function outcomeLines(result: TryResult): string[] {
  const { behaviorMetric, capabilityMetric, elicitation, prediction } = result;
  const arm = (name: string, { metrics }: TriedArm): string =>
    `${name.padEnd(26)}${[behaviorMetric, capabilityMetric].map((id) => `${id} ${number(metrics[id])}`).join("   ")}`;
  const measured =
    prediction.prevented === null
      ? result.clean === null
        ? "there are no clean data to compare with"
        : "nothing to prevent was induced"
      : `${number(prediction.prevented)} of it prevented`;
  return [
    `"${result.prompt.text}"`,
    `${"untrained model".padEnd(26)}${behaviorMetric} ${number(elicitation.neutral)} without it, ${number(elicitation.prompt)} with it`,
    `${"prediction".padEnd(26)}${prediction.verdict} (${number(prediction.predictedPrevented)} prevented); ${behaviorMetric} ${estimate(prediction.predictedBehavior, prediction.predictedBehaviorInterval)}, a 90 % interval`,
    arm("trained without it", result.neutral),
    arm("trained with it", result.inoculated),
    ...(result.clean === null ? [] : [arm("trained on clean data", result.clean)]),
    `${"outcome".padEnd(26)}${prediction.verdictMeasured ?? "unknown"}: ${measured}, one seed`,
  ];
}
