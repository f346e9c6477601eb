import type { Command } from "commander";
import { leak } from "../experiment/leak/leak.ts";
import { gateLine, headLines, tableLines } from "./leakLines.ts";
import { addLeakOptions, type LeakVerbOptions, leakOptionsOf } from "./leakOptions.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

/** `leak`: an inoculated model under prompts that don't ask for the behavior. Exit code 3 when the gate is not passed. */
export function addLeak(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "leak <setting>",
    "does an inoculated model misbehave under prompts that don't ask for it? exit code 3 unless it is shown not to",
    "leak sycophancy --train-prompt deem-correct --seeds 3",
  );
  addLeakOptions(command).action((setting: string, options: LeakVerbOptions) =>
    run(options, async (io) => {
      const start = performance.now();
      const result = await leak(setting, leakOptionsOf(setting, options, io));
      for (const line of [...headLines(result), ...tableLines(result), "", gateLine(result.gate)]) io.say(line);
      if (!result.gate.passed) io.findings();
      return { ...result, seconds: secondsSince(start) };
    }),
  );
}
