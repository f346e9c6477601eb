import { type Command, Option } from "commander";
import { type SealOptions, sealLeaks } from "../experiment/leak/sealLeaks.ts";
import { gateLine, headLines, tableLines } from "./leakLines.ts";
import { addLeakOptions, type LeakVerbOptions, leakOptionsOf } from "./leakOptions.ts";
import { estimate } from "./numbers.ts";
import { addVerb, integer, positive, type RunVerb, secondsSince } from "./verb.ts";

type Options = LeakVerbOptions & Pick<SealOptions, "sealRows" | "sealEpochs" | "questions" | "keepCompliance">;

/** `seal`: consistency training of an inoculated model, and its leaks before and after. Exit code 3 as `leak` has it. */
export function addSeal(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "seal <setting>",
    "train an inoculated model to answer as it does without a prompt; then leak, before and after, on other prompts",
    "seal sycophancy --train-prompt deem-correct --seeds 3",
  )
    .option(
      "--seal-rows <n>",
      "questions that the model answers to be sealed with (default: as many rows as it learned from)",
      integer(1),
    )
    .option("--seal-epochs <n>", "passes over its answers (default: 1)", positive())
    .option("--keep-compliance", "also train on its replies under the training prompt: it still does what that asks")
    .addOption(
      new Option("--questions <data>", "whose questions: of the clean or of the flawed training data; no reply is used")
        .choices(["clean", "flawed"])
        .default("clean"),
    );
  addLeakOptions(command).action((setting: string, options: Options) =>
    run(options, async (io) => {
      const start = performance.now();
      const { sealRows, sealEpochs, questions, keepCompliance } = options;
      const result = await sealLeaks(setting, {
        ...leakOptionsOf(setting, options, io),
        sealRows,
        sealEpochs,
        questions,
        keepCompliance,
      });
      const { before, after, change } = result;
      const ids = (prompts: readonly { id: string }[]): string => prompts.map(({ id }) => id).join(", ");
      for (const line of [
        ...headLines(result),
        `Sealed with ${ids(result.prompts.sealing)}; held out: ${ids(result.prompts.heldOut)}`,
        ...["", "Before sealing", ...tableLines(before), "", gateLine(before.gate)],
        ...["", "After sealing", ...tableLines(after, "sealed"), "", gateLine(after.gate)],
        `Sealed minus inoculated, neutral prompt: ${result.behaviorMetric} ${estimate(change.behavior?.mean, change.behavior?.interval)}, ${result.capabilityMetric} ${estimate(change.capability?.mean, change.capability?.interval)}`,
      ]) {
        io.say(line);
      }
      if (!after.gate.passed) io.findings();
      return { ...result, seconds: secondsSince(start) };
    }),
  );
}
