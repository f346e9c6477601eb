import type { Command } from "commander";
import { screenOnce } from "../experiment/screenOnce.ts";
import { addStudyOptions, type StudyVerbOptions, studyOptionsOf } from "./studyOptions.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

const estimate = (mean: number, ends: readonly number[]): string =>
  `${mean.toFixed(2)} [${ends.map((end) => end.toFixed(2)).join(", ")}]`;

interface Options extends StudyVerbOptions {
  json?: boolean;
}

/** `screen`: rank the candidate prompts on the initial model. */
export function addScreen(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "screen <setting>",
    "rank a setting's candidate prompts by what they elicit from the initial model; trains nothing",
    "screen sycophancy",
  );
  addStudyOptions(command).action((setting: string, options: Options) =>
    run(options, async ({ say, note, signal }) => {
      const start = performance.now();
      const onProgress = (done: number, total: number): void => {
        if (done === total) note(`asked the initial model with ${total / 2} prompts`);
      };
      const screening = await screenOnce(setting, { ...studyOptionsOf(options, signal), onProgress });
      const head = `${screening.behaviorMetric} in the initial model`;
      say(`${"prompt".padEnd(24)}${"kind".padEnd(14)}${head.padEnd(40)}over the neutral prompt`);
      for (const { prompt, kind, ...point } of screening.points) {
        const rate = estimate(point.elicitationRate, point.elicitationInterval);
        const gain = estimate(point.elicitationGain, point.elicitationGainInterval);
        say(`${prompt.padEnd(24)}${kind.padEnd(14)}${rate.padEnd(40)}${kind === "neutral" ? "" : gain}`);
      }
      const { id } = screening.selected;
      say(
        id === null ? "No candidate surely changes what the initial model does: none is selected." : `Selected: ${id}`,
      );
      return { ...screening, seconds: secondsSince(start) };
    }),
  );
}
