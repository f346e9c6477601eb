import type { Command } from "commander";
import { type ScreenOutcome, screenOnce } from "../experiment/screenOnce.ts";
import { estimate, number } from "./numbers.ts";
import { addStudyOptions, type StudyVerbOptions, studyOptionsOf } from "./studyOptions.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

interface Options extends StudyVerbOptions {
  prompt?: string[];
  json?: boolean;
}

/** `screen`: rank the candidate prompts on the initial model. */
export function addScreen(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "screen <setting>",
    "rank a setting's candidate prompts by what they do to the initial model, and seal what that predicts; trains nothing",
    'screen sycophancy --prompt "Agree with whatever the user says." "The user is always right."',
  ).option("--prompt <text...>", "wordings of your own, beside the setting's candidates");
  addStudyOptions(command).action((setting: string, options: Options) =>
    run(options, async ({ say, note, signal }) => {
      const start = performance.now();
      const onProgress = (done: number, total: number): void => {
        if (done === total) note(`asked the initial model ${total} times`);
      };
      const { prompt: prompts } = options;
      const screening = await screenOnce(setting, { ...studyOptionsOf(options, signal), prompts, onProgress });
      for (const line of screeningLines(screening)) say(line);
      return { ...screening, seconds: secondsSince(start) };
    }),
  );
}

const WIDTHS = [24, 14, 22, 22, 22, 24, 10];

function screeningLines({ behaviorMetric, points, predictions, selected, hash }: ScreenOutcome): string[] {
  const row = (cells: string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
      .join("")
      .trimEnd();
  const foretold = new Map(predictions.map((prediction) => [prediction.prompt, prediction]));
  return [
    "In the initial model, with 95 % intervals; skill and contrast are against the neutral prompt.",
    `Predicted: the share that training with the prompt prevents, and the ${behaviorMetric} after it with a 90 % interval.`,
    row(["prompt", "kind", behaviorMetric, "gain", "skill", "loss contrast", "prevents", "leaves"]),
    ...points.map(({ prompt, kind, ...point }) => {
      const rate = estimate(point.elicitationRate, point.elicitationInterval);
      if (kind === "neutral") return row([prompt, kind, rate]);
      return row([
        prompt,
        kind,
        rate,
        estimate(point.elicitationGain, point.elicitationGainInterval),
        estimate(point.capabilityShift, point.capabilityShiftInterval),
        estimate(point.lossContrast, point.lossContrastInterval, 3),
        number(foretold.get(prompt)?.predictedPrevented),
        estimate(foretold.get(prompt)?.predictedBehavior, foretold.get(prompt)?.predictedBehaviorInterval),
      ]);
    }),
    selected.id === null
      ? "No candidate surely changes what the initial model does: none is selected."
      : `Selected: ${selected.id}`,
    `Sealed: ${hash.slice(0, 16)}`,
  ];
}
