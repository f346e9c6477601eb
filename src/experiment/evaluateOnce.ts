import type { ModelRef } from "../backends/backend.ts";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { modelFolder } from "../hub/modelFolder.ts";
import type { ItemSet, TrainPrompt } from "../settings/setting.ts";
import { standardError } from "../stats/standardError.ts";
import { neutralPrompt } from "./condition.ts";
import { gradedItems, metricsOf } from "./evaluate.ts";
import { identify } from "./materials.ts";
import { loadParts } from "./parts.ts";
import { itemValues, metricInterval, rowsFor } from "./resample.ts";
import type { Interval } from "./result.ts";
import { evaluate } from "./run.ts";
import { openStore } from "./store.ts";
import { defaultItems, embeddedModel } from "./study.ts";

export interface EvaluateOptions {
  setting: string;
  /** Folder of an adapter; absent: the initial model itself. */
  adapter?: string | undefined;
  /** Folder of the initial model. @default the embedded model */
  base?: string | undefined;
  /** The prompt in the items: one of the setting's, by id, or any text. @default the neutral prompt */
  evalPrompt?: string | undefined;
  /** @default "test" */
  split?: ItemSet | undefined;
  /** Items per group; a group that has a limit of its own gets no more than that. @default 300 */
  items?: number | undefined;
  /** Keys the sampling. @default 1 */
  seed?: number | undefined;
  /** Folder of the store. @default "runs" */
  folder?: string | undefined;
  /** @default "auto" */
  device?: DeviceChoice | undefined;
  parts?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface EvaluateOutcome {
  setting: string;
  model: ModelRef;
  evalPrompt: { id: string; text: string };
  split: ItemSet;
  metrics: Record<
    string,
    { mean: number | null; standardError: number | null; interval: Interval | null; n: number; unit: "item" }
  >;
  /** Share of replies that could not be judged. */
  excluded: number;
  /** Absolute path of the stored replies. */
  samples: string;
}

/** Samples and grades one model on one setting, in this process. @throws UserError, GraderError */
export async function evaluateOnce(options: EvaluateOptions): Promise<EvaluateOutcome> {
  const { createBackend, getSetting } = await loadParts(options.parts);
  const setting = getSetting(options.setting);
  const { split = "test", items = defaultItems.test, seed = 1, signal } = options;
  const base = modelFolder(options.base ?? embeddedModel());
  const model: ModelRef = options.adapter === undefined ? { base } : { base, adapter: modelFolder(options.adapter) };
  const store = openStore(options.folder ?? "runs");
  const evalPrompt = promptOf(setting, options.evalPrompt);
  const perGroup = Object.fromEntries(setting.groups.map(({ id, atMost = items }) => [id, Math.min(items, atMost)]));
  const backend = await createBackend({ threads: 1, device: options.device });
  const grader = setting.createGrader();
  try {
    const identity = await identify(grader, backend, model);
    const spec = { placement: setting.placement, seed };
    const { value } = await evaluate(
      spec,
      { evalPrompt, split, perGroup },
      { id: identity.baseModelHash, model },
      { setting, backend, store, grader, identity },
      { signal, onEvaluating: (_, done, total) => options.onProgress?.(done, total) },
    );
    const rows = gradedItems(value);
    const values = metricsOf(setting, rows);
    const metrics = setting.metrics.map((metric) => {
      const own = rowsFor(metric, rows);
      const judged = itemValues(metric, own)?.filter((item) => item !== null) ?? [];
      const mean = values[metric.id] ?? null;
      const interval = mean === null ? null : metricInterval(metric, own);
      const summary = { mean, standardError: standardError(judged), interval, n: judged.length, unit: "item" as const };
      return [metric.id, summary] as const;
    });
    return {
      setting: setting.id,
      model,
      evalPrompt: { id: evalPrompt.id, text: evalPrompt.text },
      split,
      metrics: Object.fromEntries(metrics),
      excluded: value.metrics.excluded.share,
      samples: `${store.evaluationFolder(identity.baseModelHash, "last", value.metrics.id)}/samples.jsonl`,
    };
  } finally {
    await grader.close();
    await backend.close();
  }
}

/** A prompt of the setting by its id, or a text of one's own. */
function promptOf(setting: Parameters<typeof neutralPrompt>[0], given: string | undefined): TrainPrompt {
  if (given === undefined) return neutralPrompt(setting);
  return setting.prompts.find(({ id }) => id === given) ?? { id: "own", kind: "inoculation", text: given };
}
