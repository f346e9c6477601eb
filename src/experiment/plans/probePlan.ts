import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "../../backends/backend.ts";
import type { Setting } from "../../settings/setting.ts";
import { sampleItems } from "../evaluate.ts";
import { itemsOf, type RunSpec, samplingsOf, trainingOf } from "../materials.ts";
import { loadParts } from "../parts.ts";
import { type TimingLine, workKind } from "../timings.ts";
import type { PlanStudy } from "./planStudy.ts";

type Timing = Pick<TimingLine, "kind" | "amount" | "seconds">;

/** Optimizer steps of the probe after the first, which builds the graphs. */
const TIMED_STEPS = 4;
/** Items that are sampled twice; the first time builds the graphs. */
const SAMPLED_ITEMS = 64;

/**
 * Does a little of each kind of work (setting, initial model, method) that the runs consist of, in this process, to
 * know how long the rest takes. Nothing of it is stored.
 */
export async function probePlan(
  specs: readonly RunSpec[],
  { units, workers, device }: PlanStudy,
  parts: string | undefined,
): Promise<TimingLine[]> {
  const backend = await (await loadParts(parts)).createBackend({ threads: 1, device });
  const folder = await mkdtemp(join(tmpdir(), "inoculate-probe-"));
  const timings: TimingLine[] = [];
  const probed = new Set<string>();
  try {
    // Those that train first: the initial model's runs are of the same kind, and train nothing.
    for (const spec of specs.toSorted((a, b) => Number(a.trainData === "none") - Number(b.trainData === "none"))) {
      const kind = workKind(spec, workers);
      const setting = units.find((unit) => unit.setting.id === spec.setting)?.setting;
      if (setting === undefined || probed.has(JSON.stringify(kind))) continue;
      probed.add(JSON.stringify(kind));
      if (spec.trainData !== "none") {
        const target = join(folder, String(probed.size));
        timings.push({ ...kind, ...(await probeTraining(setting, spec, { backend, folder: target })) });
      }
      timings.push({ ...kind, ...(await probeSampling(setting, spec, backend)) });
    }
    return timings.filter(({ amount }) => amount > 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await backend.close();
  }
}

async function probeTraining(
  setting: Setting,
  spec: RunSpec,
  { backend, folder }: { backend: Backend; folder: string },
): Promise<Timing> {
  const { checkpointEvery: _, ...recipe } = spec.recipe;
  const size = recipe.effectiveBatchSize;
  const rows = trainingOf(setting, spec).rows.slice(0, size * (TIMED_STEPS + 1));
  const ends: number[] = [];
  await backend.finetune(
    spec.base,
    rows,
    { ...recipe, epochs: 1 },
    { seed: spec.seed, folder, onProgress: () => ends.push(performance.now()) },
  );
  const seconds = ((ends.at(-1) ?? 0) - (ends[0] ?? 0)) / 1000;
  return { kind: "training", amount: (ends.length - 1) * size, seconds };
}

async function probeSampling(setting: Setting, spec: RunSpec, backend: Backend): Promise<Timing> {
  const [evaluation] = spec.evaluations;
  if (evaluation === undefined) return { kind: "evaluation", amount: 0, seconds: 0 };
  const groups = Object.entries(evaluation.perGroup);
  const each = Math.ceil(SAMPLED_ITEMS / groups.length);
  const few = { ...evaluation, perGroup: Object.fromEntries(groups.map(([id, n]) => [id, Math.min(n, each)])) };
  const items = itemsOf(setting, spec.placement, few);
  const sample = () => sampleItems(backend, spec.base, items, samplingsOf(setting, few), { seed: spec.seed });
  await sample();
  const started = performance.now();
  await sample();
  return { kind: "evaluation", amount: items.length, seconds: (performance.now() - started) / 1000 };
}
