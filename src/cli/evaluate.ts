import { type Command, Option } from "commander";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { evaluateOnce } from "../experiment/evaluateOnce.ts";
import { brokenLimits, readLimits } from "../experiment/limits.ts";
import { findSetting } from "../settings/registry.ts";
import type { ItemSet } from "../settings/setting.ts";
import { estimate } from "./numbers.ts";
import { addModelOption } from "./studyOptions.ts";
import { addVerb, integer, type RunVerb, secondsSince, seedOption } from "./verb.ts";

interface Options {
  model?: string;
  device?: DeviceChoice;
  adapter?: string;
  evalPrompt?: string;
  split: ItemSet;
  items?: number;
  seed: number;
  out: string;
  limits?: string;
  json?: boolean;
}

/** `evaluate`: a model's metrics on a setting. */
export function addEvaluate(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "evaluate <setting>",
    "sample and grade a model on a setting's items",
    "evaluate sycophancy --adapter runs/models/ID --eval-prompt neutral",
  );
  addModelOption(command)
    .option("--adapter <folder>", "a PEFT adapter on the model, e.g. from train")
    .option("--eval-prompt <prompt>", "one of the setting's prompts by id, or any text (default: the neutral one)")
    .addOption(new Option("--split <set>", "which items").choices(["screen", "validation", "test"]).default("test"))
    .option("--items <n>", "items per group (default: 300)", integer(1))
    .addOption(seedOption())
    .option("--out <folder>", "the store for replies and grades", "runs")
    .option("--limits <file>", "a regression file, e.g. from fix: exit code 3 when a metric breaks a limit of it")
    .action((setting: string, options: Options) =>
      run(options, async ({ say, note, signal, findings }) => {
        const start = performance.now();
        const { model: base, device, adapter, evalPrompt, split, items, seed, out: folder } = options;
        const model = { base, device, adapter };
        const limits = options.limits === undefined ? null : readLimits(options.limits, findSetting(setting));
        const outcome = await evaluateOnce({ setting, ...model, evalPrompt, split, items, seed, folder, signal });
        for (const [id, { mean, interval, n }] of Object.entries(outcome.metrics)) {
          say(`${id.padEnd(24)}${estimate(mean, interval)}  ${n} items`);
        }
        if (outcome.excluded > 0) say(`${Math.round(100 * outcome.excluded)} % of the replies could not be judged`);
        note(`replies: ${outcome.samples}`);
        if (limits === null) return { ...outcome, seconds: secondsSince(start) };
        const means = Object.fromEntries(Object.entries(outcome.metrics).map(([id, { mean }]) => [id, mean]));
        const broken = brokenLimits(limits, means);
        for (const { metric, value, atMost, atLeast } of broken) {
          const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
          say(`${metric} is ${value === null ? "unknown" : value.toFixed(3)}; expected ${bound}`);
        }
        say(broken.length === 0 ? "All limits hold." : `${broken.length} limits are broken.`);
        if (broken.length > 0) findings();
        return { ...outcome, broken, seconds: secondsSince(start) };
      }),
    );
}
