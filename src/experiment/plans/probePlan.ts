import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sampleItems } from "../evaluate.ts";
import { itemsOf, type RunSpec, samplingsOf, trainingOf } from "../materials.ts";
import { loadParts } from "../parts.ts";
import type { readTimings } from "../timings.ts";
import type { OpenUnit, PlanStudy } from "./planStudy.ts";

type Timing = ReturnType<typeof readTimings>[number];

/** Optimizer steps of the probe after the first, which builds the graphs. */
const TIMED_STEPS = 4;
/** Items that are sampled twice; the first time builds the graphs. */
const SAMPLED_ITEMS = 64;

/** Does a little of each setting's work in this process, to know how long the rest takes. Nothing of it is stored. */
export async function probePlan({ units, workers }: PlanStudy, parts: string | undefined): Promise<Timing[]> {
  const backend = await (await loadParts(parts)).createBackend({ threads: 1 });
  const folder = await mkdtemp(join(tmpdir(), "inoculate-probe-"));
  const timings: Timing[] = [];
  try {
    const probed = new Set<string>();
    for (const unit of units) {
      const spec = unit.runs.find(({ spec }) => spec.trainData !== "none")?.spec ?? unit.runs[0]?.spec;
      if (spec === undefined || probed.has(unit.setting.id)) continue;
      probed.add(unit.setting.id);
      const kind = { setting: unit.setting.id, method: spec.recipe.method, workers };
      const trained = spec.trainData === "none" ? [] : [await probeTraining(unit, spec, { backend, folder })];
      timings.push(...[...trained, await probeSampling(unit, spec, backend)].map((timing) => ({ ...kind, ...timing })));
    }
    return timings.filter(({ amount }) => amount > 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await backend.close();
  }
}

type Backend = Awaited<ReturnType<Awaited<ReturnType<typeof loadParts>>["createBackend"]>>;

async function probeTraining(
  { setting, base }: OpenUnit,
  spec: RunSpec,
  { backend, folder }: { backend: Backend; folder: string },
): Promise<Pick<Timing, "kind" | "amount" | "seconds">> {
  const { checkpointEvery: _, ...recipe } = spec.recipe;
  const size = recipe.effectiveBatchSize;
  const { rows } = trainingOf(setting, spec);
  const ends: number[] = [];
  await backend.finetune(
    base.model,
    rows.slice(0, size * (TIMED_STEPS + 1)),
    { ...recipe, epochs: 1 },
    {
      seed: spec.seed,
      folder: join(folder, setting.id.replace("/", "+")),
      onProgress: () => ends.push(performance.now()),
    },
  );
  const seconds = ((ends.at(-1) ?? 0) - (ends[0] ?? 0)) / 1000;
  return { kind: "training", amount: (ends.length - 1) * size, seconds };
}

async function probeSampling(
  { setting, base }: OpenUnit,
  spec: RunSpec,
  backend: Backend,
): Promise<Pick<Timing, "kind" | "amount" | "seconds">> {
  const [evaluation] = spec.evaluations;
  if (evaluation === undefined) return { kind: "evaluation", amount: 0, seconds: 0 };
  const groups = Object.entries(evaluation.perGroup);
  const each = Math.ceil(SAMPLED_ITEMS / groups.length);
  const few = { ...evaluation, perGroup: Object.fromEntries(groups.map(([id, n]) => [id, Math.min(n, each)])) };
  const items = itemsOf(setting, spec.placement, few);
  const sample = () => sampleItems(backend, base.model, items, samplingsOf(setting, few), { seed: spec.seed });
  await sample();
  const started = performance.now();
  await sample();
  return { kind: "evaluation", amount: items.length, seconds: (performance.now() - started) / 1000 };
}
