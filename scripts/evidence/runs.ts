import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { type ReproduceOptions, reproduce, type SettingResult } from "../../src/index.ts";

/** What every script takes: base models as arguments, `--out` for their stores, `--seeds`, `--settings a,b`. */
export interface EvidenceArguments {
  bases: string[];
  out: string;
  seeds: number;
  settings: string[];
}

/** The four settings with a behavior to prevent. */
const behaviorSettings = ["sycophancy", "spurious-correlation", "reward-hacking", "toxicity"];

/** @throws Error where no base model is named */
export function readArguments(usage: string, fewestBases: number): EvidenceArguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: "string", default: "runs/evidence" },
      seeds: { type: "string", default: "2" },
      settings: { type: "string", default: behaviorSettings.join(",") },
    },
  });
  if (positionals.length < fewestBases) throw new Error(`usage: ${usage}`);
  return { bases: positionals, out: values.out, seeds: Number(values.seeds), settings: values.settings.split(",") };
}

/** The store of a base model's runs. */
export function storeOf(out: string, base: string): string {
  return join(out, basename(base));
}

/** Runs one setting on a base model, telling of each finished run; what the store holds is not done again. */
export async function runSetting(settingId: string, options: ReproduceOptions): Promise<SettingResult> {
  const { settings } = await reproduce([settingId], {
    ...options,
    onEvent: (event) => {
      if (event.type !== "run-finished" || event.reused) return;
      const { trainData, trainPrompt, seed } = event.run;
      process.stderr.write(`${options.folder}: ${settingId}, ${trainData} data, ${trainPrompt.id}, seed ${seed}\n`);
    },
  });
  return settings[0] as SettingResult;
}

/** Mean of the behavior metric under a condition, e.g. "flawed/neutral/neutral". */
export function behaviorUnder(result: SettingResult, condition: string): number | null {
  return result.conditions.find(({ id }) => id === condition)?.metrics[result.behaviorMetric]?.mean ?? null;
}

/** Share prevented by a training prompt, as the sealed predictions' outcomes have it. */
export function preventedBy(result: SettingResult, prompt: string): number | null {
  return result.predictions.outcomes.find((outcome) => outcome.prompt === prompt)?.prevented ?? null;
}
